import { createHash, randomUUID, type webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.ts';
import { aClientKey } from '../../support/client-keys.ts';
import { anId, type StorePair, storePair } from '../../support/store-pair.ts';
import { inParallel, startTwoProviders, type TwoProviders, tally } from '../../support/two-providers.ts';

const rounds = 50;
let provider: TwoProviders;
let pair: StorePair;
let proofKey: { readonly privateKey: webcrypto.CryptoKey; readonly publicKey: webcrypto.CryptoKey };

beforeAll(async () => {
  [provider, pair, proofKey] = await Promise.all([startTwoProviders(), storePair(), generateKeyPair('ES256')]);
});
afterAll(() => Promise.all([provider.close(), pair.close()]));

async function dpopProof(claims: Record<string, string>): Promise<string> {
  return new SignJWT({ jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(proofKey.publicKey) })
    .setIssuedAt()
    .sign(proofKey.privateKey);
}

describe('A2: a jti is accepted once, whatever the parallelism', () => {
  it('a DPoP proof at userinfo (RFC 9449 §11.1): the others are told 401 invalid_token', async () => {
    const portal = await provider.addPortal();
    const driver = provider.portalAt(portal);
    const cookie = await provider.signedIn(await provider.addPerson(), portal);
    const code = await driver.authorize(0, cookie);
    const dpop = await dpopProof({ htm: 'POST', htu: `${provider.issuer}/token` });
    const { access_token: token } = (await driver.redeem(0, code, { dpop })).json;
    const ath = createHash('sha256').update(String(token)).digest('base64url');
    for (let round = 0; round < rounds; round += 1) {
      const proof = await dpopProof({ htm: 'GET', htu: `${provider.issuer}/me`, ath });
      const headers = { authorization: `DPoP ${token}`, dpop: proof, accept: 'application/json' };
      const answers = await inParallel(8, (turn) => provider.send(turn, '/me', { headers }));
      expect(tally(answers)).toEqual({ '200': 1, '401 invalid_token': 7 });
      expect(answers.filter(({ headers }) => /DPoP/.test(String(headers['www-authenticate'])))).toHaveLength(7);
    }
  });

  it('a client assertion (RFC 7523 §3): the others are told 401 invalid_client', async () => {
    const key = await aClientKey();
    const portal = await provider.addPortal({
      secretHash: undefined,
      metadata: {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: key.jwks,
      } as unknown as RelyingParty['metadata'],
    });
    for (let round = 0; round < rounds; round += 1) {
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: key.kid })
        .setIssuer(portal.clientId)
        .setSubject(portal.clientId)
        .setAudience(provider.issuer)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(key.privateKey);
      const form = {
        ...provider.portalAt(portal).begin().query,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      };
      const headers = { accept: 'application/json' };
      const answers = await inParallel(10, (turn) => provider.send(turn, '/request', { form, headers }));
      expect(tally(answers)).toEqual({ '201': 1, '401 invalid_client': 9 });
    }
  });

  it('through two pools, 20 at once', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [id, expiresAt] = [Buffer.from(anId()), new Date(pair.clock.now().getTime() + 60_000)];
      const firsts = await inParallel(20, (turn) => pair.store(turn).replays.markOnce(id, expiresAt));
      expect(firsts.filter(Boolean)).toHaveLength(1);
    }
  });

  it('tells a repeated statement of its own success', async () => {
    const [id, expiresAt] = [Buffer.from(anId()), new Date(pair.clock.now().getTime() + 60_000)];
    expect(await pair.repeating.replays.markOnce(id, expiresAt)).toBe(true);
    expect(await pair.store().replays.markOnce(id, expiresAt)).toBe(false);
  });
});
