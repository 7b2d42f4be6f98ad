import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  Extension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { CompactSign } from 'jose';
import type { SoftKeys } from './soft-authenticator.ts';

/** A key and its certificate. */
export type Certified = {
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly der: Uint8Array;
  readonly pem: string;
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const fidoAaguid = '1.3.6.1.4.1.45724.1.1.4';

export type CertificateRequest = {
  readonly subject: string;
  /** Absent: it signs itself. */
  readonly issuer?: Certified;
  readonly authority?: boolean;
  readonly aaguid?: Uint8Array;
  readonly extensions?: readonly Extension[];
  readonly revocationListAt?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
};

export async function certify({
  subject,
  issuer,
  authority = false,
  extensions = [],
  ...rest
}: CertificateRequest): Promise<Certified> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject,
    issuer: issuer?.subject ?? subject,
    notBefore: new Date(rest.notBefore ?? '2020-01-01T00:00:00Z'),
    notAfter: new Date(rest.notAfter ?? '2100-01-01T00:00:00Z'),
    signingKey: (issuer?.keys ?? keys).privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(authority, undefined, true),
      ...extensions,
      ...(rest.aaguid ? [new Extension(fidoAaguid, false, Buffer.from([0x04, 0x10, ...rest.aaguid]))] : []),
      ...(rest.revocationListAt ? [new CRLDistributionPointsExtension([rest.revocationListAt])] : []),
    ],
  });
  return { subject, keys, der: new Uint8Array(certificate.rawData), pem: certificate.toString('pem') };
}

export const attestationSubject = 'C=VN, O=An Hoa Keys, OU=Authenticator Attestation, CN=Key One';

/** As the soft authenticator takes it. */
export function attestedBy(...path: readonly [Certified, ...Certified[]]) {
  const key = KeyObject.from(path[0].keys.privateKey);
  return { format: 'packed', by: { key, certificates: path.map(({ der }) => der) } } as const;
}

export function aaguidText(aaguid: Uint8Array): string {
  return Buffer.from(aaguid)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A metadata entry for one model, in good standing. */
export function metadataEntry(model: {
  readonly aaguid: Uint8Array;
  readonly roots: readonly Certified[];
  readonly statuses?: readonly string[];
  readonly keyProtection?: readonly string[];
  readonly attestationTypes?: readonly string[];
}) {
  return {
    aaguid: aaguidText(model.aaguid),
    statusReports: (model.statuses ?? ['FIDO_CERTIFIED_L2']).map((status) => ({ status, effectiveDate: '2026-01-01' })),
    metadataStatement: {
      attestationRootCertificates: model.roots.map(({ der }) => Buffer.from(der).toString('base64')),
      attestationTypes: model.attestationTypes ?? ['basic_full'],
      keyProtection: model.keyProtection ?? ['hardware', 'secure_element'],
    },
  };
}

/** A blob as the metadata service signs it. @see FIDO Metadata Service v3.0 §3.1.6 */
export async function metadataBlob(
  payload: { readonly no?: number; readonly nextUpdate?: string; readonly entries: readonly object[] },
  path: readonly [Certified, ...Certified[]],
): Promise<string> {
  const x5c = path.map(({ der }) => Buffer.from(der).toString('base64'));
  const body = { legalHeader: 'For tests.', no: 7, nextUpdate: '2027-01-01', ...payload };
  return new CompactSign(Buffer.from(JSON.stringify(body)))
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', x5c })
    .sign(path[0].keys.privateKey);
}

const keyDescription = '1.3.6.1.4.1.11129.2.1.17';

/** What Android's keystore writes into the certificate of a key it made. @see WebAuthn Level 3 §8.4.1 */
export function androidKeyDescription(challenge: Uint8Array): Extension {
  const der = (tag: number, content: Uint8Array): Buffer => Buffer.from([tag, content.length, ...content]);
  const nothing = Buffer.alloc(0);
  const version = [
    der(0x02, Buffer.from([3])),
    der(0x0a, Buffer.from([1])),
    der(0x02, Buffer.from([3])),
    der(0x0a, Buffer.from([1])),
  ];
  const parts = [...version, der(0x04, challenge), der(0x04, nothing), der(0x30, nothing), der(0x30, nothing)];
  return new Extension(keyDescription, false, der(0x30, Buffer.concat(parts)));
}

/** The keys of a certificate as the soft authenticator takes them. */
export function keysOf({ keys }: Certified): SoftKeys {
  return { publicKey: KeyObject.from(keys.publicKey), privateKey: KeyObject.from(keys.privateKey) };
}
