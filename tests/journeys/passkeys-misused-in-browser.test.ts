import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import {
  browserPortal,
  copyPasskeys,
  type Device,
  leaveAutofill,
  newDevice,
  openSignIn,
  passkeyButton,
  typePassword,
} from '../support/device.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { mailbox } from '../support/journey.ts';
import { launchBrowser } from '../support/page-browser.ts';
import { type AuthenticatorKind, plainSecurityKey, singleDevice } from '../support/virtual-authenticator.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
let portal: Awaited<ReturnType<typeof browserPortal>>;
let browser: Browser;
const devices: Device[] = [];

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
  portal = await browserPortal(provider);
  browser = await launchBrowser();
}, 60_000);

afterEach(async () => {
  for (const { context } of devices.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  await portal?.close();
  await provider?.close();
});

async function aDevice(kind: AuthenticatorKind = singleDevice): Promise<Device> {
  const device = await newDevice(browser, { kind });
  devices.push(device);
  return device;
}

/** Adds it on the account's own page. */
async function withPasskey(
  way: 'passkey' | 'security-key' = 'passkey',
  kind: AuthenticatorKind = singleDevice,
): Promise<{ readonly person: TestPerson; readonly device: Device }> {
  const person = await provider.addPerson();
  const device = await aDevice(kind);
  await openSignIn(device, `${provider.issuer}/account/sign-in-methods/add/${way}`);
  await typePassword(device, person);
  await device.hands.at('add-passkey');
  await device.hands.press(passkeyButton);
  await device.hands.at(way === 'passkey' ? 'sign-in-methods' : 'recovery-codes');
  await device.context.clearCookies();
  return { person, device };
}

/** A browser that doesn't do as the page asks: it leaves out what would stop its person. */
async function lieAbout({ context }: Device, options: Readonly<Record<string, unknown>>): Promise<void> {
  await context.addInitScript(`{
    const honest = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = ({ publicKey, ...how }) =>
      honest({ ...how, publicKey: { ...publicKey, ...${JSON.stringify(options)} } });
  }`);
}

const refusal = ({ tab }: Device) =>
  tab.locator('[data-error-summary]').filter({ hasText: 'Chúng tôi chưa chấp nhận được khóa này.' });

async function refusalsOf({ accountId }: TestPerson): Promise<readonly string[]> {
  const rows: readonly { readonly reason: string }[] = await provider.database.dataSource.query(
    `SELECT details ->> 'reason' AS reason FROM audit_event
     WHERE about_account_id = $1 AND kind = 'passkey-refused' ORDER BY sequence`,
    [accountId],
  );
  return rows.map(({ reason }) => reason);
}

describe('WebAuthn Level 3 §7.2', () => {
  it('step 17: a device that didn’t verify its user signs nobody in, whatever its browser pretends', async () => {
    const { person, device } = await withPasskey();
    await lieAbout(device, { userVerification: 'discouraged' });
    await device.authenticator.verifiesUser(false);
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await leaveAutofill(device);
    await device.hands.press(passkeyButton);
    await refusal(device).waitFor();
    expect(await refusalsOf(person)).toEqual(['user-not-verified']);
    await typePassword(device, person);
    expect(await portal.claims(device.tab, login)).toMatchObject({ aal: 'aal1' });
    expect(device.violations).toEqual([]);
  });

  it('step 22: a copied passkey is refused once its counter falls behind, its owner is told, and can go on', async () => {
    const { person, device } = await withPasskey();
    const thief = await aDevice();
    await copyPasskeys(device, thief);
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await device.hands.press(passkeyButton);
    await portal.claims(device.tab, login);

    await openSignIn(thief, (await portal.begin()).url);
    await leaveAutofill(thief);
    await thief.hands.press(passkeyButton);
    await refusal(thief).waitFor();
    expect(await refusalsOf(person)).toEqual(['counter-fell']);
    const { text } = await mails.mail(person.email, 1, 'Có thể có bản sao khóa của bạn');
    expect(text).toContain('có hai bản của khóa đó');
    expect(text).not.toContain(thief.tab.url());

    await device.context.clearCookies();
    const again = await portal.begin();
    await openSignIn(device, again.url);
    await device.hands.press(passkeyButton);
    await portal.claims(device.tab, again);
  });
});

describe('a second factor', () => {
  it('is one’s own: a browser that hands over somebody else’s passkey is refused', async () => {
    const { person: lan } = await withPasskey('security-key', plainSecurityKey);
    const { person: minh, device } = await withPasskey();
    await lieAbout(device, { allowCredentials: [] });
    await openSignIn(device, (await portal.begin()).url);
    await typePassword(device, lan);
    await device.hands.at('second-factor');
    await device.hands.press(passkeyButton);
    await refusal(device).waitFor();
    expect(await refusalsOf(minh)).toEqual(['wrong-account']);
    expect(await device.tab.locator('a[href$="/second-factor/recovery-code"]').isVisible()).toBe(true);
    expect(device.violations).toEqual([]);
  });
});

describe('an answer that was overheard', () => {
  it('signs nobody in again: not in this login, not in another, not in another browser', async () => {
    const { device } = await withPasskey();
    const login = await portal.begin();
    await openSignIn(device, login.url);
    const posting = device.tab.waitForRequest((request) => request.method() === 'POST');
    await device.hands.press(passkeyButton);
    const sent = await posting;
    await portal.claims(device.tab, login);
    const body = sent.postData() ?? '';
    const response = new URLSearchParams(body).get('response') ?? '';
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: provider.issuer };
    const same = await device.context.request.post(sent.url(), { data: body, headers, maxRedirects: 0 });
    expect(same.status()).toBe(410);

    for (const thief of [device, await aDevice()]) {
      await thief.context.clearCookies();
      await openSignIn(thief, (await portal.begin()).url);
      await thief.authenticator.answers(false);
      await thief.tab.evaluate(`{
        const form = document.querySelector('[data-passkey]');
        form.elements.response.value = ${JSON.stringify(response)};
        form.submit();
      }`);
      // Made for another page: as good as one that was open too long.
      await thief.tab.locator('[data-error-summary]').filter({ hasText: 'lần nữa' }).waitFor();
      await thief.hands.at('identify');
    }
  });
});

describe('before anybody has signed in', () => {
  it('the page says nothing of whose passkeys there are, and looks the same to all', async () => {
    const { device } = await withPasskey();
    const stranger = await aDevice();
    const optionsOf = async (one: Device): Promise<Record<string, unknown>> => {
      await openSignIn(one, (await portal.begin()).url);
      const text = await one.tab.locator('[data-passkey]').getAttribute('data-options');
      return { ...JSON.parse(text ?? '{}'), challenge: '' };
    };
    const options = await optionsOf(device);
    expect(options).toMatchObject({ allowCredentials: [], userVerification: 'required' });
    expect(await optionsOf(stranger)).toEqual(options);
  });
});
