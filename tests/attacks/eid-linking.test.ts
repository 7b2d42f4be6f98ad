import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { shownByApp } from '../support/factors.ts';
import type { TestPerson } from '../support/installation.ts';
import { moveOn } from '../support/journey.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import { equipPeople, type Outfit } from '../support/people.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';
import { type PortalClient, portalClient, signIn } from '../support/portal-client.ts';

let world: EidWorld;
let hands: EidHands;
let client: PortalClient;
let time: MovableTime;
let equip: ReturnType<typeof equipPeople>;

beforeAll(async () => {
  time = movableTime();
  world = await startEidWorld();
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
  equip = equipPeople(world);
});
afterAll(async () => {
  await world.close();
  time.restore();
});

const substantial = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'substantial' } } }) };
const aWay = (html: string): boolean => /<main\b[\s\S]*(<a\b[^>]*\shref="|<form\b)[\s\S]*<\/main>/.test(html);

/** Somebody signed in by password whom a portal sends to prove who they are. */
async function asked(person: TestPerson): Promise<{ readonly browser: PlainBrowser; readonly page: PlainPage }> {
  const browser = world.browser();
  const page = await signIn(browser, (await client.begin(substantial)).url, person);
  expect(page.name).toBe('prove-identity');
  return { browser, page };
}

/** The page that shows account and identity beside each other. */
async function confirming(person: TestPerson, identity: EidPerson) {
  const { browser, page } = await asked(person);
  const confirm = await proveAtEid(browser, page, { link: '/eid/vneid', person: identity });
  expect(confirm.name).toBe('confirm-identity');
  return { browser, confirm };
}

describe('somebody who is sent to the eID by the login of an attacker', () => {
  it.each(['', '&prompt=none'])('proves nothing for it, and is told how to go on', async (more) => {
    const [attacker, victim] = [await world.addPerson(), world.addEidPerson()];
    const { browser, page } = await asked(attacker);
    const lure = `${(await hands.departure(browser, page)).href}${more}`;
    const theirs = world.browser();
    const there = await theirs.get(lure);
    const ends = there.name === 'eid-sign-in' ? await theirs.submit(there, at(victim)) : there;
    expect(ends).toMatchObject({ name: 'error', status: 400 });
    expect(aWay(ends.html)).toBe(true);
    expect(await hands.links(attacker.accountId)).toBe(0);
    expect((await browser.get(hands.stepOf(page))).name).toBe('prove-identity');
    // Nor is anybody signed in there.
    expect((await theirs.get((await client.begin({ prompt: 'none' })).url)).url).toContain('error=login_required');
  });

  it('is not signed in as the attacker either, by an address with the attacker’s code', async () => {
    const [attacker, identity] = [await world.addPerson(), world.addEidPerson()];
    const { browser, page } = await asked(attacker);
    const callback = await hands.callback(browser, await hands.departure(browser, page), { person: identity });
    const victim = world.browser();
    const end = await victim.get(callback.href);
    expect(end).toMatchObject({ name: 'error', status: 400 });
    expect(aWay(end.html)).toBe(true);
    expect(end.headers.get('referrer-policy')).toMatch(/^(no-referrer|same-origin)$/);
    expect((await victim.get((await client.begin({ prompt: 'none' })).url)).url).toContain('error=login_required');
    // A login of their own doesn't take it either.
    const own = await victim.get((await client.begin()).url);
    const there = hands.stepOf(own, `/eid/vneid/return${callback.search}`);
    expect(await victim.get(there)).toMatchObject({ name: 'eid-problem', status: 200 });
    expect(await hands.links(attacker.accountId)).toBe(0);
  });
});

const at = (person: EidPerson) => ({
  person: person.subject,
  level: person.level,
  fault: 'none',
  decision: 'sign-in',
});

describe('a browser that somebody else is signed in with', () => {
  it('asks the eID for a new sign-in, and shows both before anything is linked', async () => {
    const [attacker, victim] = [await world.addPerson(), world.addEidPerson({ name: 'LÊ THỊ VÂN' })];
    const { browser, page } = await asked(attacker);
    const { searchParams } = await hands.departure(browser, page);
    expect(searchParams.get('prompt')).toBe('login');
    expect(searchParams.get('max_age')).toBe('0');
    const confirm = await proveAtEid(browser, page, { link: '/eid/vneid', person: victim });
    expect(confirm.name).toBe('confirm-identity');
    const text = plainText(confirm.html);
    expect(text).toContain('LÊ THỊ VÂN');
    expect(text).toContain('Nguyễn Thị Lan');
    expect(text).toContain(attacker.email.split('@')[1]);
    expect(confirm.html).not.toContain(victim.national_id);
    expect(confirm.html).not.toContain(attacker.email);
    expect(await hands.links(attacker.accountId)).toBe(0);
    const after = await browser.submit(confirm, { decision: 'cancel' });
    expect(after.name).toBe('prove-identity');
    expect(await hands.links(attacker.accountId)).toBe(0);
    // The identity is free for its owner.
    const own = world.browser();
    const mine = await proveAtEid(own, await own.get((await client.begin()).url), { link: '/vneid', person: victim });
    expect(mine.name).toBe('new-account');
  });

  it('takes no sign-in of an hour ago for one of now', async () => {
    const [attacker, victim] = [await world.addPerson(), world.addEidPerson()];
    const { browser, page } = await asked(attacker);
    const answer = { link: '/eid/vneid', person: victim, fault: 'stale-sign-in' };
    const problem = await proveAtEid(browser, page, answer);
    expect(problem.name).toBe('eid-problem');
    expect(problem.url).toContain('cause=not-fresh');
    expect((await browser.get(hands.stepOf(page))).name).toBe('prove-identity');
  });
});

describe('before an identity is linked', () => {
  /** Signed in at a portal, some time ago. */
  async function earlier(outfit: Outfit, seconds: number) {
    const person = await equip(outfit);
    const browser = world.browser();
    let page = await signIn(browser, (await client.begin()).url, person, { declines: true });
    if (page.name === 'second-factor') {
      page = await moveOn(browser, await browser.submit(page, { code: shownByApp(person.seeds[0] ?? '') }));
    }
    expect(page.url).toContain('code=');
    time.pass(seconds);
    return { person, browser };
  }

  it('the account is proved anew where that is longer ago than five minutes', async () => {
    const { browser } = await earlier('password', 301);
    expect((await browser.get((await client.begin(substantial)).url)).name).toBe('identify');
    const { browser: quick } = await earlier('password', 200);
    expect((await quick.get((await client.begin(substantial)).url)).name).toBe('prove-identity');
  });

  it('by all that the account has, not by the password alone', async () => {
    const { person, browser } = await earlier('app', 301);
    const again = await browser.get((await client.begin(substantial)).url);
    expect(again.name).not.toBe('prove-identity');
    // A password of now beside a code of this morning is a password of now.
    const typed = again.name === 'identify' ? await signIn(browser, again, person) : again;
    expect(typed.name).toBe('second-factor');
    expect((await browser.get(hands.stepOf(typed, '/eid/vneid'))).name).toBe('second-factor');
  });

  it('whatever the way: also for an identity that came first', async () => {
    const person = await equip('app');
    const browser = world.browser();
    const start = await browser.get((await client.begin()).url);
    const known = await proveAtEid(browser, start, { link: '/eid/vneid', person: world.addEidPerson() });
    expect(known.name).toBe('new-account');
    const typed = await signIn(browser, await browser.submit(known, { decision: 'existing' }), person);
    expect(typed.name).toBe('second-factor');
    const forced = await browser.post(hands.stepOf(typed, '/identity'), {
      csrf: typed.forms[0]?.fields['csrf'] ?? '',
      decision: 'link',
    });
    expect(forced.name).toBe('second-factor');
    expect(await hands.links(person.accountId)).toBe(0);
    const confirm = await browser.submit(typed, { code: shownByApp(person.seeds[0] ?? '') });
    expect(confirm.name).toBe('confirm-identity');
    // A page left open: what was proved has aged by the time of the click.
    time.pass(16 * 60);
    expect((await browser.submit(confirm, { decision: 'link' })).name).toBe('identify');
    expect(await hands.links(person.accountId)).toBe(0);
  });
});

describe('the answer to “link these two?”', () => {
  it('from another site, with no token, or with the token of another login or browser links nothing', async () => {
    const [person, other] = [await world.addPerson(), await world.addPerson()];
    const { browser, confirm } = await confirming(person, world.addEidPerson());
    const [form] = confirm.forms;
    const url = new URL(form?.action ?? '', confirm.url).href;
    const fields = { ...form?.fields, decision: 'link' };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect((await browser.post(url, fields, headers)).status).toBe(403);
    }
    const elsewhere = await confirming(other, world.addEidPerson());
    const { page: otherLogin } = await asked(person);
    const tokens = ['', 'x', elsewhere.confirm.forms[0]?.fields['csrf'], otherLogin.forms[0]?.fields['csrf']];
    for (const csrf of tokens) {
      const again = await browser.post(url, { ...fields, csrf: csrf ?? '' });
      expect(again.name).toBe('confirm-identity');
    }
    expect((await elsewhere.browser.post(url, fields)).status).toBe(400);
    expect(await hands.links(person.accountId)).toBe(0);
    expect(await hands.links(other.accountId)).toBe(0);
  });

  it('is still asked for after the account was proved by another eID', async () => {
    const names = { name: 'HOÀ NGUYỄN', family_name: 'NGUYỄN', middle_name: undefined, given_name: 'HOÀ' };
    const [person, known] = [await world.addPerson(), world.addEidPerson(names)];
    const own = await confirming(person, known);
    await moveOn(own.browser, await own.browser.submit(own.confirm, { decision: 'link' }));
    const browser = world.browser();
    const start = await browser.get((await client.begin()).url);
    const french = world.addEidPerson({ ...names, level: 'eidas2' });
    const held = await proveAtEid(browser, start, { link: '/eid/france', person: french });
    const asked = await browser.submit(held, { decision: 'existing' });
    const confirm = await proveAtEid(browser, asked, { link: '/eid/vneid', person: known });
    expect(confirm.name).toBe('confirm-identity');
    expect(plainText(confirm.html)).toContain('eID france');
    await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    expect(await hands.links(person.accountId)).toBe(2);
  });

  it('repeated, or sent to another login, links nothing more', async () => {
    const person = await world.addPerson();
    const { browser, confirm } = await confirming(person, world.addEidPerson());
    const done = await browser.submit(confirm, { decision: 'link' });
    expect(await hands.links(person.accountId)).toBe(1);
    await browser.submit(confirm, { decision: 'link' });
    await moveOn(browser, done);
    await browser.submit(confirm, { decision: 'link' });
    expect(await hands.links(person.accountId)).toBe(1);
  });

  it('is about the account that the page showed, whoever has signed in since', async () => {
    const [shown, other] = [await world.addPerson(), await world.addPerson()];
    const { browser, confirm } = await confirming(shown, world.addEidPerson());
    const secondTab = await browser.get(hands.stepOf(confirm, '/sign-in'));
    const typed = { identifier: other.email, password: other.password };
    await browser.post(hands.stepOf(confirm, '/password'), { ...secondTab.forms[0]?.fields, ...typed });
    const after = await browser.submit(confirm, { decision: 'link' });
    expect(await hands.links(other.accountId)).toBe(0);
    expect(await hands.links(shown.accountId)).toBe(0);
    expect(plainText(after.html)).toContain(other.email.split('@')[1]);
  });

  it('is about the identity that the page showed, whichever has come since', async () => {
    const [one, two] = [world.addEidPerson({ name: 'LÊ THỊ VÂN' }), world.addEidPerson({ name: 'PHẠM VĂN KHÔI' })];
    const browser = world.browser();
    const start = await browser.get((await client.begin()).url);
    const first = await proveAtEid(browser, start, { link: '/eid/vneid', person: one });
    expect(first.name).toBe('new-account');
    const secondTab = await browser.submit(first, { decision: 'existing' });
    const second = await proveAtEid(browser, secondTab, { link: '/eid/vneid', person: two });
    expect(second.name).toBe('new-account');
    const before = await hands.links();
    const after = await browser.submit(first, { decision: 'create' });
    expect(after.name).toBe('new-account');
    expect(plainText(after.html)).toContain('PHẠM VĂN KHÔI');
    expect(await hands.links()).toBe(before);
  });
});
