import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidWorld, startEidWorld } from '../support/eid-world.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { sendRaw } from '../support/raw-request.ts';
import { cookiesFor } from '../support/steps-at-once.ts';

let world: EidWorld;
let hands: EidHands;
let client: PortalClient;
let time: MovableTime;

beforeAll(async () => {
  time = movableTime();
  world = await startEidWorld();
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
});
afterAll(async () => {
  await world.close();
  time.restore();
});

const essential = (value: string) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, value } } }) });

type Trip = { readonly browser: PlainBrowser; readonly page: PlainPage; readonly accountId: string };

async function asked(browser = world.browser()): Promise<Trip> {
  const person = await world.addPerson();
  const page = await signIn(browser, (await client.begin(essential('substantial'))).url, person);
  expect(page.name).toBe('prove-identity');
  return { browser, page, accountId: person.accountId };
}

async function arriving({ browser, page }: Trip, person = world.addEidPerson()): Promise<URL> {
  return hands.callback(browser, await hands.departure(browser, page), { person });
}

const changed = (url: URL, change: (url: URL) => void): string => {
  const copy = new URL(url);
  change(copy);
  return copy.href;
};

/** Nothing was asserted, nothing is linked, and the person may try again. */
async function mustBeNothing({ browser, page, accountId }: Trip, end: PlainPage): Promise<void> {
  const names = end.status === 200 ? ['eid-problem', 'prove-identity'] : ['error'];
  expect([end.status, names.includes(end.name ?? '')]).toEqual([Math.min(end.status, 499), true]);
  expect(await hands.links(accountId)).toBe(0);
  const again = await browser.get(hands.stepOf(page));
  expect(again.name).toBe('prove-identity');
  const next = await browser.get((await arriving({ browser, page, accountId })).href);
  expect(next.name).toBe('confirm-identity');
}

const eidCookie = ({ browser }: Trip) => [...browser.cookies].find(([name]) => name.startsWith('eid\n'));

describe('an answer that isn’t the one to this trip', () => {
  it.each<[string, (url: URL) => void]>([
    [
      'at the address of another eID',
      (url) => {
        url.pathname = '/eid/france/callback';
      },
    ],
    [
      'at the address of an eID that there isn’t',
      (url) => {
        url.pathname = '/eid/nobody/callback';
      },
    ],
    ['without the issuer', ({ searchParams }) => searchParams.delete('iss')],
    ['of another issuer', ({ searchParams }) => searchParams.set('iss', 'https://eid.example')],
    ['with two issuers', ({ searchParams }) => searchParams.append('iss', searchParams.get('iss') ?? '')],
    [
      'with another state of the same login',
      ({ searchParams }) => searchParams.set('state', `${searchParams.get('state')}x`),
    ],
    ['with two states', ({ searchParams }) => searchParams.append('state', searchParams.get('state') ?? '')],
    ['with a code and an error', ({ searchParams }) => searchParams.set('error', 'access_denied')],
    ['with two codes', ({ searchParams }) => searchParams.append('code', 'another')],
    ['with another code', ({ searchParams }) => searchParams.set('code', 'another')],
    ['without a code', ({ searchParams }) => searchParams.delete('code')],
    ['with a code of 8 kB', ({ searchParams }) => searchParams.set('code', 'a'.repeat(8000))],
    [
      'with an error nobody knows',
      ({ searchParams }) => {
        searchParams.delete('code');
        searchParams.set('error', '<b>"');
      },
    ],
    ['with a token beside the code', ({ searchParams }) => searchParams.set('response', 'eyJhbGciOiJub25lIn0.e30.')],
  ])('%s proves nothing, and the person may try again', async (_how, change) => {
    const trip = await asked();
    const end = await trip.browser.get(changed(await arriving(trip), change));
    expect(end.html).not.toContain('<b>"');
    await mustBeNothing(trip, end);
  });

  it('to another login of the same browser proves nothing there', async () => {
    const one = await asked();
    const other = await asked(one.browser.fork());
    const [mine, theirs] = [await arriving(one), await arriving(other)];
    const code = theirs.searchParams.get('code') ?? '';
    await mustBeNothing(
      one,
      await one.browser.get(changed(mine, ({ searchParams }) => searchParams.set('code', code))),
    );
  });

  it('is good once', async () => {
    const trip = await asked();
    const callback = (await arriving(trip)).href;
    expect((await trip.browser.get(callback)).name).toBe('confirm-identity');
    expect((await trip.browser.get(callback)).name).toBe('confirm-identity');
    const confirm = await trip.browser.get(hands.stepOf(trip.page));
    await trip.browser.submit(confirm, { decision: 'cancel' });
    expect((await trip.browser.get(callback)).url).toContain('cause=over');
    expect(await hands.links(trip.accountId)).toBe(0);
  });

  it('comes too late after ten minutes', async () => {
    const trip = await asked();
    const callback = await arriving(trip);
    time.pass(601);
    const end = await trip.browser.get(callback.href);
    expect(end.name).toBe('eid-problem');
    expect(end.url).toContain('cause=over');
    expect(await hands.links(trip.accountId)).toBe(0);
  });
});

describe('what the browser keeps of its trip', () => {
  it('opens nothing in another login, wherever it is put', async () => {
    const [one, other] = [await asked(), await asked()];
    const callback = await arriving(one);
    await hands.departure(other.browser, other.page);
    const [, kept] = eidCookie(one) ?? [];
    const [name = '', own] = eidCookie(other) ?? [];
    if (!kept || !own) throw new Error('no cookie');
    other.browser.cookies.set(name, { ...own, value: kept.value });
    const end = await other.browser.get(hands.stepOf(other.page, `/eid/vneid/return${callback.search}`));
    await mustBeNothing(other, end);
  });

  it.each<[string, (value: string) => string]>([
    ['gone', () => ''],
    ['cut short', (value) => value.slice(0, -10)],
    ['changed in one place', (value) => `${value.slice(0, -6)}${value.at(-6) === 'A' ? 'B' : 'A'}${value.slice(-5)}`],
    ['under another key', (value) => `kek-9.${value.split('.')[1]}`],
    ['under a key of an object', (value) => `__proto__.${value.split('.')[1]}`],
    ['garbage', () => '....'],
  ])('%s, it is no trip', async (_how, tamper) => {
    const trip = await asked();
    const callback = await arriving(trip);
    const [name = '', kept] = eidCookie(trip) ?? [];
    if (!kept) throw new Error('no cookie');
    trip.browser.cookies.set(name, { ...kept, value: tamper(kept.value) });
    await mustBeNothing(trip, await trip.browser.get(callback.href));
  });

  it('says nothing of the person or the login, and scripts don’t see it', async () => {
    const trip = await asked();
    const path = new URL(hands.stepOf(trip.page)).pathname;
    const { headers } = await sendRaw(world.issuer, {
      method: 'GET',
      path: `${path}/eid/vneid`,
      headers: { cookie: cookiesFor(trip.browser, path) },
    });
    const line = [headers['set-cookie'] ?? []].flat().find((one) => one.startsWith('eid=')) ?? '';
    expect(line).toMatch(/; path=\/interaction\/[^;/]+;/i);
    expect(line).toMatch(/; httponly/i);
    expect(line).toMatch(/; samesite=lax/i);
    const value = Buffer.from(line.split('.')[1]?.split(';')[0] ?? '', 'base64url').toString('latin1');
    expect(value).not.toMatch(/nonce|state|verifier|vneid|purpose/i);
  });
});

describe('an address typed out of order', () => {
  it('leads to the step that is due, and changes nothing', async () => {
    const begun = world.browser();
    const identify = await begun.get((await client.begin()).url);
    for (const suffix of ['/eid/vneid/return', '/eid/vneid/return?code=a&state=b', '/eid-problem', '/eid/nobody']) {
      const page = await begun.get(hands.stepOf(identify, suffix));
      expect([suffix, ['identify', 'eid-problem'].includes(page.name ?? '')]).toEqual([suffix, true]);
    }
    const fields = { csrf: identify.forms[0]?.fields['csrf'] ?? '' };
    for (const decision of ['link', 'create', 'switch', 'existing', 'cancel', '__proto__', '']) {
      expect((await begun.post(hands.stepOf(identify, '/identity'), { ...fields, decision })).name).toBe('identify');
    }
    expect((await begun.post(hands.stepOf(identify, '/identity/later'), { ...fields, decision: 'later' })).name).toBe(
      'identify',
    );
    const trip = await asked();
    const token = { csrf: trip.page.forms[0]?.fields['csrf'] ?? '' };
    // A portal that insists can't be refused by typing the address of the button it doesn't show.
    const later = await trip.browser.post(hands.stepOf(trip.page, '/identity/later'), { ...token, decision: 'later' });
    expect(later.name).toBe('prove-identity');
    for (const decision of ['link', 'create', 'switch']) {
      const page = await trip.browser.post(hands.stepOf(trip.page, '/identity'), { ...token, decision });
      expect(page.name).toBe('prove-identity');
    }
    expect(await hands.links(trip.accountId)).toBe(0);
  });

  it('to an eID that doesn’t reach what is asked leads nowhere', async () => {
    const browser = world.browser();
    const done = await signIn(browser, (await client.begin()).url, await world.addPerson());
    expect(done.url).toContain('code=');
    const over = await browser.get(hands.stepOf({ ...done, url: '' }, '/eid/vneid'));
    expect(over.name).toBe('error');
  });

  it('for the page of problems shows nothing but our own words', async () => {
    const trip = await asked();
    const markup = '"><script>alert(1)</script>';
    const queries = [
      { cause: markup, source: 'vneid' },
      { cause: 'declined', source: markup },
      { cause: 'declined', source: 'nobody' },
      { cause: 'declined', source: '__proto__' },
      { cause: 'constructor', source: 'vneid' },
      { cause: '__proto__', source: 'vneid' },
      { cause: 'declined', source: 'a'.repeat(8000) },
      { cause: 'a'.repeat(8000), source: 'vneid' },
      { cause: 'declined\0', source: 'vneid' },
      { cause: 'declined', source: 'vneid\0' },
      { 'cause[]': 'declined', source: 'vneid' },
      {},
    ];
    for (const query of queries) {
      const url = `${hands.stepOf(trip.page, '/eid-problem')}?${new URLSearchParams(query as Record<string, string>)}`;
      const page = await trip.browser.get(url);
      expect([query, page.name, page.status]).toEqual([query, 'prove-identity', 200]);
      expect(page.html).not.toContain('<script>alert');
    }
    const doubled = await trip.browser.get(
      `${hands.stepOf(trip.page, '/eid-problem')}?cause=declined&cause=over&source=vneid&source=france`,
    );
    expect(doubled.name).toBe('prove-identity');
  });
});

describe('a look at the address of an answer', () => {
  it('by a program without the browser’s cookies spends nothing', async () => {
    const trip = await asked();
    const callback = await arriving(trip);
    const { pathname, search } = callback;
    for (const method of ['HEAD', 'GET', 'OPTIONS']) {
      const answer = await sendRaw(world.issuer, { method, path: `${pathname}${search}` });
      expect(answer.status).toBeLessThan(500);
      const inner = await sendRaw(world.issuer, {
        method,
        path: `${new URL(hands.stepOf(trip.page)).pathname}/eid/vneid/return${search}`,
      });
      expect(inner.status).toBeGreaterThanOrEqual(400);
    }
    expect((await trip.browser.get(callback.href)).name).toBe('confirm-identity');
  });

  it('by HEAD with them too', async () => {
    const trip = await asked();
    const callback = await arriving(trip);
    const path = `${new URL(hands.stepOf(trip.page)).pathname}/eid/vneid/return`;
    const cookie = cookiesFor(trip.browser, path);
    const answer = await sendRaw(world.issuer, {
      method: 'HEAD',
      path: `${path}${callback.search}`,
      headers: { cookie },
    });
    expect(answer.status).toBeLessThan(500);
    expect((await trip.browser.get(callback.href)).name).toBe('confirm-identity');
  });
});
