import { browserPortal, type Device, openSignIn, passkeyButton, typePassword } from './device.ts';
import { shownByApp } from './factors.ts';
import type { TestInstallation } from './installation.ts';
import { releasedByConsent } from './relying-party.ts';

const methods = '/account/sign-in-methods';
const primary = 'main button[type=submit]';
const onward = 'main a.govuk-button:not([download])';

/**
 * Every page of signing in and of sign-in methods, in the order in which somebody meets them who adds a passkey and an
 * app. @param look is called on each, with a name for it
 */
export async function tourOfSignIn(
  device: Device,
  {
    provider,
    look,
  }: {
    readonly provider: TestInstallation;
    readonly look: (name: string) => Promise<void>;
  },
): Promise<void> {
  const { tab, hands, authenticator } = device;
  const person = await provider.addPerson();
  const name = { vi: 'Cổng dịch vụ công tỉnh An Hòa', en: 'An Hòa services', fr: 'Services d’An Hòa' };
  const portal = await browserPortal(provider, { name, release: [releasedByConsent('email', true)] });
  const problem = tab.locator('[data-passkey-problem]').filter({ hasText: /\S/ });

  await openSignIn(device, (await portal.begin({ acr_values: 'phr', scope: 'openid email' })).url);
  await look('identify');
  await tab.locator(passkeyButton).click();
  await problem.waitFor();
  await look('identify-no-passkey-here');
  await typePassword(device, { ...person, password: 'không phải mật khẩu này' });
  await tab.locator('[data-error-summary]').waitFor();
  await look('identify-wrong-password');
  await typePassword(device, person);

  await hands.at('enroll');
  await look('enroll');
  await tab.locator('a[href$="/enroll/passkey"]').click();
  await hands.at('add-passkey');
  await tab.locator(passkeyButton).waitFor();
  await look('add-passkey');
  await authenticator.answers(false);
  await tab.locator(passkeyButton).click();
  await tab.evaluate('SimpleWebAuthnBrowser.WebAuthnAbortService.cancelCeremony()');
  await problem.waitFor();
  await look('add-passkey-stopped');
  await authenticator.answers(true);
  await tab.locator(passkeyButton).click();
  await hands.at('consent');
  await look('consent');
  await tab.locator(primary).click();
  await tab.waitForURL(/\/callback\?/);
  await tab.goBack();
  await hands.at('gone-back');
  await look('gone-back');

  await tab.goto(`${provider.issuer}${methods}`);
  await tab.locator(`a[href="${methods}/add/security-key"]`).click();
  await hands.at('add-passkey');
  await tab.locator(passkeyButton).waitFor();
  await look('add-security-key');
  await tab.goto(`${provider.issuer}${methods}/add/totp`);
  await hands.at('add-totp');
  await look('add-totp');
  const seed = ((await tab.locator('.dd-secret').textContent()) ?? '').replaceAll(' ', '');
  await tab.locator('#code').fill('000000');
  await tab.locator(primary).click();
  await tab.locator('[data-error-summary]').waitFor();
  await look('add-totp-wrong-code');
  await tab.locator('#code').fill(shownByApp(seed));
  await tab.locator(primary).click();
  await hands.at('recovery-codes');
  await look('recovery-codes');
  await tab.locator(onward).click();
  await hands.at('sign-in-methods');
  await look('sign-in-methods');
  await tab.locator(`main a.dd-choice:not([href*="/add/"])`).first().click();
  await hands.at('authenticator');
  await look('authenticator');
  await tab.locator('a[href$="/remove"]').click();
  await hands.at('remove-authenticator');
  await look('remove-authenticator');
  await tab.goto(`${provider.issuer}${methods}/recovery-codes`);
  await hands.at('renew-recovery-codes');
  await look('renew-recovery-codes');

  await tab.context().clearCookies();
  await openSignIn(device, (await portal.begin()).url);
  await typePassword(device, person);
  await hands.at('second-factor');
  await look('second-factor-app');
  await tab.locator('a[href$="/second-factor/passkey"]').click();
  await tab.locator(passkeyButton).waitFor();
  await look('second-factor-passkey');
  await tab.locator('a[href$="/second-factor/recovery-code"]').click();
  await tab.locator('#code').waitFor();
  await look('second-factor-recovery-code');
  await portal.close();
}
