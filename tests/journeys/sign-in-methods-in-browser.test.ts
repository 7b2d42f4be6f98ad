import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ageSessions } from '../support/age-sessions.ts';
import { type Device, newDevice, openSignIn, passkeyButton, typePassword } from '../support/device.ts';
import { shownByApp } from '../support/factors.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { mailbox } from '../support/journey.ts';
import { launchBrowser } from '../support/page-browser.ts';
import {
  type AuthenticatorKind,
  plainSecurityKey,
  singleDevice,
  syncedPhone,
} from '../support/virtual-authenticator.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
let browser: Browser;
const devices: Device[] = [];

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
  browser = await launchBrowser();
}, 60_000);

afterEach(async () => {
  for (const { context } of devices.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  await provider?.close();
});

const list = '/account/sign-in-methods';
const firstListed = `main a.dd-choice[href^="${list}/"]:not([href*="/add/"])`;
const onward = 'main a.govuk-button:not([download])';
const primary = 'main button[type=submit]';

/** Somebody who has just signed in on the account's pages. */
async function signedIn(options: Parameters<typeof newDevice>[1] = {}): Promise<Device & { readonly lan: TestPerson }> {
  const lan = await provider.addPerson();
  const device = await newDevice(browser, options);
  devices.push(device);
  if (options.javaScriptEnabled === false) await device.tab.goto(`${provider.issuer}${list}`);
  else await openSignIn(device, `${provider.issuer}${list}`);
  await typePassword(device, lan);
  await device.hands.at('sign-in-methods');
  return { ...device, lan };
}

async function add({ hands }: Device, method: 'passkey' | 'security-key', name?: string): Promise<void> {
  await hands.press(`a[href="${list}/add/${method}"]`);
  await hands.at('add-passkey');
  if (name !== undefined) await hands.type('#name', name);
  await hands.press(passkeyButton);
}

/** Adds an app as a person does who types the secret; ends on the page of recovery codes. */
async function addApp({ tab, hands }: Device): Promise<string> {
  await hands.press(`a[href="${list}/add/totp"]`);
  await hands.at('add-totp');
  const seed = ((await tab.locator('.dd-secret').textContent()) ?? '').replaceAll(' ', '');
  await hands.type('#code', '000000');
  await hands.press(primary);
  await tab.locator('[data-error-summary]').waitFor();
  expect(((await tab.locator('.dd-secret').textContent()) ?? '').replaceAll(' ', '')).toBe(seed);
  await hands.type('#code', shownByApp(seed, -1));
  await hands.press(primary);
  await hands.at('recovery-codes');
  return seed;
}

const textOf = ({ tab }: Device) => tab.locator('main').textContent();

describe('the page of sign-in methods, by keyboard alone', () => {
  it.each<[string, AuthenticatorKind, string]>([
    ['synced', syncedPhone, 'Có trên mọi thiết bị của bạn'],
    ['kept by one device', singleDevice, 'mất thiết bị là mất khóa'],
  ])('adds, names, renames and removes a passkey that is %s, and says so in mails', async (_, kind, where) => {
    const device = await signedIn({ kind });
    const { tab, hands, lan } = device;
    await add(device, 'passkey', 'Điện thoại của Lan');
    await tab.getByRole('status').filter({ hasText: 'Đã thêm' }).waitFor();
    expect(await textOf(device)).toContain(where);
    await mails.mail(lan.email, 1, 'Đã thêm cách đăng nhập');

    // The password was all there was; now the passkey is proved too. The browser offers it where the address is typed.
    await Promise.all([tab.waitForURL('**/interaction/**', { waitUntil: 'commit' }), hands.press(firstListed)]);
    await tab.waitForURL(`**${list}`);
    await hands.press(firstListed);
    await hands.at('authenticator');
    await hands.type('#name', 'Điện thoại cũ');
    await hands.press(primary);
    await tab.getByRole('status').filter({ hasText: 'Đã lưu tên mới' }).waitFor();
    expect(await tab.locator(firstListed).textContent()).toContain('Điện thoại cũ');

    await hands.press(firstListed);
    await hands.at('authenticator');
    await hands.press('a[href$="/remove"]');
    await hands.at('remove-authenticator');
    await hands.press(primary);
    await tab.getByRole('status').filter({ hasText: 'Đã xóa' }).waitFor();
    expect(await textOf(device)).toContain('Bạn chưa thêm khóa hay ứng dụng nào.');
    await mails.mail(lan.email, 1, 'Đã xóa cách đăng nhập');
    expect(device.violations).toEqual([]);
  });

  it('adds an app with recovery codes to print and to keep, and lets the codes be made anew', async () => {
    const device = await signedIn();
    const { tab, hands, lan } = device;
    await addApp(device);
    const codes = await tab.locator('.dd-codes code').allTextContents();
    expect(new Set(codes).size).toBe(10);
    const downloading = tab.waitForEvent('download');
    await hands.press('a[download]');
    expect(readFileSync(await (await downloading).path(), 'utf8')).toContain(codes.join('\r\n'));
    const printed = tab.evaluate('new Promise((resolve) => { globalThis.print = () => resolve(true); })');
    await hands.press('[data-print]');
    expect(await printed).toBe(true);
    await hands.press(onward);
    await tab.getByRole('status').filter({ hasText: 'Đã thêm' }).waitFor();
    expect(await textOf(device)).toContain('Số mã chưa dùng: 10 trên 10.');

    // The password alone was fresh; now there is a second factor, and it is asked for before anything changes.
    await hands.press(`a[href="${list}/recovery-codes"]`);
    await hands.at('identify');
    expect(device.violations).toEqual([]);
    await mails.mail(lan.email, 1, 'Đã thêm cách đăng nhập');
  });

  it('adds a security key, which comes with recovery codes', async () => {
    const device = await signedIn({ kind: plainSecurityKey });
    const { hands, tab } = device;
    await add(device, 'security-key');
    await hands.at('recovery-codes');
    await hands.press(onward);
    await hands.at('sign-in-methods');
    expect(await tab.locator(firstListed).textContent()).toContain('Khóa bảo mật');
    expect(device.violations).toEqual([]);
  });

  it('says so where this device’s passkey is there already', async () => {
    const device = await signedIn();
    await add(device, 'passkey');
    await device.tab.getByRole('status').waitFor();
    await add(device, 'passkey');
    await device.tab
      .locator('[data-passkey-problem]')
      .filter({ hasText: 'Tài khoản của bạn đã có khóa trên thiết bị này.' })
      .waitFor();
    expect(await device.authenticator.credentials()).toHaveLength(1);
    expect(device.violations).toEqual([]);
  });
});

describe('a session that has grown old', () => {
  it('proves again before anything is added, and goes on where it was going', async () => {
    const device = await signedIn();
    const { hands, tab, lan } = device;
    await ageSessions(provider, 16 * 60);
    await tab.reload();
    await hands.at('sign-in-methods');
    await device.authenticator.answers(false);
    await hands.press(`a[href="${list}/add/passkey"]`);
    await hands.at('identify');
    await typePassword(device, lan);
    await hands.at('add-passkey');
    await device.authenticator.answers(true);
    await hands.press(passkeyButton);
    await hands.at('sign-in-methods');

    await ageSessions(provider, 16 * 60);
    await device.authenticator.answers(false);
    await hands.press(firstListed);
    await hands.at('identify');
    await device.tab.locator(passkeyButton).waitFor();
    await device.authenticator.answers(true);
    await hands.press(passkeyButton);
    await hands.at('sign-in-methods');
    expect(device.violations).toEqual([]);
  });

  it('with an app proves that too', async () => {
    const device = await signedIn();
    const { hands, tab, lan } = device;
    const seed = await addApp(device);
    await hands.press(onward);
    await hands.at('sign-in-methods');
    await hands.press(firstListed);
    await hands.at('identify');
    await typePassword(device, lan);
    await hands.at('second-factor');
    await hands.type('#code', shownByApp(seed));
    await hands.press(primary);
    await hands.at('sign-in-methods');
    await hands.press(firstListed);
    await hands.at('authenticator');
    await hands.press('a[href$="/remove"]');
    await hands.at('remove-authenticator');
    await hands.press(primary);
    await tab.getByRole('status').filter({ hasText: 'Đã xóa' }).waitFor();
    // Codes in place of a second factor that is gone are gone with it.
    expect(await textOf(device)).toContain('Bạn chưa có mã khôi phục.');
    expect(device.violations).toEqual([]);
  });
});

describe('without script', () => {
  it('every page of keys says what else there is, and an app is added all the same', async () => {
    const device = await signedIn({ javaScriptEnabled: false });
    const { tab, hands } = device;
    for (const method of ['passkey', 'security-key']) {
      await hands.press(`a[href="${list}/add/${method}"]`);
      await hands.at('add-passkey');
      expect(await tab.locator('[data-passkey]').isVisible()).toBe(false);
      expect(await tab.getByText('Nếu không thấy nút nào ở đây').isVisible()).toBe(true);
      await hands.press(`main a[href="${list}"]`);
      await hands.at('sign-in-methods');
    }
    await addApp(device);
    expect(await tab.locator('[data-print]').isVisible()).toBe(false);
    await hands.press(onward);
    await hands.at('sign-in-methods');
    expect(device.violations).toEqual([]);
  });
});
