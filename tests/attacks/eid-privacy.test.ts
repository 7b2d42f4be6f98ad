import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loginFaults } from '../../examples/sandbox/faults.ts';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { essential } from '../support/eid-logins.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { portalSecret } from '../support/installation.ts';
import { moveOn } from '../support/journey.ts';
import { type LogoutListener, logoutListener } from '../support/logout-listener.ts';
import { type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { post } from '../support/portals.ts';
import { dumpOf, tracesOf } from '../support/traces.ts';

let world: EidWorld;
let hands: EidHands;
let client: PortalClient;
const written: string[] = [];

type Answered = { readonly url: string; readonly status: number; readonly location: string; readonly html: string };
/** What the browsers asked our provider for, and were answered. */
const answered: Answered[] = [];
const realFetch = globalThis.fetch;

beforeAll(async () => {
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void written.push(line) } });
  world = await startEidWorld({}, { logger });
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
  globalThis.fetch = async (input, init) => {
    const answer = await realFetch(input, init);
    const url = String(input instanceof Request ? input.url : input);
    const { status, headers } = answer;
    const html = await answer.clone().text();
    if (url.startsWith(world.issuer)) answered.push({ url, status, location: headers.get('location') ?? '', html });
    return answer;
  };
});
afterAll(async () => {
  globalThis.fetch = realFetch;
  await world.close();
});

/** Somebody each of whose values is found again wherever it goes. */
const marked: EidPerson = {
  subject: 'zqsubject-7f3a9c21d4',
  level: 'LoA2',
  name: 'ZQHỌ ZQĐỆM ZQTÊN',
  family_name: 'ZQHỌ',
  middle_name: 'ZQĐỆM',
  given_name: 'ZQTÊN',
  birthdate: '1984-03-17',
  gender: 'female',
  national_id: '001184739206',
  address: 'Zqđường 77, Zqphường',
  phone: '0987650417',
  email: 'zqmail@zqhost.example',
  birthplace: '75107',
  birthcountry: '99100',
};
const secretWords: Readonly<Record<string, readonly string[]>> = {
  subject: [marked.subject],
  name: [marked.name, marked.family_name, marked.given_name, 'ZQĐỆM'],
  number: ['001184739206'],
  birthdate: ['1984-03-17', '19840317', '17/03/1984'],
  address: [marked.address ?? '', 'Zqphường'],
  phone: ['0987650417', '987650417'],
  mail: ['zqmail', 'zqhost'],
};
const everyWord = Object.values(secretWords).flat();
const found = (text: string, words: readonly string[] = everyWord): readonly string[] => {
  const folded = text.normalize('NFC').toLowerCase();
  const spelled = [folded, decodedQuery(folded)];
  return words.filter((word) => spelled.some((one) => one.includes(word.normalize('NFC').toLowerCase())));
};

function decodedQuery(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Everything that may happen to an identity, right and wrong, with the marked person. */
async function everything(): Promise<{ readonly email: string; readonly accountId: string }> {
  const identity = world.addEidPerson(marked);
  world.addEidPerson();
  for (const fault of loginFaults.filter((one) => !['none', 'timeout'].includes(one))) {
    const browser = world.browser();
    const start = await browser.get((await client.begin()).url);
    const page = await proveAtEid(browser, start, { link: '/eid/vneid', person: identity, fault });
    if (page.name === 'new-account') await browser.submit(page, { decision: 'cancel' });
  }
  const lan = await world.addPerson();
  const browser = world.browser();
  const asked = await signIn(browser, (await client.begin(essential('substantial'))).url, lan);
  const confirm = await proveAtEid(browser, asked, { link: '/eid/vneid', person: identity });
  const login = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
  expect(login.url).toContain('code=');
  for (const fault of ['none', 'renamed', 'swapped-names', 'withdrawn-identity', 'none']) {
    const again = world.browser();
    const start = await again.get((await client.begin()).url);
    await moveOn(again, await proveAtEid(again, start, { link: '/eid/vneid', person: identity, fault }));
  }
  const twin = world.addEidPerson({ ...marked, subject: `${marked.subject}-again` });
  const other = world.browser();
  await proveAtEid(other, await other.get((await client.begin()).url), { link: '/eid/vneid', person: twin });
  // Held, and left there.
  const third = world.browser();
  const undecided = world.addEidPerson({ ...marked, subject: `${marked.subject}-held`, national_id: '001184739207' });
  const held = await proveAtEid(third, await third.get((await client.begin()).url), {
    link: '/eid/vneid',
    person: undecided,
  });
  expect(held.name).toBe('new-account');
  const mine = await browser.get(`${world.issuer}/account/identity`);
  expect(mine.status).toBe(200);
  return lan;
}

describe('what an eID says of a person', () => {
  let lan: { readonly email: string; readonly accountId: string };
  beforeAll(async () => {
    lan = await everything();
  }, 60_000);

  it('rests nowhere in clear, nor as what anybody could compute', async () => {
    const rows = await dumpOf(world.database);
    expect(rows.split('\n').length).toBeGreaterThan(100);
    const traces = everyWord.filter((word) => word.length > 5).flatMap((word) => tracesOf(word));
    expect(traces.filter((trace) => rows.includes(trace))).toEqual([]);
    // The search finds what is there.
    expect(rows).toContain(lan.accountId);
    expect(rows).toContain('vneid');
  });

  it('is in no line of the log, and no measurement', async () => {
    expect(written.length).toBeGreaterThan(50);
    expect(found(written.join('\n'))).toEqual([]);
    expect(found(await world.installation.metrics.text())).toEqual([]);
  });

  it('is in no address, nor is a code or a state in a log', () => {
    const addresses = answered.flatMap(({ url, location }) => [url, location]);
    expect(found(addresses.join('\n'))).toEqual([]);
    const spent = answered.flatMap(({ url }) => {
      const { pathname, searchParams } = new URL(url);
      return pathname.startsWith('/eid/') ? [searchParams.get('code') ?? '', searchParams.get('state') ?? ''] : [];
    });
    expect(spent.length).toBeGreaterThan(10);
    const log = written.join('\n');
    expect(spent.filter((value) => value !== '' && log.includes(value))).toEqual([]);
  });

  it('is on no page that tells what went wrong', () => {
    const problems = answered.filter(({ status, html }) => status >= 400 || html.includes('data-page="eid-problem"'));
    expect(problems.length).toBeGreaterThan(5);
    expect(problems.flatMap(({ html }) => found(html))).toEqual([]);
  });

  it('shows its number to nobody, and its key, phone and mail nowhere', () => {
    const never = ['subject', 'number', 'phone', 'mail'].flatMap((field) => secretWords[field] ?? []);
    expect(answered.flatMap(({ html }) => found(html, never))).toEqual([]);
    // Its owner does see the rest.
    expect(answered.some(({ html }) => found(html, secretWords['name']).length > 0)).toBe(true);
  });

  it('is in no letter', async () => {
    // They are sent after the answer.
    while (world.mails.length <= 2) await new Promise((resolve) => setTimeout(resolve, 25));
    const letters = world.mails.map(({ subject, text, html }) => `${subject}\n${text}\n${html}`).join('\n');
    const never = Object.entries(secretWords).flatMap(([field, words]) => (field === 'name' ? [] : words));
    expect(found(letters, never)).toEqual([]);
  });
});

/** Every text and number in what a portal has of somebody. */
function valuesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(valuesIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(valuesIn);
  return value === undefined || value === null ? [] : [String(value)];
}

const payloadOf = (token: string): unknown =>
  token.split('.').length === 3 ? JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) : {};

describe('two that compare what they were told', () => {
  let listeners: readonly LogoutListener[];
  beforeAll(async () => {
    listeners = [await logoutListener(), await logoutListener()];
  });
  afterAll(async () => {
    for (const listener of listeners) await listener.close();
  });

  /** The complete log of a portal about one person. */
  async function portalLog(browser: ReturnType<EidWorld['browser']>, portal: PortalClient): Promise<unknown> {
    const login = await portal.begin({ scope: 'openid offline_access', prompt: 'consent' });
    const visited = await browser.get(login.url);
    let page = await moveOn(browser, visited);
    if (page.name === 'consent') page = await moveOn(browser, await browser.submit(page));
    const tokens = await portal.redeem(login, page.url);
    const headers = {
      authorization: `Basic ${Buffer.from(`${portal.clientId}:${encodeURIComponent(portalSecret)}`).toString('base64')}`,
    };
    const ask = (path: string, fields: Record<string, string>) => post(world, path, { fields, headers });
    const { access_token: token, refresh_token: refreshToken = '' } = tokens;
    const userinfo = await realFetch(`${world.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
    const introspection = await ask('/token/introspection', { token });
    const refreshed = await ask('/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
    const answer = Object.fromEntries(new URL(page.url).searchParams);
    const idTokens = [tokens.id_token, refreshed.body['id_token']].map((one) => payloadOf(String(one)));
    return [tokens, idTokens, await userinfo.json(), introspection.body, refreshed.body, answer];
  }

  it('portals of two sectors share no value that another person doesn’t give them too', async () => {
    const portals: PortalClient[] = [];
    for (const listener of listeners) {
      const portal = await world.addPortal({ metadata: { backchannel_logout_uri: listener.uri } as never });
      portals.push(await portalClient(world.issuer, portal));
    }
    const logs = async (): Promise<readonly (readonly string[])[]> => {
      const browser = world.browser();
      const identity = world.addEidPerson();
      const start = await browser.get((await client.begin()).url);
      const known = await proveAtEid(browser, start, { link: '/eid/vneid', person: identity });
      await moveOn(browser, await browser.submit(known, { decision: 'create' }));
      const told: unknown[][] = [];
      for (const portal of portals) told.push([await portalLog(browser, portal)]);
      const asking = await browser.get(`${world.issuer}/session/end`);
      await browser.submit(asking, { logout: 'yes' });
      for (const [index, listener] of listeners.entries()) {
        const { token } = await listener.next();
        told[index]?.push(token, payloadOf(token));
      }
      return told.map(valuesIn);
    };
    const [[one = [], other = []], [stranger = []]] = [await logs(), await logs()] as [string[][], string[][]];
    expect(one.length).toBeGreaterThan(30);
    const everybodys = new Set(stranger);
    // Times are the same second for whoever signs in at two portals at once: OIDC Core tells them to each.
    const isTime = (value: string): boolean => /^1[789]\d{8}$/.test(value);
    const shared = one.filter((value) => other.includes(value) && !everybodys.has(value) && !isTime(value));
    expect(shared).toEqual([]);
  });

  it('nor do two eIDs that somebody visits in one login', async () => {
    const browser = world.browser();
    const start = await browser.get((await client.begin()).url);
    const [vneid, france] = [
      await hands.departure(browser, start, 'vneid'),
      await hands.departure(browser, start, 'france'),
    ];
    const stranger = world.browser();
    const theirs = await hands.departure(stranger, await stranger.get((await client.begin()).url), 'vneid');
    const partsOf = ({ searchParams }: URL): readonly string[] =>
      [...searchParams.values()].flatMap((value) => [value, ...value.split(/[.~]/)]);
    const shared = partsOf(vneid).filter((part) => partsOf(france).includes(part) && !partsOf(theirs).includes(part));
    expect(shared).toEqual([]);
    const uid = hands.stepOf(start).split('/').pop() ?? '-';
    expect(`${vneid}${france}`).not.toContain(uid);
    // The beginning of a state is no sign of the login either.
    const states = [vneid, france].map(({ searchParams }) => searchParams.get('state')?.slice(4, 16));
    expect(states[0]).not.toBe(states[1]);
  });
});
