import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidLogins, eidLogins, essential } from '../support/eid-logins.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { portalSecret } from '../support/installation.ts';
import { moveOn } from '../support/journey.ts';
import { type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { post } from '../support/portals.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let world: EidWorld;
let hands: EidHands;
let client: PortalClient;
let eid: EidLogins;

beforeAll(async () => {
  world = await startEidWorld();
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
  eid = eidLogins({ world, client });
});
afterAll(async () => {
  await world.close();
});

const account = (path = ''): string => `${world.issuer}/account${path}`;

describe('an eID that is no way in', () => {
  it('because its source withdrew it signs nobody in, and makes no account', async () => {
    const { person, identity, browser } = await eid.linked();
    const { page } = await eid.byEid(identity, { fault: 'withdrawn-identity' });
    expect(page.url).toContain('cause=withdrawn');
    // Where somebody was signed in, the identity counts no more at once.
    const login = await client.begin();
    const silent = await moveOn(browser, await browser.get(login.url));
    expect((await client.redeem(login, silent.url)).claims()).toMatchObject({ ial: 'ial0' });
    expect(person.accountId).toBeTruthy();
  });

  it.each(['suspended', 'closed'])(
    'because its account is %s ends in its page, and makes no other account',
    async (state) => {
      const { person, identity } = await eid.linked();
      await world.database.dataSource.query('UPDATE account SET state = $2 WHERE id = $1', [person.accountId, state]);
      const accounts = 'SELECT count(*)::int AS count FROM account';
      const [before] = await world.database.dataSource.query(accounts);
      const { browser, page } = await eid.byEid(identity);
      expect(page.url).toContain('cause=account-inactive');
      for (const decision of ['create', 'link', 'switch']) {
        const csrf = page.forms[0]?.fields['csrf'] ?? '';
        await browser.post(hands.stepOf(page, '/identity'), { csrf, decision });
      }
      expect(await world.database.dataSource.query(accounts)).toEqual([before]);
      // Nor by its number from another source, nor beside another account.
      const same = world.addEidPerson({ ...identity, subject: `${identity.subject}-again` });
      const other = await eid.byEid(same);
      expect(other.page.url).toContain('cause=account-inactive');
    },
  );

  it('because it was taken away is nobody’s', async () => {
    const { person, identity, browser } = await eid.linked();
    const shown = await browser.get(account('/identity'));
    const removal = shown.forms.findIndex(({ action }) => action.endsWith('/remove'));
    await browser.submit(shown, {}, removal);
    expect(await hands.links(person.accountId)).toBe(0);
    expect((await eid.byEid(identity)).page.name).toBe('new-account');
  });

  it('because it was taken away finishes no login that it began and that waits on a page', async () => {
    const { identity, browser } = await eid.linked();
    const registered = await world.addPortal({ release: [releasedByConsent('email')] });
    const portal = await portalClient(world.issuer, registered);
    const thief = world.browser();
    const begun = await thief.get((await portal.begin({ scope: 'openid email' })).url);
    const release = await proveAtEid(thief, begun, { link: '/eid/vneid', person: identity });
    expect(release.name).toBe('consent');
    const shown = await browser.get(account('/identity'));
    await browser.submit(
      shown,
      {},
      shown.forms.findIndex(({ action }) => action.endsWith('/remove')),
    );
    expect((await thief.submit(release)).name).toBe('identify');
  });
});

describe('one number, one account', () => {
  it('a second account doesn’t get an identity with the number of the first', async () => {
    const { identity } = await eid.linked();
    const twin = world.addEidPerson({ national_id: identity.national_id });
    const other = await world.addPerson();
    const browser = world.browser();
    const page = await signIn(browser, (await client.begin(essential('substantial'))).url, other);
    const end = await proveAtEid(browser, page, { link: '/eid/vneid', person: twin });
    expect(end.name).toBe('other-account');
    for (const decision of ['link', 'create', 'switch']) await browser.submit(end, { decision });
    expect(await hands.links(other.accountId)).toBe(0);
    const nobody = await eid.byEid(twin);
    expect(nobody.page.name).toBe('other-account');
    await nobody.browser.submit(nobody.page, { decision: 'create' });
    expect(await hands.links(other.accountId)).toBe(0);
  });
});

describe('tokens of a time when the identity was proved', () => {
  const api = async (path: string, fields: Record<string, string>, { clientId }: PortalClient) => {
    const authorization = `Basic ${Buffer.from(`${clientId}:${encodeURIComponent(portalSecret)}`).toString('base64')}`;
    return (await post(world, path, { fields, headers: { authorization } })).body;
  };

  it('lend it to nobody’s own word once it is gone', async () => {
    const registered = await world.addPortal({ release: [releasedByConsent('name', true)] });
    const portal = await portalClient(world.issuer, registered);
    const { identity, browser } = await eid.linked();
    const login = await portal.begin({
      scope: 'openid profile offline_access',
      prompt: 'consent',
      acr_values: 'substantial',
    });
    const end = await moveOn(browser, await browser.submit(await moveOn(browser, await browser.get(login.url))));
    const tokens = await portal.redeem(login, end.url);
    const userinfo = async (token: string) =>
      (await fetch(`${world.issuer}/me`, { headers: { authorization: `Bearer ${token}` } })).json();
    expect(tokens.claims()).toMatchObject({ acr: 'substantial', aal: 'aal2', ial: 'ial2' });
    expect(await userinfo(tokens.access_token)).toMatchObject({ name: identity.name, ial: 'ial2' });

    const shown = await browser.get(account('/identity'));
    await browser.submit(
      shown,
      {},
      shown.forms.findIndex(({ action }) => action.endsWith('/remove')),
    );
    // From now on the name is what somebody typed.
    expect(await userinfo(tokens.access_token)).toMatchObject({ name: 'Nguyễn Thị Lan', ial: 'ial0' });
    const before = await api('/token/introspection', { token: tokens.access_token }, portal);
    expect(before).toMatchObject({ active: true, acr: 'self', aal: 'aal2', ial: 'ial0' });
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    const refreshed = await api('/token', refresh, portal);
    const [, payload = ''] = String(refreshed['id_token']).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims).toMatchObject({ acr: 'self', aal: 'aal2', ial: 'ial0' });
    const token = String(refreshed['access_token']);
    expect(await userinfo(token)).toMatchObject({ name: 'Nguyễn Thị Lan', ial: 'ial0' });
    expect(await api('/token/introspection', { token }, portal)).toMatchObject({
      acr: 'self',
      aal: 'aal2',
      ial: 'ial0',
    });
  });
});

// Last: it leaves the world with one eID.
describe('an eID that was switched off', () => {
  it('counts no more, makes recovery no easier, and breaks nothing', async () => {
    const { person, browser } = await eid.linked({ level: 'eidas2', national_id: undefined }, '/eid/france');
    const signedIn = async () => {
      const login = await client.begin();
      const page = await moveOn(browser, await browser.get(login.url));
      return page.url.includes('code=') ? (await client.redeem(login, page.url)).claims() : page.name;
    };
    expect(await signedIn()).toMatchObject({ acr: 'substantial' });
    await world.switchOnOnly('vneid');
    expect(await signedIn()).toMatchObject({ acr: 'self', aal: 'aal1', ial: 'ial0', amr: ['pwd'] });
    expect((await browser.get(account('/identity'))).name).toBe('identity');
    expect((await browser.get(account('/sign-in-methods'))).name).toBe('sign-in-methods');
    expect((await eid.recovering(person)).name).toBe('recover-wait');
    const again = await signIn(browser, (await client.begin({ prompt: 'login' })).url, person);
    expect(again.url).toContain('code=');
  });
});
