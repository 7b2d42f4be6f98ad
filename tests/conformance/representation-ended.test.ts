import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endMandateArtifacts } from '../../src/oidc/end-mandate.ts';
import { type ActingHands, actingHands, type Mandated } from '../support/acting-hands.ts';
import { type ActingWorld, actingScope, startActingWorld } from '../support/acting-world.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import { aResource } from '../support/portals.ts';

let time: MovableTime;
let world: ActingWorld;
let hands: ActingHands;

beforeAll(async () => {
  time = movableTime();
  world = await startActingWorld();
  hands = actingHands(world);
});
afterAll(async () => {
  await world.close();
  time.restore();
});

const scope = `${actingScope} offline_access records:read`;
const query = (sql: string, ...values: readonly unknown[]) => world.database.dataSource.query(sql, [...values]);

/** How what somebody acts by can be over. */
const endings: Readonly<Record<string, (of: { who: Mandated; id: string }) => Promise<unknown>>> = {
  'its row alone says so': ({ id }) => query(`UPDATE mandate SET state = 'revoked' WHERE id = $1`, id),
  'it is suspended': ({ id }) => query(`UPDATE mandate SET state = 'suspended' WHERE id = $1`, id),
  'what carries it is gone with it': ({ id }) =>
    world.installation.inTransaction(async (tx) => {
      await tx.query(`UPDATE mandate SET state = 'revoked' WHERE id = $1`, [id]);
      await endMandateArtifacts(tx, id);
    }),
  'its time is over': async () => time.pass(31),
  'nobody vouches for the person any more': ({ who }) =>
    query('UPDATE upstream_identity SET withdrawn_at = now() WHERE account_id = $1', who.person.accountId),
  'the account was recovered': ({ who }) =>
    query(`UPDATE account SET cool_down_until = $2 WHERE id = $1`, who.person.accountId, new Date(Date.now() + 6e7)),
  'the account is suspended': ({ who }) =>
    query(`UPDATE account SET state = 'suspended' WHERE id = $1`, who.person.accountId),
};

/** All that two logins for one company left at a portal and an API: one redeemed, one not; and one for another company. */
async function inUse(validForSeconds?: number) {
  const api = await aResource(world);
  const played = await world.portal({ resources: [api.identifier] });
  const reader = await world.portal({ agencyId: api.agencyId, sectorId: api.sectorId });
  const validUntil = validForSeconds === undefined ? null : new Date(Date.now() + validForSeconds * 1000);
  const who = await hands.mandated({ validUntil }, {});
  const [mandate, another] = who.mandates;
  const ask = { scope, prompt: 'select_organization' };
  const get = async (choose: string, resource?: string): Promise<Record<string, unknown>> => {
    const come = await hands.comeBack(who, played, { ...ask, choose, ...(resource && { resource }) });
    return (await hands.exchange(played, come, resource ? { resource } : {})).body;
  };
  const kept = {
    own: await get(mandate.id),
    forApi: await get(mandate.id, api.identifier),
    other: await get(another?.id ?? ''),
    self: await get('self'),
    code: await hands.comeBack(who, played, { ...ask, choose: mandate.id }),
  };
  return { who, mandate, another, played, reader, api, ...kept };
}

type InUse = Awaited<ReturnType<typeof inUse>>;

async function aliveOf({ played, reader, own, forApi, code }: InUse) {
  const [atPortal, atApi, ofRefresh, ofApiRefresh, userinfo, refreshed, exchanged] = await Promise.all([
    hands.introspect(played, own['access_token']),
    hands.introspect(reader, forApi['access_token']),
    hands.introspect(played, own['refresh_token']),
    hands.introspect(played, forApi['refresh_token']),
    hands.userinfo(own['access_token']),
    hands.refresh(played, own['refresh_token']),
    hands.exchange(played, code),
  ]);
  return {
    introspected: [atPortal, atApi, ofRefresh, ofApiRefresh],
    userinfo: userinfo.status,
    refreshed: refreshed.body['error'],
    exchanged: exchanged.body['error'],
  };
}

const dead = {
  introspected: Array.from({ length: 4 }, () => ({ active: false })),
  userinfo: 401,
  refreshed: 'invalid_grant',
  exchanged: 'invalid_grant',
};

describe('a mandate that ends', () => {
  it('is alive until then', async () => {
    expect(await aliveOf(await inUse(3600))).toMatchObject({
      introspected: Array.from({ length: 4 }, () => ({ active: true })),
      userinfo: 200,
      refreshed: undefined,
      exchanged: undefined,
    });
  });

  it.each(Object.keys(endings))('%s: codes and tokens by it are over', async (ending) => {
    const used = await inUse(ending === 'its time is over' ? 30 : undefined);
    await endings[ending]?.({ who: used.who, id: used.mandate.id });
    expect(await aliveOf(used)).toEqual(dead);
  });

  it.each(Object.keys(endings).slice(0, 4))(
    '%s: what is done for another company, or oneself, goes on',
    async (ending) => {
      const used = await inUse(ending === 'its time is over' ? 30 : undefined);
      const { played, another, who } = used;
      await endings[ending]?.({ who, id: used.mandate.id });
      expect((await hands.userinfo(used.other['access_token'])).body).toMatchObject({
        organization: { id: `vn:${another?.number}` },
      });
      expect((await hands.refresh(played, used.other['refresh_token'])).status).toBe(200);
      const self = await hands.userinfo(used.self['access_token']);
      expect(self).toMatchObject({ status: 200 });
      expect(self.body).not.toHaveProperty('organization');
      // The choice that the session remembered was this one: it asks again, and says no more about it than that.
      expect(await hands.errorOf(who.browser, played, { prompt: 'none' })).toBe('interaction_required');
      const hint = `vn:${used.mandate.number}`;
      expect(await hands.errorOf(who.browser, played, { prompt: 'none', organization_hint: hint })).toBe(
        'interaction_required',
      );
      const { page } = await hands.begin(who.browser, played);
      expect(page.name).toBe('choose-organization');
      expect(page.html).not.toContain(used.mandate.id);
      const answered = await who.browser.submit(page, { organization: used.mandate.id });
      expect(answered.name).toBe('choose-organization');
    },
  );
});

describe('whom nobody vouches for any more', () => {
  it('is led to their eID by choosing, not to the same page again', async () => {
    const { who, mandate, played } = await inUse();
    await endings['nobody vouches for the person any more']?.({ who, id: mandate.id });
    expect(await hands.errorOf(who.browser, played, { prompt: 'none' })).toBe('unmet_authentication_requirements');
    const { page } = await hands.begin(who.browser, played, { prompt: 'select_organization' });
    expect((await who.browser.submit(page, { organization: mandate.id })).name).not.toBe('choose-organization');
  });
});

describe('a power that its agency withdraws', () => {
  it('is gone at the next look at userinfo, at an API and at the next refresh', async () => {
    const { who, mandate, played } = await inUse();
    const api = await aResource(world, { agencyId: played.portal.agencyId });
    const portal = await world.portal({ resources: [api.identifier] });
    const come = await hands.comeBack(who, portal, { scope, resource: api.identifier, choose: mandate.id });
    const { body: forApi } = await hands.exchange(portal, come, { resource: api.identifier });
    const { body: own } = await hands.refresh(portal, forApi['refresh_token']);
    const reader = await world.portal({ sectorId: api.sectorId });
    const powers = async () => {
      type Told = { readonly representation: { readonly powers: readonly string[] } };
      const seen = [
        (await hands.userinfo(own['access_token'])).body,
        await hands.introspect(reader, forApi['access_token']),
      ];
      return (seen as unknown as readonly Told[]).map(({ representation }) => representation.powers);
    };
    expect(await powers()).toEqual([
      ['tax:file', 'tax:read'],
      ['tax:file', 'tax:read'],
    ]);
    await world.installation.inTransaction((tx) =>
      world.installation.representation.powers.withdraw(tx, {
        agencyId: portal.portal.agencyId,
        codes: ['tax:file'],
        at: new Date(),
      }),
    );
    time.pass(6);
    expect(await powers()).toEqual([['tax:read'], ['tax:read']]);
    const refreshed = await hands.refresh(portal, own['refresh_token'] ?? forApi['refresh_token']);
    expect(refreshed.status).toBe(200);
    expect((await hands.userinfo(refreshed.body['access_token'])).body).toMatchObject({
      representation: { powers: ['tax:read'] },
    });
    expect(await hands.errorOf(who.browser, portal, { powers: 'tax:file', prompt: 'none' })).toBe('invalid_request');
  });
});
