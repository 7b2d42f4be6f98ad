import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RelyingParty, RelyingPartyMetadata } from '../../../src/relying-parties/relying-party.ts';
import { releasedByLaw } from '../../support/relying-party.ts';
import { inParallel, startTwoProviders, type TwoProviders, tally } from '../../support/two-providers.ts';

const rounds = 50;
let provider: TwoProviders;

beforeAll(async () => {
  provider = await startTwoProviders();
});
afterAll(() => provider.close());

const toldOfLogout = { backchannel_logout_uri: 'https://127.0.0.1:9/logout' } as RelyingPartyMetadata;

async function queuedNotices(): Promise<number> {
  const [{ queued }] = await provider.database.dataSource.query(
    `SELECT count(*)::int AS queued FROM jobs.job WHERE name = 'logout-notice'`,
  );
  return queued;
}

async function signOut(cookie: string): Promise<number> {
  const asked = await provider.send(0, '/session/end', { cookie });
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.text)?.[1] ?? '';
  const { status } = await provider.send(1, '/session/end/confirm', { cookie, form: { xsrf, logout: 'yes' } });
  return status;
}

describe('A3: parallel portals of one browser keep each other', () => {
  it('six sign-ons at once: every code is good, and every portal is told of the sign-out', async () => {
    const person = await provider.addPerson();
    const portals: RelyingParty[] = [];
    for (let turn = 0; turn < 6; turn += 1) portals.push(await provider.addPortal({ metadata: toldOfLogout }));
    const drivers = portals.map(provider.portalAt);
    const [home] = portals as [RelyingParty];
    for (let round = 0; round < rounds; round += 1) {
      const cookie = await provider.signedIn(person, home);
      const codes = await Promise.all(drivers.map((driver, turn) => driver.authorize(turn, cookie)));
      const tokens = await Promise.all(codes.map((code, turn) => drivers[turn]?.redeem(turn + 1, code)));
      expect(tokens.map((answer) => answer?.status)).toEqual(Array(6).fill(200));
      const before = await queuedNotices();
      expect(await signOut(cookie)).toBe(200);
      expect((await queuedNotices()) - before).toBe(6);
    }
  });

  it('four tabs of one portal, never seen in this session: every token has what its tab asked for', async () => {
    const person = await provider.addPerson({ profile: { name: 'Nguyễn Thị Lan' } });
    const home = await provider.addPortal();
    const asked = ['openid profile', 'openid email', 'openid', 'openid profile email'];
    const release = [releasedByLaw('name'), releasedByLaw('email')];
    const cookie = await provider.signedIn(person, home);
    for (let round = 0; round < rounds; round += 1) {
      const portal = await provider.addPortal({ release });
      const driver = provider.portalAt(portal);
      // Told once, in another browser, of what is released: then nothing is asked any more.
      await provider.signedIn(person, portal, { scope: 'openid profile email' });
      const codes = await inParallel(4, (turn) => driver.authorize(turn, cookie, { scope: asked[turn] ?? 'openid' }));
      const tokens = await inParallel(4, async (turn) => {
        const code = codes[turn];
        return code ? driver.redeem(turn + 1, code) : Promise.reject(new Error('no tab'));
      });
      expect(tally(tokens)).toEqual({ '200': 4 });
      const claims = await inParallel(4, async (turn) => {
        const { json } = await driver.userinfo(turn, String(tokens[turn]?.json['access_token']));
        return ['name', 'email'].filter((claim) => claim in json);
      });
      expect(claims).toEqual([['name'], ['email'], [], ['name', 'email']]);
    }
  });

  it('one tab after the other: the first one’s token keeps what it was given', async () => {
    const person = await provider.addPerson({ profile: { name: 'Nguyễn Thị Lan' } });
    const portal = await provider.addPortal({ release: [releasedByLaw('name'), releasedByLaw('email')] });
    const driver = provider.portalAt(portal);
    await provider.signedIn(person, portal, { scope: 'openid profile email' });
    const cookie = await provider.signedIn(person, portal, { scope: 'openid profile' });
    const { json } = await driver.redeem(0, await driver.authorize(0, cookie, { scope: 'openid profile' }));
    await driver.redeem(0, await driver.authorize(1, cookie, { scope: 'openid email' }));
    expect((await driver.userinfo(1, String(json['access_token']))).json).toMatchObject({ name: 'Nguyễn Thị Lan' });
  });
});
