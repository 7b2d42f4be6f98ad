import { z } from 'zod';

const mostBytes = 16_384;
// 1,023 bytes in base64url. @see WebAuthn Level 3 §4, Credential ID
const credentialIdCharacters = 1_364;

/** Bytes as base64url without padding, spelled the one way they can be: decoding and encoding again changes nothing. */
const bytes = z.string().transform((text, context) => {
  const decoded = Buffer.from(text, 'base64url');
  if (decoded.toString('base64url') === text) return decoded;
  context.addIssue({ code: 'custom', message: 'base64url' });
  return z.NEVER;
});

const credentialId = z.string().min(2).max(credentialIdCharacters).pipe(bytes);

/** What the browser signed together with the challenge. Members that aren't known are left alone. @see §5.8.1 */
const clientData = z.object({
  type: z.string(),
  challenge: bytes,
  origin: z.string(),
  crossOrigin: z.unknown().optional(),
  topOrigin: z.unknown().optional(),
});

const clientDataJson = bytes.transform((encoded, context) => {
  const parsed = clientData.safeParse(parseJson(encoded.toString('utf8')));
  if (parsed.success) return { encoded, ...parsed.data };
  context.addIssue({ code: 'custom', message: 'client data' });
  return z.NEVER;
});

const credential = { id: credentialId, rawId: credentialId, type: z.literal('public-key') };

// Of a kind that may come one day, so that it can be given back; what is no such name is left out.
const transports = z
  .array(z.unknown())
  .transform((names) => [
    ...new Set(names.flatMap((name) => (typeof name === 'string' && /^[a-z0-9-]{1,20}$/.test(name) ? [name] : []))),
  ])
  .transform((names) => names.slice(0, 10));

const registrationResponse = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: clientDataJson,
    attestationObject: bytes,
    transports: transports.optional(),
  }),
  clientExtensionResults: z
    .object({ credProps: z.object({ rk: z.boolean().optional() }).optional() })
    .optional()
    .catch(undefined),
});

const assertionResponse = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: clientDataJson,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.nullish(),
  }),
});

export type RegistrationResponse = z.output<typeof registrationResponse>;
export type AssertionResponse = z.output<typeof assertionResponse>;
export type ClientData = RegistrationResponse['response']['clientDataJSON'];

/** RegistrationResponseJSON as it came in a form's field, at most 16 kB. @see WebAuthn Level 3 §5.1.8.1 */
export function parseRegistrationResponse(field: unknown): RegistrationResponse | undefined {
  return ofOneId(registrationResponse.safeParse(parseField(field)).data);
}

/** AuthenticationResponseJSON as it came in a form's field, at most 16 kB. @see WebAuthn Level 3 §5.1.8.1 */
export function parseAssertionResponse(field: unknown): AssertionResponse | undefined {
  return ofOneId(assertionResponse.safeParse(parseField(field)).data);
}

function ofOneId<Response extends { readonly id: Buffer; readonly rawId: Buffer }>(
  response: Response | undefined,
): Response | undefined {
  return response?.id.equals(response.rawId) ? response : undefined;
}

function parseField(field: unknown): unknown {
  return typeof field === 'string' && Buffer.byteLength(field) <= mostBytes ? parseJson(field) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
