import { verify, type X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperatorError } from '../platform/operator-error.ts';
import { certificatesOfDer, certificatesOfPem, leadsToTrusted } from './certificate-path.ts';

/** What a signed list of authenticator models says. @see FIDO Metadata Service v3.0 §3.1 */
export type AttestationMetadata = {
  /** Serial number of the blob, kept with each attestation it vouched for. */
  readonly blobNumber: number;
  /** From the day after this one the blob vouches for nothing any more. */
  readonly nextUpdate: Date;
  /**
   * `vouched`: the statement's certificates lead to the roots of that model and the model is in good standing.
   * `withdrawn`: the model is listed as broken. `unknown`: anything else.
   */
  readonly judge: (statement: {
    readonly aaguid: string;
    /** The statement's `x5c`, leaf first; empty for self attestation or none. */
    readonly certificates: readonly Uint8Array[];
    readonly at: Date;
  }) => 'vouched' | 'withdrawn' | 'unknown';
  /** Whether a model that was vouched for once still is in good standing. */
  readonly stands: (model: { readonly aaguid: string; readonly at: Date }) => boolean;
};

/** Any of these, at any time: which device has the mended firmware is not told here. @see §3.1.4 */
const brokenStatuses: ReadonlySet<string> = new Set([
  'USER_VERIFICATION_BYPASS',
  'ATTESTATION_KEY_COMPROMISE',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
  'REVOKED',
]);

const base64 = z.string().transform((text) => Buffer.from(text, 'base64'));

const blobHeader = z.object({ alg: z.enum(['RS256', 'ES256']), x5c: z.array(base64).min(1) });

const blobPayload = z.object({
  no: z.number().int().nonnegative(),
  nextUpdate: z.iso.date(),
  entries: z.array(
    z.object({
      aaguid: z.string().toLowerCase().optional(),
      statusReports: z.array(z.object({ status: z.string() })),
      metadataStatement: z
        .object({
          attestationRootCertificates: z.array(base64),
          attestationTypes: z.array(z.string()),
          keyProtection: z.array(z.string()),
        })
        .optional(),
    }),
  ),
});

type Entry = z.output<typeof blobPayload>['entries'][number];

/**
 * Reads a metadata blob: a JWT whose certificates lead to the configured roots. Only what the operator put there is
 * read; nothing is fetched.
 * @param blob the compact serialization @param roots PEM
 * @throws OperatorError `webauthn-metadata-refused`
 */
export function readAttestationMetadata({
  blob,
  roots,
  at,
}: {
  readonly blob: string;
  readonly roots: string;
  readonly at: Date;
}): AttestationMetadata {
  const { no, nextUpdate, entries } = verifiedPayload(blob, { trusted: rootsOf(roots), at });
  const byAaguid = new Map(entries.flatMap((entry) => (entry.aaguid === undefined ? [] : [[entry.aaguid, entry]])));
  const lastMoment = new Date(`${nextUpdate}T23:59:59Z`);

  function findSound(aaguid: string, now: Date): Entry | undefined {
    const entry = byAaguid.get(aaguid);
    return now <= lastMoment && entry && !isBroken(entry) ? entry : undefined;
  }

  return {
    blobNumber: no,
    nextUpdate: lastMoment,
    judge: ({ aaguid, certificates, at: now }) => {
      const entry = byAaguid.get(aaguid);
      if (entry && isBroken(entry)) return 'withdrawn';
      const statement = findSound(aaguid, now)?.metadataStatement;
      return statement && vouches(statement, certificates, now) ? 'vouched' : 'unknown';
    },
    stands: ({ aaguid, at: now }) => findSound(aaguid, now) !== undefined,
  };
}

/** The same from files. @param file of the blob @param roots of the PEM @throws OperatorError `webauthn-metadata-refused` */
export function loadAttestationMetadata({
  file,
  roots,
  at,
}: {
  readonly file: string;
  readonly roots: string;
  readonly at: Date;
}): AttestationMetadata {
  return readAttestationMetadata({
    blob: textOf(file, 'DINHDANH_WEBAUTHN_METADATA_FILE'),
    roots: textOf(roots, 'DINHDANH_WEBAUTHN_METADATA_ROOTS'),
    at,
  });
}

function isBroken({ statusReports }: Entry): boolean {
  return statusReports.some(({ status }) => brokenStatuses.has(status));
}

function vouches(
  statement: NonNullable<Entry['metadataStatement']>,
  certificates: readonly Uint8Array[],
  at: Date,
): boolean {
  // A key in software can be copied, however well it is attested.
  if (statement.keyProtection.includes('software')) return false;
  if (!statement.attestationTypes.some((type) => type === 'basic_full' || type === 'attca')) return false;
  const path = certificatesOfDer(certificates);
  const trusted = certificatesOfDer(statement.attestationRootCertificates);
  return path !== undefined && trusted !== undefined && leadsToTrusted(path, { trusted, at });
}

function verifiedPayload(
  blob: string,
  { trusted, at }: { readonly trusted: readonly X509Certificate[]; readonly at: Date },
): z.output<typeof blobPayload> {
  const [header = '', payload = '', signature = '', ...rest] = blob.trim().split('.');
  const { data: signedBy } = blobHeader.safeParse(decodedJson(header));
  if (signedBy === undefined || rest.length > 0) throw refused('is no metadata blob');
  const path = certificatesOfDer(signedBy.x5c);
  const [signer] = path ?? [];
  if (path === undefined || signer === undefined || !leadsToTrusted(path, { trusted, at })) {
    throw refused('is signed by nobody whom DINHDANH_WEBAUTHN_METADATA_ROOTS trusts');
  }
  const kind = { RS256: 'rsa', ES256: 'ec' }[signedBy.alg];
  const key = { key: signer.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (
    signer.publicKey.asymmetricKeyType !== kind ||
    !verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))
  ) {
    throw refused('has a signature that does not fit');
  }
  const parsed = blobPayload.safeParse(decodedJson(payload));
  if (!parsed.success) throw refused('does not say what a metadata blob says');
  return parsed.data;
}

function textOf(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const sentence = `The file of ${setting} can't be read: ${path}.`;
    throw new OperatorError('webauthn-metadata-refused', sentence, { cause });
  }
}

function rootsOf(pem: string): readonly X509Certificate[] {
  try {
    const roots = certificatesOfPem(pem);
    if (roots.length > 0) return roots;
  } catch {
    // The same sentence serves.
  }
  throw new OperatorError(
    'webauthn-metadata-refused',
    'The file of DINHDANH_WEBAUTHN_METADATA_ROOTS has no readable certificate: it needs PEM blocks.',
  );
}

function decodedJson(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function refused(fault: string): OperatorError<'webauthn-metadata-refused'> {
  return new OperatorError('webauthn-metadata-refused', `The file of DINHDANH_WEBAUTHN_METADATA_FILE ${fault}.`);
}
