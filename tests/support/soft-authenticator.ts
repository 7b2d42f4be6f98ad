import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

export type SoftAlgorithm = 'ES256' | 'EdDSA' | 'RS256' | 'ES384' | 'Ed448';

export type SoftKeys = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

/** What an authenticator claims of itself and of a use; each ceremony may say otherwise. */
export type SoftClaims = {
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly backupEligible?: boolean;
  readonly backedUp?: boolean;
  /** A fixed counter; without it the authenticator's own, which stands at 0 unless it `counts`. */
  readonly signCount?: number;
};

/** What a browser, or somebody in its place, writes around it. */
export type SoftBrowser = {
  readonly type?: string;
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: Uint8Array;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: unknown;
  /** Further members of the client data. */
  readonly clientData?: Readonly<Record<string, unknown>>;
};

export type SoftRegistration = SoftClaims &
  SoftBrowser & {
    readonly algorithm?: SoftAlgorithm;
    /** Its keys, where they have to be known before. */
    readonly keys?: SoftKeys;
    readonly credentialId?: Uint8Array;
    readonly transports?: readonly unknown[];
    /** credProps.rk; undefined leaves it out. */
    readonly discoverable?: boolean | undefined;
    readonly extensions?: ReadonlyMap<string, boolean>;
    readonly attestation?: SoftAttestation;
  };

export type SoftAssertion = SoftClaims &
  SoftBrowser & {
    /** Which credential, if not the newest that is allowed. In base64url. */
    readonly credentialId?: string;
    /** Null leaves it out. */
    readonly userHandle?: Uint8Array | null;
    /** Changed after signing. */
    readonly signature?: (signature: Buffer) => Buffer;
    readonly extensions?: ReadonlyMap<string, boolean>;
  };

/** `packed` with a key: full attestation; without: the credential's own key signs. `label` renames the format. */
export type SoftAttestation =
  | { readonly format: 'none' }
  | {
      readonly format: 'packed';
      readonly by?: { readonly key: KeyObject; readonly certificates: readonly Uint8Array[] };
      readonly label?: string;
      readonly signature?: (signature: Buffer) => Buffer;
    };

type CreationOptions = {
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
  readonly challenge: string;
  readonly excludeCredentials?: readonly { readonly id: string }[];
};

type RequestOptions = {
  readonly rpId?: string;
  readonly challenge: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
};

type SoftCredential = {
  readonly id: Buffer;
  readonly algorithm: SoftAlgorithm;
  readonly key: KeyObject;
  readonly userHandle: Buffer;
};

export type SoftAuthenticator = ReturnType<typeof softAuthenticator>;

/**
 * An authenticator and its browser in one: answers options with the JSON text that a page would put into its form's
 * field. Verifies the user, is bound to its device and doesn't count, unless told otherwise.
 */
export function softAuthenticator({
  origin,
  aaguid = Buffer.alloc(16),
  counts = false,
  ...claims
}: SoftClaims & { readonly origin: string; readonly aaguid?: Uint8Array; readonly counts?: boolean }) {
  const credentials: SoftCredential[] = [];
  let counter = 0;

  function authenticatorData(ofUse: SoftClaims & { rpId: string; ids?: Buffer; extensions?: Extensions }): Buffer {
    const { userPresent = true, userVerified = true, backupEligible = false, backedUp = false } = ofUse;
    if (counts) counter += 1;
    const flags = [
      userPresent && 0x01,
      userVerified && 0x04,
      backupEligible && 0x08,
      backedUp && 0x10,
      ofUse.ids && 0x40,
      ofUse.extensions && 0x80,
    ].reduce<number>((sum, flag) => sum | (flag || 0), 0);
    const signCount = Buffer.alloc(4);
    signCount.writeUInt32BE(ofUse.signCount ?? counter);
    const extensions = ofUse.extensions ? isoCBOR.encode(new Map(ofUse.extensions)) : Buffer.alloc(0);
    const parts = [sha256(ofUse.rpId), Buffer.from([flags]), signCount, ofUse.ids ?? Buffer.alloc(0), extensions];
    return Buffer.concat(parts);
  }

  /** Answers `navigator.credentials.create`. */
  function create(options: CreationOptions, changes: SoftRegistration = {}): string {
    const { algorithm = 'ES256', credentialId = randomBytes(32), attestation = { format: 'none' } } = changes;
    const { privateKey, publicKey } = changes.keys ?? keyPair(algorithm);
    const id = Buffer.from(credentialId);
    credentials.push({ id, algorithm, key: privateKey, userHandle: Buffer.from(options.user.id, 'base64url') });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const ids = Buffer.concat([aaguid, length, id, isoCBOR.encode(coseKey(algorithm, publicKey))]);
    const rpId = changes.rpId ?? options.rp.id ?? '';
    const data = authenticatorData({ ...claims, ...changes, rpId, ids });
    const clientData = clientDataJson('webauthn.create', options.challenge, { origin, ...changes });
    const signed = Buffer.concat([data, sha256(clientData)]);
    const statement = statementOf(attestation, { signed, algorithm, key: privateKey });
    const attestationObject = isoCBOR.encode(
      new Map<string, Cbor>([
        ['fmt', attestation.format === 'packed' ? (attestation.label ?? 'packed') : 'none'],
        ['attStmt', statement],
        ['authData', new Uint8Array(data)],
      ]),
    );
    const credProps = 'discoverable' in changes ? changes.discoverable : true;
    return JSON.stringify({
      ...idsOf(id),
      response: {
        clientDataJSON: base64url(clientData),
        attestationObject: base64url(attestationObject),
        transports: changes.transports ?? ['internal'],
      },
      clientExtensionResults: credProps === undefined ? {} : { credProps: { rk: credProps } },
    });
  }

  /** Answers `navigator.credentials.get`, by the newest of its credentials that the options allow. */
  function get(options: RequestOptions, changes: SoftAssertion = {}): string {
    const allowed = (options.allowCredentials ?? []).map((one) => one.id);
    const credential = credentials.findLast(({ id }) =>
      changes.credentialId === undefined
        ? allowed.length === 0 || allowed.includes(base64url(id))
        : changes.credentialId === base64url(id),
    );
    if (!credential) throw new Error('the authenticator has no such credential');
    const data = authenticatorData({ ...claims, ...changes, rpId: changes.rpId ?? options.rpId ?? '' });
    const clientData = clientDataJson('webauthn.get', options.challenge, { origin, ...changes });
    const signature = signWith(credential, Buffer.concat([data, sha256(clientData)]));
    const userHandle = changes.userHandle === undefined ? credential.userHandle : changes.userHandle;
    return JSON.stringify({
      ...idsOf(credential.id),
      response: {
        clientDataJSON: base64url(clientData),
        authenticatorData: base64url(data),
        signature: base64url(changes.signature?.(signature) ?? signature),
        ...(userHandle && { userHandle: base64url(userHandle) }),
      },
      clientExtensionResults: {},
    });
  }

  return { create, get };
}

type Extensions = ReadonlyMap<string, boolean>;
type Cbor = number | string | boolean | Uint8Array | Cbor[] | Map<string | number, Cbor> | Map<string, Cbor>;

function idsOf(id: Buffer) {
  return { id: base64url(id), rawId: base64url(id), type: 'public-key', authenticatorAttachment: 'platform' };
}

function clientDataJson(type: string, challenge: string, changes: SoftBrowser & { readonly origin: string }): Buffer {
  const { crossOrigin = false, topOrigin } = changes;
  return Buffer.from(
    JSON.stringify({
      type: changes.type ?? type,
      challenge: changes.challenge ? base64url(changes.challenge) : challenge,
      origin: changes.origin,
      crossOrigin,
      topOrigin,
      ...changes.clientData,
    }),
  );
}

function statementOf(
  attestation: SoftAttestation,
  { signed, ...own }: { readonly signed: Buffer; readonly algorithm: SoftAlgorithm; readonly key: KeyObject },
): Map<string, Cbor> {
  if (attestation.format === 'none') return new Map();
  const { by, signature: change = (made) => made } = attestation;
  const signature = change(signWith(by ? { algorithm: 'ES256', key: by.key } : own, signed));
  const statement = new Map<string, Cbor>([
    ['alg', by ? -7 : coseAlgorithm[own.algorithm]],
    ['sig', new Uint8Array(signature)],
  ]);
  return by
    ? statement.set(
        'x5c',
        by.certificates.map((der) => new Uint8Array(der)),
      )
    : statement;
}

const coseAlgorithm = { ES256: -7, EdDSA: -8, RS256: -257, ES384: -35, Ed448: -8 } as const;

function keyPair(algorithm: SoftAlgorithm): SoftKeys {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    case 'Ed448':
      return generateKeyPairSync('ed448');
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}

function signWith({ algorithm, key }: Pick<SoftCredential, 'algorithm' | 'key'>, signed: Buffer): Buffer {
  const digest = { ES256: 'sha256', RS256: 'sha256', ES384: 'sha384', EdDSA: null, Ed448: null }[algorithm];
  return sign(digest, signed, key);
}

/** @see RFC 9052 §7; RFC 9053 §7; RFC 8230 §4 */
function coseKey(algorithm: SoftAlgorithm, publicKey: KeyObject): Map<number, Cbor> {
  const { x = '', y = '', n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));
  const head: [number, Cbor][] = [[3, coseAlgorithm[algorithm]]];
  switch (algorithm) {
    case 'ES256':
    case 'ES384':
      return new Map([[1, 2], ...head, [-1, algorithm === 'ES256' ? 1 : 2], [-2, bytes(x)], [-3, bytes(y)]]);
    case 'EdDSA':
    case 'Ed448':
      return new Map([[1, 1], ...head, [-1, algorithm === 'EdDSA' ? 6 : 7], [-2, bytes(x)]]);
    case 'RS256':
      return new Map([[1, 3], ...head, [-1, bytes(n)], [-2, bytes(e)]]);
  }
}

function sha256(value: string | Uint8Array): Buffer {
  return createHash('sha256').update(value).digest();
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
