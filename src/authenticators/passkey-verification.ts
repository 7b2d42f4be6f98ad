import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import {
  decodeAttestationObject,
  decodeCredentialPublicKey,
  isoCBOR,
  parseAuthenticatorData,
} from '@simplewebauthn/server/helpers';
import type { AssertionResponse, RegistrationResponse } from './passkey.forms.ts';

/** The one origin and the domain passkeys are bound to. */
export type RelyingPartyOfPasskeys = { readonly rpId: string; readonly origin: string };

/** COSE algorithms, in the order in which they are asked for: EdDSA, ES256, RS256. @see RFC 9053 §2; RFC 8812 §2 */
export const passkeyAlgorithms: readonly number[] = [-8, -7, -257];

/** A credential whose response is what WebAuthn Level 3 §7.1 asks for, except where `passkey.ts` still decides. */
export type NewCredential = {
  readonly credentialId: Buffer;
  /** A COSE_Key. */
  readonly publicKey: Buffer;
  readonly algorithm: number;
  readonly signCount: number;
  readonly aaguid: string;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly attestation: { readonly format: string; readonly certificates: readonly Uint8Array[] };
};

export type VerifiedAssertion = Pick<NewCredential, 'signCount' | 'userVerified' | 'backupEligible' | 'backedUp'>;

type Statement = {
  readonly format: string;
  readonly authenticatorData: Uint8Array<ArrayBuffer>;
  readonly certificates: readonly Uint8Array[];
};

/** Formats whose statements are always verified: they need nothing but themselves. */
const selfContained: ReadonlySet<string> = new Set(['none', 'packed']);

/**
 * Formats verified where attestation is asked for. Any other counts as none: the library checks the certificates of
 * Android's and Apple's against revocation lists at addresses that the statement itself may name, and this service asks
 * nobody; and no FIDO U2F key verifies its user.
 */
const verifiedWhenAskedFor: ReadonlySet<string> = new Set([...selfContained, 'tpm']);

// Labels of a COSE_Key, of which two mean one thing in an elliptic key and another in an RSA key. @see RFC 9053 §7
const cose = { kty: 1, alg: 3, curveOrModulus: -1, xOrExponent: -2, y: -3 } as const;
const smallestModulusBytes = 256;
// As long as a key may rest: no authenticator makes an RSA key of more than 4,096 bits.
const mostPublicKeyBytes = 2_048;

/**
 * Type, origin, RP ID, user presence, backup flags and attestation statement. @see WebAuthn Level 3 §7.1 steps 7–24
 * @returns why not: `algorithm-not-allowed` for a key of another kind than was asked for, else `verification-failed`
 */
export async function verifyNewCredential(
  { id, response }: RegistrationResponse,
  { rpId, origin, attestationAskedFor }: RelyingPartyOfPasskeys & { readonly attestationAskedFor: boolean },
): Promise<NewCredential | { readonly refused: 'algorithm-not-allowed' | 'verification-failed' }> {
  try {
    const statement = readStatement(response.attestationObject);
    const isVerified = (attestationAskedFor ? verifiedWhenAskedFor : selfContained).has(statement.format);
    const { credentialID, credentialPublicKey } = parseAuthenticatorData(statement.authenticatorData);
    if (!credentialID || !credentialPublicKey || !id.equals(credentialID)) return { refused: 'verification-failed' };
    const isShortEnough = credentialPublicKey.length <= mostPublicKeyBytes;
    const algorithm = isShortEnough ? algorithmOf(credentialPublicKey) : undefined;
    if (algorithm === undefined) return { refused: 'algorithm-not-allowed' };
    const { verified, registrationInfo: found } = await verifyRegistrationResponse({
      response: {
        ...credentialJson(id),
        response: {
          clientDataJSON: response.clientDataJSON.encoded.toString('base64url'),
          attestationObject: Buffer.from(
            isVerified ? response.attestationObject : withoutStatement(statement),
          ).toString('base64url'),
        },
      },
      expectedChallenge: response.clientDataJSON.challenge.toString('base64url'),
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: [...passkeyAlgorithms],
    });
    if (!verified) return { refused: 'verification-failed' };
    return {
      credentialId: id,
      publicKey: Buffer.from(found.credential.publicKey),
      algorithm,
      signCount: found.credential.counter,
      aaguid: found.aaguid,
      userVerified: found.userVerified,
      backupEligible: found.credentialDeviceType === 'multiDevice',
      backedUp: found.credentialBackedUp,
      // Certificates of a statement that nobody verifies could be anybody's.
      attestation: { format: statement.format, certificates: isVerified ? statement.certificates : [] },
    };
  } catch {
    // Whatever a response makes the library throw, the response is at fault.
    return { refused: 'verification-failed' };
  }
}

/**
 * Type, origin, RP ID, user presence, backup flags and signature. @see WebAuthn Level 3 §7.2 steps 10–21
 * @returns undefined where one of them doesn't fit
 */
export async function verifyAssertion(
  { id, response }: AssertionResponse,
  { rpId, origin, publicKey }: RelyingPartyOfPasskeys & { readonly publicKey: Uint8Array },
): Promise<VerifiedAssertion | undefined> {
  try {
    const { verified, authenticationInfo: found } = await verifyAuthenticationResponse({
      response: {
        ...credentialJson(id),
        response: {
          clientDataJSON: response.clientDataJSON.encoded.toString('base64url'),
          authenticatorData: response.authenticatorData.toString('base64url'),
          signature: response.signature.toString('base64url'),
        },
      },
      expectedChallenge: response.clientDataJSON.challenge.toString('base64url'),
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      // The counter is compared where it is stored, in one statement with its update.
      credential: { id: id.toString('base64url'), publicKey: new Uint8Array(publicKey), counter: 0 },
    });
    if (!verified) return undefined;
    return {
      signCount: found.newCounter,
      userVerified: found.userVerified,
      backupEligible: found.credentialDeviceType === 'multiDevice',
      backedUp: found.credentialBackedUp,
    };
  } catch {
    return undefined;
  }
}

function credentialJson(id: Buffer) {
  const encoded = id.toString('base64url');
  return { id: encoded, rawId: encoded, type: 'public-key', clientExtensionResults: {} } as const;
}

/** @throws where the bytes are no attestation object */
function readStatement(attestationObject: Buffer): Statement {
  const decoded = decodeAttestationObject(new Uint8Array(attestationObject));
  const x5c: unknown = decoded.get('attStmt').get('x5c');
  return {
    format: decoded.get('fmt'),
    authenticatorData: decoded.get('authData'),
    certificates: Array.isArray(x5c) ? x5c : [],
  };
}

function withoutStatement({ authenticatorData }: Statement): Uint8Array {
  return isoCBOR.encode(
    new Map<string, string | Map<string, never> | Uint8Array>([
      ['fmt', 'none'],
      ['attStmt', new Map<string, never>()],
      ['authData', authenticatorData],
    ]),
  );
}

/**
 * The algorithm of a COSE_Key that is one of ours in every respect. @see WebAuthn Level 3 §5.8.5
 * @throws where it is named like one of ours and is no key at all
 */
function algorithmOf(publicKey: Uint8Array<ArrayBuffer>): number | undefined {
  const key = decodeCredentialPublicKey(publicKey) as unknown as ReadonlyMap<number, unknown>;
  const jwk = jwkOf(key);
  if (jwk === undefined) return undefined;
  // The library reads a key first when it verifies a signature; with attestation "none" there is no signature yet.
  createPublicKey({ key: jwk, format: 'jwk' });
  return Number(key.get(cose.alg));
}

function jwkOf(key: ReadonlyMap<number, unknown>): JsonWebKey | undefined {
  const text = (label: number): string => Buffer.from(key.get(label) as Uint8Array).toString('base64url');
  const [kty, alg, parameter] = [key.get(cose.kty), key.get(cose.alg), key.get(cose.curveOrModulus)];
  if (alg === -8 && kty === 1 && parameter === 6) return { kty: 'OKP', crv: 'Ed25519', x: text(cose.xOrExponent) };
  if (alg === -7 && kty === 2 && parameter === 1) {
    return { kty: 'EC', crv: 'P-256', x: text(cose.xOrExponent), y: text(cose.y) };
  }
  const isLong = parameter instanceof Uint8Array && parameter.length >= smallestModulusBytes;
  const isRsa = alg === -257 && kty === 3 && isLong;
  return isRsa ? { kty: 'RSA', n: text(cose.curveOrModulus), e: text(cose.xOrExponent) } : undefined;
}
