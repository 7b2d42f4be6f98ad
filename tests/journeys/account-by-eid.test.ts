import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { ageSessions } from '../support/age-sessions.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { offeredSeed, shownByApp } from '../support/factors.ts';
import { follow, mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';
import { type PortalClient, portalClient } from '../support/portal-client.ts';

let world: EidWorld;
let client: PortalClient;
let mails: ReturnType<typeof mailbox>;

beforeAll(async () => {
  world = await startEidWorld();
  client = await portalClient(world.issuer, await world.addPortal());
  mails = mailbox(world);
});
afterAll(() => world.close());

const link = '/eid/vneid';
const at = (path: string): string => `${world.issuer}/account${path}?ui_locales=en`;

/** Somebody whose account is their eID and nothing else, at home in it. */
async function cameByEid(): Promise<{
  readonly browser: PlainBrowser;
  readonly person: EidPerson;
  readonly home: PlainPage;
}> {
  const [browser, person] = [world.browser(), world.addEidPerson()];
  const offered = await proveAtEid(browser, await browser.get(at('')), { link, person });
  expect(offered.name).toBe('new-account');
  const home = await moveOn(browser, await browser.submit(offered, { decision: 'create' }));
  return { browser, person, home };
}

/** Signs in by the eID once more, where a page asks for that. */
async function proveAgain(browser: PlainBrowser, page: PlainPage, person: EidPerson): Promise<PlainPage> {
  expect(page.name).toBe('identify');
  return moveOn(browser, await proveAtEid(browser, page, { link, person }));
}

describe('Somebody whose account is their eID and nothing else', () => {
  it('finds every page of their account, without an address anywhere', async () => {
    const { browser, home } = await cameByEid();
    expect(home.name).toBe('account');
    expect(plainText(home.html)).toContain('NGUYỄN THỊ HOÀ');
    expect((await follow(browser, home, '/account/change-email')).name).toBe('change-email');
    for (const [path, name] of [
      ['/sign-in-methods', 'sign-in-methods'],
      ['/sessions', 'sessions'],
      ['/portals', 'portals'],
      ['/identity', 'identity'],
      ['/change-email', 'change-email'],
      ['/change-password', 'change-password'],
    ] as const) {
      const page = await browser.get(at(path));
      expect([page.name, page.status]).toEqual([name, 200]);
      expect(plainText(page.html)).not.toMatch(/undefined|null|{{/);
    }
    expect(plainText((await browser.get(at('/identity'))).html)).toContain('is your only way into the account');
  });

  it('adds a first address by a mailed code, after fresh proof by their eID, and is told there', async () => {
    const { browser, person } = await cameByEid();
    await ageSessions(world, 3600);
    const form = await proveAgain(browser, await browser.get(at('/change-email')), person);
    expect([form.name, 'password' in (form.forms[0]?.fields ?? {})]).toEqual(['change-email', false]);
    const email = `dau-tien-${randomUUID()}@example.vn`;
    const waiting = await browser.submit(form, { email });
    expect(waiting.name).toBe('change-email-code');
    const home = await browser.submit(waiting, { code: await mails.code(email) });
    expect([home.name, home.html.includes(email)]).toEqual(['account', true]);
  });

  it('adds an authenticator app, which their eID needs no help of', async () => {
    const { browser, person } = await cameByEid();
    await ageSessions(world, 3600);
    const adding = await proveAgain(browser, await browser.get(at('/sign-in-methods/add/totp')), person);
    expect(adding.name).toBe('add-totp');
    expect((await browser.submit(adding, { code: shownByApp(offeredSeed(adding)) })).name).toBe('recovery-codes');
    const [elsewhere, login] = [world.browser(), await client.begin()];
    const back = await proveAtEid(elsewhere, await elsewhere.get(login.url), { link, person });
    const tokens = await client.redeem(login, (await moveOn(elsewhere, back)).url);
    expect(tokens.claims()).toMatchObject({ aal: 'aal2', amr: ['eid', 'mfa'] });
  });

  it('signs out everywhere, and in again to the same account', async () => {
    const { browser, person, home } = await cameByEid();
    const login = await client.begin();
    const first = await client.redeem(login, (await moveOn(browser, await browser.get(login.url))).url);
    const everywhere = home.forms.findIndex(({ action }) => action.endsWith('/sign-out-everywhere'));
    expect((await browser.submit(home, {}, everywhere)).name).toBe('signed-out-everywhere');
    const page = await browser.get(at(''));
    const back = await proveAgain(browser, page, person);
    expect(back.name).toBe('account');
    const again = await client.begin();
    const served = await moveOn(browser, await browser.get(again.url));
    expect((await client.redeem(again, served.url)).claims()?.sub).toBe(first.claims()?.sub);
  });

  it('may change their mind before there is an account', async () => {
    const [browser, login] = [world.browser(), await client.begin()];
    const offered = await proveAtEid(browser, await browser.get(login.url), { link, person: world.addEidPerson() });
    const accounts = () => world.database.dataSource.query('SELECT count(*)::int AS n FROM account');
    const before = await accounts();
    expect((await browser.submit(offered, { decision: 'cancel' })).name).toBe('identify');
    expect(await accounts()).toEqual(before);
  });
});
