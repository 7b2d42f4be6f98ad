import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type JWK } from 'oidc-provider';
import { removeExpiredArtifacts } from '../../../src/oidc/expiry-repository.ts';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.ts';
import { anId, type StorePair, storePair } from '../../support/store-pair.ts';
import { inParallel, type PortalDriver, startTwoProviders, type TwoProviders } from '../../support/two-providers.ts';

let provider: TwoProviders;
let pair: StorePair;
let driver: PortalDriver;
let cookie: string;

beforeAll(async () => {
  [provider, pair] = await Promise.all([startTwoProviders(), storePair(new Date().toISOString())]);
  const portal = await provider.addPortal({
    secretHash: undefined,
    metadata: { token_endpoint_auth_method: 'none' } as RelyingParty['metadata'],
  });
  driver = provider.portalAt(portal);
  cookie = await provider.signedIn(await provider.addPerson(), portal);
});
afterAll(() => Promise.all([provider.close(), pair.close()]));

type Tokens = { readonly access_token: string; readonly refresh_token: string };

async function redeemed() {
  const code = await driver.authorize(0, cookie, { scope: 'openid offline_access' });
  return { code, tokens: (await driver.redeem(1, code)).json as Tokens };
}

async function expectDead({ access_token: accessToken, refresh_token: refreshToken }: Tokens): Promise<void> {
  expect((await driver.userinfo(0, accessToken)).status).toBe(401);
  expect((await driver.refresh(1, refreshToken)).json['error']).toBe('invalid_grant');
  for (const token of [accessToken, refreshToken]) {
    const { json } = await driver.introspect(1, token);
    expect(json['active'] ?? false).toBe(false);
  }
}

describe('A7: the engine can tell expired from unknown', () => {
  it('an expired artifact is readable for minutes, and then gone', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const engine = new Provider('http://localhost', {
      adapter: (model: string) => pair.store().adapterOf(model),
      features: { devInteractions: { enabled: false } },
      jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' } as JWK] },
    });
    const codes = pair.store().adapterOf('RefreshToken');
    const id = anId();
    const exp = Math.floor(Date.now() / 1000) - 60;
    await codes.upsert(id, { kind: 'RefreshToken', jti: id, clientId: 'tax', accountId: 'lan', exp }, 60);
    const expired = await engine.RefreshToken.find(id, { ignoreExpiration: true });
    expect(expired?.isExpired).toBe(true);
    expect(await engine.RefreshToken.find(id)).toBeUndefined();

    const expire = () =>
      removeExpiredArtifacts(pair.database.dataSource.manager, { now: pair.clock.now(), batch: 100 });
    pair.clock.passSeconds(60 + 540);
    await expire();
    expect(await codes.find(id)).toBeDefined();
    pair.clock.passSeconds(120);
    await expire();
    expect(await codes.find(id)).toBeUndefined();
  });

  it('a spent one stays, and says when it was spent', async () => {
    const codes = pair.store().adapterOf('AuthorizationCode');
    const id = anId();
    await codes.upsert(id, { kind: 'AuthorizationCode' }, 60);
    await codes.consume(id);
    const consumed = Math.floor(pair.clock.now().getTime() / 1000);
    expect(await pair.store(1).adapterOf('AuthorizationCode').find(id)).toMatchObject({ consumed });
  });
});

describe('A7: a reuse revokes what was made (RFC 6749 §4.1.2, RFC 9700 §4.14.2)', () => {
  it('of a code, a moment later', async () => {
    const { code, tokens } = await redeemed();
    expect((await driver.userinfo(1, tokens.access_token)).status).toBe(200);
    expect((await driver.redeem(0, code)).json['error']).toBe('invalid_grant');
    await expectDead(tokens);
  });

  it('of a refresh token, a moment later', async () => {
    const { tokens } = await redeemed();
    const successor = (await driver.refresh(0, tokens.refresh_token)).json as Tokens;
    expect((await driver.refresh(1, tokens.refresh_token)).json['error']).toBe('invalid_grant');
    await expectDead(successor);
    await expectDead(tokens);
  });

  it('of either, in the same moment', async () => {
    for (let round = 0; round < 50; round += 1) {
      const code = await driver.authorize(round, cookie, { scope: 'openid offline_access' });
      const answers = await inParallel(2, (turn) => driver.redeem(turn, code));
      const winner = answers.find(({ status }) => status === 200);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const { access_token: accessToken, refresh_token: refreshToken } = (winner?.json ?? {}) as Tokens;
      expect((await driver.userinfo(0, accessToken)).status).toBe(401);
      expect((await driver.refresh(0, refreshToken)).status).toBe(400);
    }
  });
});
