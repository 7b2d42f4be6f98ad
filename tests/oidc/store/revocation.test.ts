import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createArtifactRepository } from '../../../src/oidc/artifact-repository.ts';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.ts';
import { anId, type StorePair, storePair } from '../../support/store-pair.ts';
import { inParallel, type PortalDriver, startTwoProviders, type TwoProviders } from '../../support/two-providers.ts';

let provider: TwoProviders;
let pair: StorePair;
let driver: PortalDriver;
let cookie: string;

beforeAll(async () => {
  [provider, pair] = await Promise.all([startTwoProviders(), storePair()]);
  const portal = await provider.addPortal({
    secretHash: undefined,
    metadata: { token_endpoint_auth_method: 'none' } as RelyingParty['metadata'],
  });
  driver = provider.portalAt(portal);
  cookie = await provider.signedIn(await provider.addPerson(), portal);
});
afterAll(() => Promise.all([provider.close(), pair.close()]));

describe('A9: a revocation takes everything the grant made', () => {
  it('in one statement, however many kinds of token the engine asks for', async () => {
    const models = ['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode'];
    const [grantId, other] = [anId(), anId()];
    const ids = models.map(anId);
    for (const [index, model] of models.entries()) {
      await pair
        .store()
        .adapterOf(model)
        .upsert(ids[index] ?? '', { kind: model, grantId }, 60);
    }
    const kept = anId();
    await pair.store().adapterOf('AccessToken').upsert(kept, { kind: 'AccessToken', grantId: other }, 60);

    const sent: string[] = [];
    const { removeByGrant } = createArtifactRepository({
      clock: pair.clock,
      run: (statement) => {
        sent.push(statement.name);
        return pair.database.runStatement(statement);
      },
    });
    await Promise.all(models.map(() => removeByGrant(grantId)));
    expect(sent).toEqual(['artifact-remove-by-grant']);
    for (const [index, model] of models.entries()) {
      expect(
        await pair
          .store(1)
          .adapterOf(model)
          .find(ids[index] ?? ''),
      ).toBeUndefined();
    }
    expect(await pair.store(1).adapterOf('AccessToken').find(kept)).toBeDefined();
  });

  it('and what is being made of it in the same moment', async () => {
    for (let round = 0; round < 50; round += 1) {
      const code = await driver.authorize(round, cookie, { scope: 'openid offline_access' });
      const { refresh_token: token } = (await driver.redeem(round, code)).json;
      const [, ...racing] = await Promise.all([
        driver.ask(round, '/token/revocation', { token: String(token) }),
        driver.refresh(round + 1, String(token)),
        driver.authorize(round + 1, cookie, { scope: 'openid email offline_access' }),
      ]);
      const { access_token: accessToken, refresh_token: successor } = racing[0]?.json ?? {};
      if (accessToken !== undefined) {
        expect((await driver.userinfo(0, String(accessToken))).status).toBe(401);
        expect((await driver.refresh(1, String(successor))).status).toBe(400);
      }
    }
    // The person is still signed in, and the portal gets a new grant.
    const [code] = await inParallel(1, () => driver.authorize(0, cookie));
    expect((await driver.redeem(1, code ?? { code: '', verifier: '' })).status).toBe(200);
  });
});
