import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidLogins, eidLogins, essential } from '../support/eid-logins.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { moveOn } from '../support/journey.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { type PortalClient, portalClient, signIn } from '../support/portal-client.ts';

let world: EidWorld;
let hands: EidHands;
let client: PortalClient;
let eid: EidLogins;
let time: MovableTime;

beforeAll(async () => {
  time = movableTime();
  world = await startEidWorld();
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
  eid = eidLogins({ world, client });
});
afterAll(async () => {
  await world.close();
  time.restore();
});

const account = (path = ''): string => `${world.issuer}/account${path}`;

async function claimsOf({ browser, login, page }: Awaited<ReturnType<EidLogins['byEid']>>) {
  return (await client.redeem(login, (await moveOn(browser, page)).url)).claims() ?? {};
}

/** Types the address of an eID that the page doesn't offer. */
async function byEidLinkOf(browser: PlainBrowser, page: PlainPage, person: EidPerson): Promise<PlainPage> {
  const there = await browser.get(hands.stepOf(page, '/eid/france'));
  if (there.name !== 'eid-sign-in') return there;
  const fields = { person: person.subject, level: person.level, fault: 'none', decision: 'sign-in' };
  return browser.submit(there, fields);
}
describe('an eID says no more of a sign-in than it says itself', () => {
  it('one factor there is one factor here, whatever the account did before', async () => {
    const { identity } = await eid.linked();
    const claims = await claimsOf(await eid.byEid(identity, { level: 'LoA1' }));
    // Who it is was proved well before; that it is them, only so well now.
    expect(claims).toMatchObject({ acr: 'low', aal: 'aal1', ial: 'ial2', amr: ['eid'] });
    const insisting = await eid.byEid(identity, { level: 'LoA1', query: essential('substantial') });
    expect((await moveOn(insisting.browser, insisting.page)).name).toBe('prove-identity');
  });

  it('a level nobody has heard of is worth nothing', async () => {
    const { identity } = await eid.linked();
    const login = await eid.byEid(identity, { level: 'LoA1', fault: 'lower-level', query: essential('low') });
    const page = await moveOn(login.browser, login.page);
    if (page.url.includes('code=')) {
      expect((await client.redeem(login.login, page.url)).claims()).toMatchObject({ aal: 'aal1', amr: ['eid'] });
    }
    const nobody = world.addEidPerson();
    const { page: refused } = await eid.byEid(nobody, { level: 'LoA1', fault: 'lower-level' });
    expect(['new-account', 'eid-problem']).toContain(refused.name);
  });

  it('a password beside it adds nothing', async () => {
    const { person, identity } = await eid.linked({ level: 'LoA1' });
    const { browser, page } = await eid.byEid(identity, { level: 'LoA1', query: essential('aal2') });
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
    const [{ identity }, other] = [await eid.linked(), await world.addPerson()];
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
      const { person } = await eid.linked();
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
    const { person } = await eid.linked();
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
    const { person } = await eid.linked();
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
