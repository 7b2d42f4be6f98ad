import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { browserPortal, newDevice } from '../support/device.ts';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidWorld, startEidWorld } from '../support/eid-world.ts';
import { launchBrowser } from '../support/page-browser.ts';

let world: EidWorld;
let hands: EidHands;
let portal: Awaited<ReturnType<typeof browserPortal>>;
let browser: Browser;

beforeAll(async () => {
  world = await startEidWorld();
  hands = eidHands(world);
  portal = await browserPortal(world);
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await portal?.close();
  await world?.close();
});

const substantial = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'substantial' } } }) };

async function signInAtEid(tab: Page, { subject }: EidPerson): Promise<void> {
  await tab.locator(`input[value="${subject}"]`).check();
  await tab.locator('button[value="sign-in"]').click();
}

/** The attacker's browser, at the page that leads to the eID. */
async function attacking() {
  const attacker = await world.addPerson();
  const device = await newDevice(browser);
  const { tab } = device;
  await tab.goto((await portal.begin(substantial)).url);
  await tab.fill('#identifier', attacker.email);
  await tab.fill('#password', attacker.password);
  await tab.locator('form[action$="/password"] button[type=submit]').click();
  await device.hands.at('prove-identity');
  return { attacker, ...device };
}

/** Where the eID's door is for this login; nobody goes through. */
async function doorOf({ context, tab }: Awaited<ReturnType<typeof attacking>>): Promise<string> {
  const link = await tab.locator('main a[href$="/eid/vneid"]').getAttribute('href');
  const answer = await context.request.get(new URL(link ?? '', world.issuer).href, { maxRedirects: 0 });
  return answer.headers()['location'] ?? '';
}

/** Goes from redirect to redirect, up to the address that the eID sends the browser back to. */
async function answerOf(
  { context }: Awaited<ReturnType<typeof attacking>>,
  { door, person }: { readonly door: string; readonly person: EidPerson },
): Promise<string> {
  const page = await context.request.get(door);
  const form = { person: person.subject, level: person.level, fault: 'none', decision: 'sign-in' };
  let answer = await context.request.post(page.url(), { form, maxRedirects: 0 });
  for (;;) {
    const next = new URL(answer.headers()['location'] ?? '', answer.url());
    if (next.origin === world.issuer) return next.href;
    answer = await context.request.get(next.href, { maxRedirects: 0 });
  }
}

it('in Chromium: who completes the trip of another browser links nothing, and finds a way on', async () => {
  const attack = await attacking();
  const victim = world.addEidPerson();
  const theirs = await newDevice(browser);
  await theirs.tab.goto(await doorOf(attack));
  await theirs.hands.at('eid-sign-in');
  await signInAtEid(theirs.tab, victim);
  await theirs.hands.at('error');
  await theirs.tab.locator('main a.govuk-button').first().click();
  await theirs.hands.at('identify');
  expect(await hands.links(attack.attacker.accountId)).toBe(0);
  await attack.tab.reload();
  await attack.hands.at('prove-identity');
  expect(theirs.violations).toEqual([]);
  await attack.context.close();
  await theirs.context.close();
}, 60_000);

it('in Chromium: the address of an attacker’s answer signs a victim in as nobody', async () => {
  const attack = await attacking();
  const own = world.addEidPerson();
  const answer = await answerOf(attack, { door: await doorOf(attack), person: own });
  expect(answer).toContain('/eid/vneid/callback?');
  const victim = await newDevice(browser);
  await victim.tab.goto(answer);
  await victim.hands.at('error');
  await victim.tab.goto(`${world.issuer}/account`);
  await victim.hands.at('identify');
  expect(await hands.links(attack.attacker.accountId)).toBe(0);
  // It was a good answer: in the attacker's own browser it leads on.
  await attack.tab.goto(answer);
  await attack.hands.at('confirm-identity');
  expect(victim.violations).toEqual([]);
  await attack.context.close();
  await victim.context.close();
}, 60_000);
