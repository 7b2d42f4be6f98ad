import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findingsOf } from '../support/axe.ts';
import { browserPortal, type Device, leaveAutofill, newDevice } from '../support/device.ts';
import { insisting } from '../support/eid-stories.ts';
import { type EidWorld, startEidWorld } from '../support/eid-world.ts';
import { launchBrowser } from '../support/page-browser.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let world: EidWorld;
let portal: Awaited<ReturnType<typeof browserPortal>>;
let browser: Browser;

beforeAll(async () => {
  world = await startEidWorld();
  portal = await browserPortal(world, { release: [releasedByConsent('name', true)] });
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await portal?.close();
  await world?.close();
});

const vneid = 'main a[href$="/eid/vneid"]';
const release = { scope: 'openid profile' };

/** Nobody's device, as narrow as a telephone. */
async function telephone(): Promise<Device> {
  const device = await newDevice(browser);
  await leaveAutofill(device);
  await device.tab.setViewportSize({ width: 360, height: 740 });
  return device;
}

/** Nothing that axe finds, and nothing that sticks out. */
async function expectInOrder({ tab, hands }: Device, step: string): Promise<void> {
  await hands.at(step);
  const { light, dark } = await findingsOf(tab, step);
  const tooWide = await tab.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
  expect({ light, dark, tooWide }).toEqual({ light: [], dark: [], tooWide: false });
}

describe('In a browser, on a telephone', () => {
  it('a citizen proves who they are, by keyboard alone, and arrives', async () => {
    const [lan, person] = [await world.addPerson(), world.addEidPerson()];
    const device = await telephone();
    const { tab, hands } = device;
    const login = await portal.begin({ ...insisting(), ...release });
    await tab.goto(login.url);
    await expectInOrder(device, 'identify');
    await hands.type('#identifier', lan.email);
    await hands.type('#password', lan.password);
    await hands.press('form[action$="/password"] button[type=submit]');
    await expectInOrder(device, 'prove-identity');
    await hands.press(vneid);
    await signInAtEid(device, person.subject);
    await expectInOrder(device, 'confirm-identity');
    await hands.press('button[value="link"]');
    await expectInOrder(device, 'consent');
    await hands.press('button[value="allow"]');
    expect(await portal.claims(tab, login)).toMatchObject({ acr: 'substantial', ial: 'ial2' });
    expect(device.violations).toEqual([]);

    await tab.goto(`${world.issuer}/account/identity`);
    await expectInOrder(device, 'identity');
    expect(device.violations).toEqual([]);
    await device.context.close();
  }, 60_000);

  it('somebody begins with their eID, declines there once, has an account after, and arrives', async () => {
    const person = world.addEidPerson();
    const device = await telephone();
    const { tab } = device;
    const login = await portal.begin(release);
    await tab.goto(login.url);
    await tab.locator(vneid).click();
    await tab.locator('button[value="decline"]').click();
    await expectInOrder(device, 'eid-problem');
    await tab.locator('main a[href$="/eid/vneid"]').click();
    await tab.locator(`input[value="${person.subject}"]`).check();
    await tab.locator('button[value="sign-in"]').click();
    await expectInOrder(device, 'new-account');
    await tab.locator('button[value="create"]').click();
    await expectInOrder(device, 'consent');
    await tab.locator('button[value="allow"]').click();
    expect(await portal.claims(tab, login)).toMatchObject({ acr: 'substantial', ial: 'ial2' });

    for (const [path, step] of [
      ['', 'account'],
      ['/identity', 'identity'],
      ['/change-email', 'change-email'],
    ] as const) {
      await tab.goto(`${world.issuer}/account${path}`);
      await expectInOrder(device, step);
    }
    expect(device.violations).toEqual([]);
    await device.context.close();
  }, 60_000);
});

/** The pretend eID’s page, whose radio buttons are one stop for Tab. */
async function signInAtEid({ tab, hands }: Device, subject: string): Promise<void> {
  await hands.at('eid-sign-in');
  const person = tab.locator(`input[value="${subject}"]`);
  for (let press = 0; press < 10 && !(await tab.locator('input[name="person"]:focus').count()); press += 1) {
    await tab.keyboard.press('Tab');
  }
  await tab.keyboard.press('Space');
  for (let press = 0; press < 20 && !(await person.isChecked()); press += 1) await tab.keyboard.press('ArrowDown');
  expect(await person.isChecked()).toBe(true);
  await tab.keyboard.press('Enter');
}
