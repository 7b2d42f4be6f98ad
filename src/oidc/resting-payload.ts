import { type AdapterPayload, errors } from 'oidc-provider';

/** Encrypts what the engine must read back in clear but a dump of the database must not show. */
export type StoreCipher = {
  readonly seal: (plaintext: string, context: string) => Promise<string>;
  readonly open: (sealed: string, context: string) => Promise<string>;
};

// Another artifact's bearer value, or what a portal says of a person (login_hint, id_token_hint, claims).
const sealedFields = ['deviceCode', 'params', 'parJti', 'prompt', 'request'] as const;

/** Stands for the artifact's own id in an address that contains it; no address has braces. */
const ownId = '{id}';

// JSON.stringify writes NUL and lone surrogates as these escapes; jsonb refuses both.
const unstorableText = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** @throws InvalidRequest where the payload holds text that PostgreSQL can't store */
export function toStorableJson(payload: unknown): string {
  const json = JSON.stringify(payload);
  if (unstorableText.test(json)) throw new errors.InvalidRequest('request contains characters that are not allowed');
  return json;
}

/** Never leaves to the database: the id itself, wherever it stands, and the cookie that an interaction remembers. */
function withoutBearerValues({ jti: _id, ...payload }: AdapterPayload, id: string): AdapterPayload {
  const rest: AdapterPayload = { ...payload };
  if (typeof payload.returnTo === 'string') rest.returnTo = payload.returnTo.replaceAll(id, ownId);
  if (payload.session !== undefined) {
    const { cookie: _cookie, ...session } = payload.session as Record<string, unknown>;
    rest.session = session as NonNullable<AdapterPayload['session']>;
  }
  return rest;
}

/**
 * An artifact's payload as it rests: nothing in it opens anything, nor tells of a person what a portal said.
 * @throws InvalidRequest where it holds text that PostgreSQL can't store
 */
export async function toRestingPayload(
  payload: AdapterPayload,
  { id, cipher }: { readonly id: string; readonly cipher: StoreCipher },
): Promise<string> {
  toStorableJson(payload);
  const resting: Record<string, unknown> = withoutBearerValues(payload, id);
  for (const field of sealedFields) {
    const value = payload[field];
    if (value !== undefined) resting[field] = await cipher.seal(JSON.stringify(value), field);
  }
  return JSON.stringify(resting);
}

/** @param id undefined where it was found by something else; the engine then doesn't need it */
export async function fromRestingPayload(
  stored: Readonly<Record<string, unknown>>,
  { id, cipher }: { readonly id: string | undefined; readonly cipher: StoreCipher },
): Promise<AdapterPayload> {
  const payload: AdapterPayload = { ...stored };
  for (const field of sealedFields) {
    const value = stored[field];
    if (typeof value === 'string') payload[field] = JSON.parse(await cipher.open(value, field));
  }
  if (id === undefined) return payload;
  if (typeof payload.returnTo === 'string') payload.returnTo = payload.returnTo.replaceAll(ownId, id);
  return { ...payload, jti: id };
}
