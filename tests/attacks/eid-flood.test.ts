import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { answersPerSource } from '../../src/authentication/source-allowance.ts';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { type PortalClient, portalClient } from '../support/portal-client.ts';
import { answerOf } from '../support/portals.ts';
import { type RequestLog, requestLog } from '../support/request-log.ts';
import { cookiesFor } from '../support/steps-at-once.ts';

let world: EidWorld;
let hands: EidHands;
let client: PortalClient;
let log: RequestLog;

beforeAll(async () => {
  world = await startEidWorld();
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
});
beforeEach(async () => {
  await world.database.dataSource.query('DELETE FROM throttle_bucket');
  log = requestLog();
});
afterAll(() => world.close());

const eidIssuer = (): string => world.sandbox.eids[0]?.issuer ?? '';
const redeemed = (): number => log.at(eidIssuer()).filter((path) => path.endsWith('/token')).length;
const causeOf = ({ url }: PlainPage): string | null => new URL(url).searchParams.get('cause');

/** Sets out for the eID. @returns the address its answer would come to, with a code that nobody was given */
async function invented(browser: PlainBrowser, page: PlainPage, code = 'invented'): Promise<string> {
  const departure = await hands.departure(browser, page);
  const answer = { code, state: departure.searchParams.get('state') ?? '', iss: eidIssuer() };
  return hands.stepOf(page, `/eid/vneid/return?${new URLSearchParams(answer)}`);
}

/** As if this source had brought so many that were nothing worth. */
async function spent(worthless: number): Promise<void> {
  const browser = world.browser();
  const page = await browser.get((await client.begin()).url);
  expect(causeOf(await browser.get(await invented(browser, page)))).toBe('not-trusted');
  await world.database.dataSource.query('UPDATE throttle_bucket SET failures = $1 WHERE failures = 1', [worthless]);
}

describe('codes that nobody was given', () => {
  it('are shown to the eID once for each trip, whatever the browser remembers', async () => {
    const browser = world.browser();
    const page = await browser.get((await client.begin()).url);
    const address = new URL(await invented(browser, page));
    const cookie = cookiesFor(browser, address.pathname);
    const before = redeemed();
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async (_, turn) => {
        address.searchParams.set('code', `invented-${turn}`);
        return (await fetch(address, { headers: { cookie }, redirect: 'manual' })).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([303]));
    expect(redeemed() - before).toBe(1);
  });

  it('are shown to the eID no more once their source has brought too many, and people read what to do', async () => {
    await spent(answersPerSource.ipv4);
    const [browser, login] = [world.browser(), await client.begin()];
    const page = await browser.get(login.url);
    const before = redeemed();
    const problem = await browser.get(await invented(browser, page));
    expect([problem.name, causeOf(problem), redeemed() - before]).toEqual(['eid-problem', 'throttled', 0]);
    const other = await browser.fork().get(hands.stepOf(page));
    expect(other.name).toBe('identify');
    const leaving = problem.forms.findIndex(({ action }) => action.endsWith('/cancel'));
    const back = await moveOn(browser, await browser.submit(problem, {}, leaving));
    expect(answerOf(back.url)).toMatchObject({ error: 'access_denied', state: login.state });
  });

  it('hold up nobody whose answer is good: those don’t count', async () => {
    await spent(answersPerSource.ipv4 - 1);
    for (let turn = 0; turn < 3; turn += 1) {
      const browser = world.browser();
      const page = await browser.get((await client.begin()).url);
      const end = await proveAtEid(browser, page, { link: '/eid/vneid', person: world.addEidPerson() });
      expect(end.name).toBe('new-account');
    }
  });

  it('nor does an eID that is down count against anybody', async () => {
    await spent(answersPerSource.ipv4 - 1);
    const browser = world.browser();
    const page = await browser.get((await client.begin()).url);
    const address = await invented(browser, page);
    await world.sandbox.setFault('vneid', 'refusing');
    expect(causeOf(await browser.get(address))).toBe('unavailable');
    await world.sandbox.setFault('vneid', 'none');
    const [row] = await world.database.dataSource.query('SELECT max(failures)::int AS failures FROM throttle_bucket');
    expect(row.failures).toBe(answersPerSource.ipv4 - 1);
  });
});
