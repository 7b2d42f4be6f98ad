import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { follow } from '../support/journey.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';
import { type PortalClient, portalClient } from '../support/portal-client.ts';

let time: MovableTime;
let world: EidWorld;
let client: PortalClient;

beforeEach(async () => {
  time = movableTime();
  world = await startEidWorld();
  client = await portalClient(world.issuer, await world.addPortal());
});
afterEach(async () => {
  await world.close();
  time.restore();
});

const link = '/eid/vneid';

async function signInPage(browser: PlainBrowser = world.browser()): Promise<PlainPage> {
  return browser.get((await client.begin({ ui_locales: 'en' })).url);
}

const leadsTo = ({ html }: PlainPage, eid: string): boolean => html.includes(`/eid/${eid}"`);

/** Opens the page, as people do all the time, until it leads to the eID again. */
async function untilItIsBack(): Promise<PlainPage> {
  const end = Date.now() + 10_000;
  for (;;) {
    const page = await signInPage();
    if (leadsTo(page, 'vneid')) return page;
    if (Date.now() > end) throw new Error('the eID never came back');
  }
}

describe.each(['hanging', 'refusing'] as const)('An eID that is down from the start, %s', (outage) => {
  it('is shown as such, holds up no page, leaves the others, and comes back by itself', async () => {
    await world.sandbox.setFault('vneid', outage);
    const impatient = world.browser();
    const departure = follow(impatient, await signInPage(impatient), link);
    const first = await Promise.race([departure, signInPage()]);
    if (outage === 'hanging') expect(first.name).toBe('identify');
    const problem = await departure;
    expect([problem.name, new URL(problem.url).searchParams.get('cause')]).toEqual(['eid-problem', 'unavailable']);

    const browser = world.browser();
    const page = await signInPage(browser);
    expect([leadsTo(page, 'vneid'), leadsTo(page, 'france')]).toEqual([false, true]);
    expect(plainText(page.html)).toContain('eID vneid It can’t be reached right now.');
    const person = world.addEidPerson({ level: 'eidas2', birthplace: '75107', birthcountry: '99100' });
    expect((await proveAtEid(browser, page, { link: '/eid/france', person })).name).toBe('new-account');

    await world.sandbox.setFault('vneid', 'none');
    time.pass(11);
    const back = world.browser();
    await untilItIsBack();
    const again = await proveAtEid(back, await signInPage(back), { link, person: world.addEidPerson() });
    expect(again.name).toBe('new-account');
  }, 20_000);
});

describe('An eID that goes down while it is in use', () => {
  it('holds up nobody’s page while somebody waits for it', async () => {
    const browser = world.browser();
    const atEid = await follow(browser, await signInPage(browser), link);
    expect(atEid.name).toBe('eid-sign-in');
    await world.sandbox.setFault('vneid', 'hanging');
    // Its description is looked at again, by nobody who waits.
    time.pass(3601);
    expect(leadsTo(await signInPage(), 'vneid')).toBe(true);
    await expect(untilItIsGone()).resolves.toBeUndefined();
  }, 20_000);
});

async function untilItIsGone(): Promise<void> {
  const end = Date.now() + 10_000;
  while (leadsTo(await signInPage(), 'vneid')) if (Date.now() > end) throw new Error('never noticed');
}
