import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { systemClock } from '../../src/platform/clock.ts';
import {
  browserPortal,
  copyPasskeys,
  type Device,
  leaveAutofill,
  newDevice,
  openSignIn,
  passkeyButton,
  secondTab,
  typePassword,
} from '../support/device.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { launchBrowser } from '../support/page-browser.ts';
import { type AuthenticatorKind, plainSecurityKey, singleDevice } from '../support/virtual-authenticator.ts';

let provider: TestInstallation;
let portal: Awaited<ReturnType<typeof browserPortal>>;
let browser: Browser;
let laterByMs = 0;
const devices: Device[] = [];

beforeAll(async () => {
  const clock = { now: () => new Date(systemClock.now().getTime() + laterByMs) };
  provider = await startInstallation({}, { clock });
  portal = await browserPortal(provider);
  browser = await launchBrowser();
}, 60_000);

afterEach(async () => {
  laterByMs = 0;
  for (const { context } of devices.splice(0)) await context.close();
});

afterAll(async () => {
  await browser?.close();
  await portal?.close();
  await provider?.close();
});

const phr = { acr_values: 'phr' };

async function aDevice(options: Parameters<typeof newDevice>[1] = {}): Promise<Device> {
  const device = await newDevice(browser, options);
  devices.push(device);
  return device;
}

/** A person whose passkey, or key, was added on the way to a portal that asks for it. */
async function addedOnTheWay(
  way: 'passkey' | 'security-key',
  kind: AuthenticatorKind = singleDevice,
): Promise<{ readonly lan: TestPerson; readonly device: Device }> {
  const lan = await provider.addPerson();
  const device = await aDevice({ kind });
  const { tab, hands } = device;
  const login = await portal.begin(phr);
  await openSignIn(device, login.url);
  await typePassword(device, lan);
  await hands.at('enroll');
  await hands.press(`a[href$="/enroll/${way}"]`);
  await hands.at('add-passkey');
  await hands.press(passkeyButton);
  if (way === 'security-key') {
    await hands.at('recovery-codes');
    await hands.press('main a.govuk-button:not([download])');
  }
  expect(await portal.claims(tab, login)).toMatchObject({ acr: 'phr', aal: 'aal2-phr' });
  return { lan, device };
}

async function signOut({ context }: Device): Promise<void> {
  await context.clearCookies();
}

const alertOf = ({ tab }: Device) => tab.locator('[data-passkey-problem]');

describe('a passkey, by keyboard alone', () => {
  it.each([
    ['Enter', 'press'],
    ['the space bar', 'pressSpace'],
  ] as const)('is added where a portal asks for it, and signs in alone by %s', async (_, press) => {
    const { device } = await addedOnTheWay('passkey');
    await signOut(device);
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await device.hands[press](passkeyButton);
    expect(await portal.claims(device.tab, login)).toMatchObject({ aal: 'aal2-phr', amr: ['mfa', 'pop', 'user'] });
    expect(device.violations).toEqual([]);
  });

  it('is taken from those that the browser offers where the e-mail is typed', async () => {
    const { device } = await addedOnTheWay('passkey');
    await signOut(device);
    const login = await portal.begin(phr);
    await device.tab.goto(login.url);
    expect(await portal.claims(device.tab, login)).toMatchObject({ acr: 'phr' });
    expect(device.violations).toEqual([]);
  });

  it('signs in to an account that has nothing else, and its last way in can’t be removed', async () => {
    const { lan, device } = await addedOnTheWay('passkey');
    await provider.database.dataSource.query('DELETE FROM password_credential WHERE account_id = $1', [lan.accountId]);
    await signOut(device);
    const { tab, hands } = device;
    await openSignIn(device, `${provider.issuer}/account/sign-in-methods`);
    await hands.press(passkeyButton);
    await hands.at('sign-in-methods');
    expect(await tab.getByText('Tài khoản của bạn chưa có mật khẩu.').isVisible()).toBe(true);
    await hands.press('main a.dd-choice[href^="/account/sign-in-methods/"]');
    await hands.at('authenticator');
    expect(await tab.getByText('Đây là cách duy nhất để bạn vào tài khoản').isVisible()).toBe(true);
    expect(await tab.locator('a[href$="/remove"]').count()).toBe(0);
    expect(device.violations).toEqual([]);
  });

  it('is only waited for: a password signs in while the browser offers passkeys', async () => {
    const { lan, device } = await addedOnTheWay('passkey');
    await signOut(device);
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await typePassword(device, lan);
    expect(await portal.claims(device.tab, login)).toMatchObject({ aal: 'aal1', amr: ['pwd'] });
  });
});

describe('a passkey that doesn’t answer as it should', () => {
  it('whose owner the device doesn’t recognize is told gently, and may be tried again', async () => {
    const { device } = await addedOnTheWay('passkey');
    await signOut(device);
    await device.authenticator.verifiesUser(false);
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await device.hands.press(passkeyButton);
    await alertOf(device).filter({ hasText: 'Thiết bị của bạn chưa xác nhận' }).waitFor();
    await device.authenticator.verifiesUser(true);
    await device.hands.press(passkeyButton);
    expect(await portal.claims(device.tab, login)).toMatchObject({ aal: 'aal2-phr' });
    expect(device.violations).toEqual([]);
  });

  it('that this device doesn’t have leaves the password', async () => {
    const lan = await provider.addPerson();
    const device = await aDevice();
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await device.hands.press(passkeyButton);
    await alertOf(device).filter({ hasText: 'bạn đã dừng' }).waitFor();
    await typePassword(device, lan);
    await portal.claims(device.tab, login);
    expect(device.violations).toEqual([]);
  });

  it('because its owner stopped leaves the other ways, a second press included', async () => {
    const { device } = await addedOnTheWay('passkey');
    await signOut(device);
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await device.authenticator.answers(false);
    await device.hands.press(passkeyButton);
    expect(await device.tab.locator(passkeyButton).getAttribute('aria-disabled')).toBe('true');
    await device.tab.evaluate('SimpleWebAuthnBrowser.WebAuthnAbortService.cancelCeremony()');
    await alertOf(device).filter({ hasText: 'hoặc bạn đã dừng' }).waitFor();
    await device.authenticator.answers(true);
    await device.hands.press(passkeyButton);
    await portal.claims(device.tab, login);
    expect(device.violations).toEqual([]);
  });

  it('after the page was open too long is asked for once more', async () => {
    const { device } = await addedOnTheWay('passkey');
    await signOut(device);
    const { tab, hands } = device;
    const login = await portal.begin();
    await openSignIn(device, login.url);
    laterByMs = 11 * 60 * 1000;
    await leaveAutofill(device);
    await hands.press(passkeyButton);
    await tab
      .locator('[data-error-summary]')
      .filter({ hasText: 'Trang này đã mở quá lâu. Vui lòng dùng khóa của bạn lần nữa.' })
      .waitFor();
    await hands.press(passkeyButton);
    await tab.waitForURL(/\/callback\?code=/, { timeout: 15_000 });
    expect(device.violations).toEqual([]);
  });
});

describe('a security key', () => {
  it('that remembers nobody is the second factor after the password, and never the first', async () => {
    const { lan, device } = await addedOnTheWay('security-key', plainSecurityKey);
    const [held] = await device.authenticator.credentials();
    expect(held?.isResidentCredential).toBe(false);
    await signOut(device);
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await device.hands.press(passkeyButton);
    await alertOf(device).filter({ hasText: /\S/ }).waitFor();
    await typePassword(device, lan);
    await device.hands.at('second-factor');
    await device.hands.press(passkeyButton);
    expect(await portal.claims(device.tab, login)).toMatchObject({
      aal: 'aal2-phr',
      amr: ['mfa', 'pop', 'pwd', 'user'],
    });
    expect(device.violations).toEqual([]);
  });
});

describe('more than one press, tab or way', () => {
  it('a double click signs in once', async () => {
    const { lan, device } = await addedOnTheWay('passkey');
    await signOut(device);
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await device.tab.locator(passkeyButton).dblclick();
    await portal.claims(device.tab, login);
    const uses = await provider.database.dataSource.query(
      `SELECT 1 FROM audit_event WHERE about_account_id = $1 AND kind = 'passkey-login-succeeded'`,
      [lan.accountId],
    );
    expect(uses).toHaveLength(1);
  });

  it('two tabs come to their portals, each by its own press', async () => {
    const { device: one } = await addedOnTheWay('passkey');
    await signOut(one);
    const two = await secondTab(one);
    const [first, second] = [await portal.begin(), await portal.begin()];
    await openSignIn(one, first.url);
    await openSignIn(two, second.url);
    await one.hands.press(passkeyButton);
    await portal.claims(one.tab, first);
    // Each tab has an authenticator of its own here: what it holds is what the device holds by now.
    await copyPasskeys(one, two);
    await two.hands.press(passkeyButton);
    await portal.claims(two.tab, second);
    expect(one.violations).toEqual([]);
  });

  it('Back from the portal finds a page with a way on, and no second sign-in', async () => {
    const { device } = await addedOnTheWay('passkey');
    await signOut(device);
    const { tab, hands } = device;
    const login = await portal.begin();
    await openSignIn(device, login.url);
    await hands.press(passkeyButton);
    await portal.claims(tab, login);
    await tab.goBack();
    await hands.at('gone-back');
    expect(await tab.locator('h1').textContent()).toContain('đã hoàn tất');
    expect(device.violations).toEqual([]);
  });
});
