import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inParallel, startTwoProviders, type TwoProviders, tally } from '../../support/two-providers.ts';

const rounds = 50;
let provider: TwoProviders;

beforeAll(async () => {
  provider = await startTwoProviders();
});
afterAll(() => provider.close());

describe('A1: what is for one use is spent once, whatever the parallelism (RFC 6749 §4.1.2, RFC 9126 §4)', () => {
  it('redeems an authorization code once', async () => {
    const portal = await provider.addPortal();
    const driver = provider.portalAt(portal);
    const cookie = await provider.signedIn(await provider.addPerson(), portal);
    for (let round = 0; round < rounds; round += 1) {
      const code = await driver.authorize(round, cookie);
      const answers = await inParallel(20, (turn) => driver.redeem(turn, code));
      expect(tally(answers)).toEqual({ '200': 1, '400 invalid_grant': 19 });
    }
  });

  it('rotates a refresh token once', async () => {
    const portal = await provider.addPortal({
      secretHash: undefined,
      metadata: { token_endpoint_auth_method: 'none' } as never,
    });
    const driver = provider.portalAt(portal);
    const cookie = await provider.signedIn(await provider.addPerson(), portal);
    for (let round = 0; round < rounds; round += 1) {
      const code = await driver.authorize(round, cookie, { scope: 'openid offline_access' });
      const { refresh_token: token } = (await driver.redeem(round, code)).json;
      const answers = await inParallel(20, (turn) => driver.refresh(turn, String(token)));
      expect(tally(answers)).toEqual({ '200': 1, '400 invalid_grant': 19 });
    }
  });

  it('answers one authorization request of a pushed request_uri', async () => {
    const portal = await provider.addPortal();
    const driver = provider.portalAt(portal);
    const cookie = await provider.signedIn(await provider.addPerson(), portal);
    for (let round = 0; round < rounds; round += 1) {
      const { json } = await driver.ask(round, '/request', { ...driver.begin().query });
      const query = { client_id: driver.clientId, request_uri: String(json['request_uri']) };
      const answers = await inParallel(20, (turn) => provider.send(turn, '/auth', { query, cookie }));
      expect(answers.filter(({ location }) => location?.searchParams.has('code'))).toHaveLength(1);
      const others = answers.filter(({ location }) => !location?.searchParams.has('code'));
      for (const { status, location, text } of others) {
        expect([status, location?.searchParams.get('error') ?? text]).toEqual([
          expect.any(Number),
          expect.stringMatching(/invalid_request_uri|was already used/),
        ]);
        expect(status).toBeLessThan(500);
      }
    }
  });
});
