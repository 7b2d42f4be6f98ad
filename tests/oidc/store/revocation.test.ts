import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createArtifactRepository } from '../../../src/oidc/artifact-repository.ts';
import { endReleaseTo } from '../../../src/oidc/end-release.ts';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.ts';
import { releasedByConsent } from '../../support/relying-party.ts';
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

  it('a withdrawn agreement takes every token of that portal, and of no other; the portal’s next request asks again', async () => {
    const person = await provider.addPerson();
    const [withdrawn, kept] = await Promise.all(
      [0, 1].map(() => provider.addPortal({ release: [releasedByConsent('name', true)] })),
    );
    if (!withdrawn || !kept) throw new Error('no portals');
    const scope = 'openid profile offline_access';
    await provider.signedIn(person, kept, { scope });
    const browser = await provider.signedIn(person, withdrawn, { scope });
    const tokens = await Promise.all(
      [withdrawn, kept].map(async (portal) => {
        const one = provider.portalAt(portal);
        return (await one.redeem(0, await one.authorize(0, browser, { scope }))).json;
      }),
    );
    const { inTransaction, relyingParties } = provider.installation;
    const of = { accountId: person.accountId, clientId: withdrawn.clientId };
    await inTransaction(async (tx) => {
      expect(await relyingParties.consents.withdraw(tx, { ...of, principal: 'self' })).toBe(true);
      await endReleaseTo(tx, { ...of, at: new Date() });
    });
    const outcomes = await Promise.all(
      [withdrawn, kept].map(async (portal, turn) => {
        const one = provider.portalAt(portal);
        const userinfo = await one.userinfo(1, String(tokens[turn]?.['access_token']));
        const refresh = await one.refresh(1, String(tokens[turn]?.['refresh_token']));
        const silent = await one.authorize(1, browser, { scope: 'openid profile', prompt: 'none' });
        return [userinfo.status, refresh.status, silent.location?.searchParams.get('error')];
      }),
    );
    expect(outcomes).toEqual([
      [401, 400, 'consent_required'],
      [200, 200, null],
    ]);
  });
});
