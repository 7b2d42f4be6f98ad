import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { offeredSeed, shownByApp } from '../support/factors.ts';
import { portalSecret, type TestPerson } from '../support/installation.ts';
import { mailbox, moveOn } from '../support/journey.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { post } from '../support/portals.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let world: EidWorld;
let hands: EidHands;
let client: PortalClient;
let time: MovableTime;
let mails: ReturnType<typeof mailbox>;

beforeAll(async () => {
  time = movableTime();
  world = await startEidWorld();
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
  mails = mailbox(world);
});
afterAll(async () => {
  await world.close();
  time.restore();
});

const essential = (value: string) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, value } } }) });
const account = (path = ''): string => `${world.issuer}/account${path}`;

/** Somebody with a password and this identity, which their account has proved just now. */
async function linked(changes: Partial<EidPerson> = {}, link = '/eid/vneid') {
  const [person, identity] = [await world.addPerson(), world.addEidPerson(changes)];
  const browser = world.browser();
  await linkFor(browser, { person, identity, link });
  return { person, identity, browser };
}

async function linkFor(
  browser: PlainBrowser,
  { person, identity, link = '/eid/vneid' }: { person: TestPerson; identity: EidPerson; link?: string },
): Promise<void> {
  const page = await signIn(browser, (await client.begin(essential(levelAsked(identity)))).url, person);
  const confirm = await proveAtEid(browser, page, { link, person: identity });
  expect(confirm.name).toBe('confirm-identity');
  const back = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
  expect(back.url).toContain('code=');
}

const levelAsked = ({ level }: EidPerson): string => (level.endsWith('1') ? 'low' : 'substantial');

async function byEid(
  identity: EidPerson,
  { browser = world.browser(), query = {}, fault = 'none', link = '/eid/vneid', level = identity.level } = {},
) {
  const login = await client.begin(query);
  const page = await proveAtEid(browser, await browser.get(login.url), { link, person: identity, fault, level });
  return { browser, login, page };
}

async function claimsOf({ browser, login, page }: Awaited<ReturnType<typeof byEid>>) {
  return (await client.redeem(login, (await moveOn(browser, page)).url)).claims() ?? {};
}

describe('an eID says no more of a sign-in than it says itself', () => {
  it('one factor there is one factor here, whatever the account did before', async () => {
    const { identity } = await linked();
    const claims = await claimsOf(await byEid(identity, { level: 'LoA1' }));
    // Who it is was proved well before; that it is them, only so well now.
    expect(claims).toMatchObject({ acr: 'low', aal: 'aal1', ial: 'ial2', amr: ['eid'] });
    const insisting = await byEid(identity, { level: 'LoA1', query: essential('substantial') });
    expect((await moveOn(insisting.browser, insisting.page)).name).toBe('prove-identity');
  });

  it('a level nobody has heard of is worth nothing', async () => {
    const { identity } = await linked();
    const login = await byEid(identity, { level: 'LoA1', fault: 'lower-level', query: essential('low') });
    const page = await moveOn(login.browser, login.page);
    if (page.url.includes('code=')) {
      expect((await client.redeem(login.login, page.url)).claims()).toMatchObject({ aal: 'aal1', amr: ['eid'] });
    }
    const nobody = world.addEidPerson();
    const { page: refused } = await byEid(nobody, { level: 'LoA1', fault: 'lower-level' });
    expect(['new-account', 'eid-problem']).toContain(refused.name);
  });

  it('a password beside it adds nothing', async () => {
    const { person, identity } = await linked({ level: 'LoA1' });
    const { browser, page } = await byEid(identity, { level: 'LoA1', query: essential('aal2') });
    expect(page.name).not.toBe('signed-in');
    const typed = await signIn(browser, (await client.begin(essential('aal2'))).url, person);
    expect(typed.url).not.toContain('code=');
  });
});

describe('an eID that vouches for less than is asked', () => {
  it('links nothing, and says so', async () => {
    const person = await world.addPerson();
    const browser = world.browser();
    const asked = await signIn(browser, (await client.begin(essential('substantial'))).url, person);
    const identity = world.addEidPerson({ level: 'LoA1' });
    const page = await proveAtEid(browser, asked, { link: '/eid/vneid', person: identity });
    expect(page.url).toContain('cause=level-too-low');
    expect(await hands.links(person.accountId)).toBe(0);
  });
});

describe('a sign-in at an eID that waited here for an answer', () => {
  it('is as old as it is', async () => {
    const [{ identity }, other] = [await linked(), await world.addPerson()];
    const browser = world.browser();
    const login = await client.begin(essential('substantial'));
    const asked = await signIn(browser, login.url, other);
    const page = await proveAtEid(browser, asked, { link: '/eid/vneid', person: identity });
    expect(page.name).toBe('other-account');
    const signedInAt = time.seconds();
    time.pass(20 * 60);
    const again = await signIn(browser, await browser.get(hands.stepOf(page)), other);
    expect(again.name).toBe('other-account');
    const end = await moveOn(browser, await browser.submit(again, { decision: 'switch' }));
    const claims = (await client.redeem(login, end.url)).claims();
    expect(Number(claims?.['auth_time'])).toBeLessThanOrEqual(signedInAt);
    expect((await browser.get(account('/sign-in-methods/add/totp'))).name).toBe('identify');
  });
});

describe('what hangs on a two-factor eID', () => {
  it.each(['/sign-in-methods/add/totp', '/sign-in-methods/add/passkey', '/change-email', '/change-password'])(
    'is not changed by the password alone: %s',
    async (path) => {
      const { person } = await linked();
      const thief = world.browser();
      await signIn(thief, (await client.begin()).url, person, { declines: true });
      const asked = await signIn(thief, await thief.get(account(path)), person);
      expect(asked.name).toBe('prove-identity');
      // Declining leads back to the same question, not through.
      const later = asked.forms.findIndex(({ fields }) => fields['decision'] === 'later');
      const declined = later < 0 ? asked : await moveOn(thief, await thief.submit(asked, {}, later));
      expect(['prove-identity', 'identify']).toContain(declined.name);
    },
  );

  it('is not taken away by the password alone either', async () => {
    const { person } = await linked();
    const thief = world.browser();
    await signIn(thief, (await client.begin()).url, person, { declines: true });
    const shown = await thief.get(account('/identity'));
    const removal = shown.forms.findIndex(({ action }) => action.endsWith('/remove'));
    const asked = await thief.submit(shown, {}, removal);
    expect(asked.name).toBe('identify');
    expect(await hands.links(person.accountId)).toBe(1);
    expect((await signIn(thief, asked, person)).name).toBe('prove-identity');
  });

  it('nor is a further eID linked by it', async () => {
    const { person } = await linked();
    const thief = world.browser();
    await signIn(thief, (await client.begin()).url, person, { declines: true });
    const asked = await thief.get(account('/identity/prove'));
    const page = await signIn(thief, asked, person);
    expect(page.name).toBe('prove-identity');
    const own = world.addEidPerson({ level: 'eidas2' });
    const end = await byEidLinkOf(thief, page, own);
    expect(end.name).not.toBe('confirm-identity');
    expect(await hands.links(person.accountId)).toBe(1);
  });
});

/** Types the address of an eID that the page doesn't offer. */
async function byEidLinkOf(browser: PlainBrowser, page: PlainPage, person: EidPerson): Promise<PlainPage> {
  const there = await browser.get(hands.stepOf(page, '/eid/france'));
  if (there.name !== 'eid-sign-in') return there;
  const fields = { person: person.subject, level: person.level, fault: 'none', decision: 'sign-in' };
  return browser.submit(there, fields);
}

async function recovering(person: TestPerson): Promise<PlainPage> {
  const browser = browserAt(world.issuer);
  const codes = mails.to(person.email).filter(({ text }) => /^\s*[0-9A-Z]{4}[ -]?[0-9A-Z]{4}\s*$/m.test(text)).length;
  const typed = await browser.submit(await browser.get(`${world.issuer}/recover`), { email: person.email });
  return browser.submit(typed, { code: await mails.code(person.email, codes + 1) });
}

async function sinceBefore(person: TestPerson): Promise<string> {
  return mails.link(person.email, '/account/not-me');
}

describe('whoever reads the mailbox', () => {
  it('doesn’t recover at once an account whose identity is proved', async () => {
    const { person } = await linked();
    expect((await recovering(person)).name).toBe('recover-wait');
    const { person: little } = await linked({ level: 'LoA1' });
    expect((await recovering(little)).name).toBe('new-password');
  });

  it('nor after the link of a letter has taken that identity away', async () => {
    const { person } = await linked();
    const reader = browserAt(world.issuer);
    const report = await reader.get(await sinceBefore(person));
    expect((await reader.submit(report)).name).toBe('not-me-done');
    expect(await hands.links(person.accountId)).toBe(0);
    expect((await recovering(person)).name).toBe('recover-wait');
  });

  it('nor once its source doesn’t vouch for it any more', async () => {
    const { person, identity } = await linked();
    const { page } = await byEid(identity, { fault: 'withdrawn-identity' });
    expect(page.name).toBe('eid-problem');
    expect((await recovering(person)).name).toBe('recover-wait');
  });
});

describe('after a recovery', () => {
  async function recovered() {
    const person = await world.addPerson();
    const browser = world.browser();
    const typed = await browser.submit(await browser.get(`${world.issuer}/recover`), { email: person.email });
    const fresh = await browser.submit(typed, { code: await mails.code(person.email, 1) });
    const password = 'một mật khẩu mới hẳn';
    await moveOn(browser, await browser.submit(fresh, { new_password: password }));
    return { browser, person: { ...person, password } };
  }

  it('an app is added, and no eID after it', async () => {
    const { browser, person } = await recovered();
    await signIn(browser, (await client.begin()).url, person, { declines: true });
    const adding = await browser.get(account('/sign-in-methods/add/totp'));
    const seed = offeredSeed(adding);
    expect((await browser.submit(adding, { code: shownByApp(seed) })).name).toBe('recovery-codes');
    const asked = await browser.get((await client.begin(essential('substantial'))).url);
    const more = asked.name === 'second-factor' ? await browser.submit(asked, { code: shownByApp(seed, 1) }) : asked;
    expect(more.name).toBe('prove-identity');
    const identity = world.addEidPerson();
    const confirm = await proveAtEid(browser, more, { link: '/eid/vneid', person: identity });
    const end = confirm.name === 'confirm-identity' ? await browser.submit(confirm, { decision: 'link' }) : confirm;
    expect(end.url).toContain('cause=cooling-down');
    expect(await hands.links(person.accountId)).toBe(0);
  });

  it('or an eID, and no app after it; and nothing is taken away', async () => {
    const { browser, person } = await recovered();
    await linkFor(browser, { person, identity: world.addEidPerson() });
    expect(await hands.links(person.accountId)).toBe(1);
    const adding = await browser.get(account('/sign-in-methods/add/totp'));
    const added = await browser.submit(adding, { code: shownByApp(offeredSeed(adding)) }).catch(() => adding);
    expect(added.name).not.toBe('recovery-codes');
    const shown = await browser.get(account('/identity'));
    expect(shown.forms.some(({ action }) => action.endsWith('/remove'))).toBe(false);
  });
});

describe('an eID that is no way in', () => {
  it('because its source withdrew it signs nobody in, and makes no account', async () => {
    const { person, identity, browser } = await linked();
    const { page } = await byEid(identity, { fault: 'withdrawn-identity' });
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
      const { person, identity } = await linked();
      await world.database.dataSource.query('UPDATE account SET state = $2 WHERE id = $1', [person.accountId, state]);
      const accounts = 'SELECT count(*)::int AS count FROM account';
      const [before] = await world.database.dataSource.query(accounts);
      const { browser, page } = await byEid(identity);
      expect(page.url).toContain('cause=account-inactive');
      for (const decision of ['create', 'link', 'switch']) {
        const csrf = page.forms[0]?.fields['csrf'] ?? '';
        await browser.post(hands.stepOf(page, '/identity'), { csrf, decision });
      }
      expect(await world.database.dataSource.query(accounts)).toEqual([before]);
      // Nor by its number from another source, nor beside another account.
      const same = world.addEidPerson({ ...identity, subject: `${identity.subject}-again` });
      const other = await byEid(same);
      expect(other.page.url).toContain('cause=account-inactive');
    },
  );

  it('because it was taken away is nobody’s', async () => {
    const { person, identity, browser } = await linked();
    const shown = await browser.get(account('/identity'));
    const removal = shown.forms.findIndex(({ action }) => action.endsWith('/remove'));
    await browser.submit(shown, {}, removal);
    expect(await hands.links(person.accountId)).toBe(0);
    expect((await byEid(identity)).page.name).toBe('new-account');
  });
});

describe('one number, one account', () => {
  it('a second account doesn’t get an identity with the number of the first', async () => {
    const { identity } = await linked();
    const twin = world.addEidPerson({ national_id: identity.national_id });
    const other = await world.addPerson();
    const browser = world.browser();
    const page = await signIn(browser, (await client.begin(essential('substantial'))).url, other);
    const end = await proveAtEid(browser, page, { link: '/eid/vneid', person: twin });
    expect(end.name).toBe('other-account');
    for (const decision of ['link', 'create', 'switch']) await browser.submit(end, { decision });
    expect(await hands.links(other.accountId)).toBe(0);
    const nobody = await byEid(twin);
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
    const { identity, browser } = await linked();
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
    const { person, browser } = await linked({ level: 'eidas2', national_id: undefined }, '/eid/france');
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
    expect((await recovering(person)).name).toBe('recover-wait');
    const again = await signIn(browser, (await client.begin({ prompt: 'login' })).url, person);
    expect(again.url).toContain('code=');
  });
});
