import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export type ProofChanges = {
  readonly htm?: string;
  readonly htu?: string;
  readonly accessToken?: string;
  readonly ath?: string;
  readonly nonce?: string;
  readonly jti?: string;
  /** Seconds the client's clock is ahead of ours. */
  readonly clockAhead?: number;
  readonly header?: Record<string, unknown>;
};

export type DpopKey = {
  readonly jwk: JWK;
  readonly thumbprint: string;
  /** A proof for a POST to `htu`, unless told otherwise. @see RFC 9449 §4.2 */
  readonly proof: (htu: string, changes?: ProofChanges) => Promise<string>;
};

const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** A key a client binds its tokens to, and proofs as no library would make them. */
export async function aDpopKey(): Promise<DpopKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    thumbprint: await calculateJwkThumbprint(jwk),
    proof: (url, { htm = 'POST', htu = url, jti = randomUUID(), clockAhead = 0, ...changes } = {}) =>
      new SignJWT({
        jti,
        htm,
        htu,
        iat: Math.floor(Date.now() / 1000) + clockAhead,
        ...(changes.nonce === undefined ? {} : { nonce: changes.nonce }),
        ...(changes.accessToken === undefined ? {} : { ath: hash(changes.accessToken) }),
        ...(changes.ath === undefined ? {} : { ath: changes.ath }),
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...changes.header })
        .sign(privateKey),
  };
}
