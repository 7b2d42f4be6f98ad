import type { webcrypto } from 'node:crypto';
import * as openid from 'openid-client';
import type { PublicJwk } from '../../src/relying-parties/relying-party.ts';

/** A client's own key pair, its public part as it registers it. */
export type ClientKey = {
  readonly kid: string;
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  readonly authentication: openid.ClientAuth;
};

export async function aClientKey(kid = 'client-key'): Promise<ClientKey> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return {
    kid,
    privateKey,
    publicKey,
    jwks: { keys: [{ kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' }] },
    authentication: openid.PrivateKeyJwt({ key: privateKey, kid }),
  };
}
