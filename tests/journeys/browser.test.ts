import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type Portal, startPortal } from '../../examples/portal/portal.ts';
import { keyboard, watch } from '../support/browser-hands.ts';
import { portalSecret, startInstallation, type TestInstallation } from '../support/installation.ts';
import { mailbox } from '../support/journey.ts';
import { launchBrowser } from '../support/page-browser.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
let browser: Browser;
let province: Portal;
let tax: Portal;

async function aPortal(clientId: string, theme: 'jade' | 'plum'): Promise<Portal> {
  const name = { vi: `Cổng ${clientId}`, en: `Portal ${clientId}`, fr: `Portail ${clientId}` };
  const portal = await startPortal({
    issuer: provider.issuer,
    clientId,
    clientSecret: portalSecret,
    identity: { name, agency: name, summary: name, theme, restricted: { name, field: name }, otherPortal: undefined },
    scopes: ['openid', 'profile'],
    port: 0,
    allowInsecure: true,
  });
  await provider.addPortal({
    clientId,
    name,
    release: [releasedByConsent('name', true)],
    metadata: {
      redirect_uris: [`${portal.url}/callback`],
      post_logout_redirect_uris: [`${portal.url}/signed-out`],
      backchannel_logout_uri: `${portal.url}/backchannel-logout`,
      client_uri: portal.url,
    } as never,
  });
  return portal;
}

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
  browser = await launchBrowser();
  province = await aPortal('an-hoa', 'jade');
  tax = await aPortal('thue', 'plum');
}, 60_000);

afterAll(async () => {
  await browser.close();
  await Promise.all([province.close(), tax.close()]);
  await provider.close();
});

describe.each([
  ['with script', true],
  ['without script', false],
] as const)('in Chromium, %s and by keyboard alone', (_, javaScriptEnabled) => {
  it('a person registers, goes to one portal and another, and signs out of both', async () => {
    const context = await browser.newContext({ javaScriptEnabled, locale: 'vi-VN' });
    const violations = watch(context);
    const tab = await context.newPage();
    const { type, press, at } = keyboard(tab);
    const email = `nguoi-dan-${randomUUID()}@example.vn`;

    await tab.goto(province.url);
    await press('a[href="/sign-in"]');
    await at('identify');
    await press('a[href$="/register"]');
    await at('register-email');
    await type('#email', 'nguoi-dan@');
    await press('button[type=submit]');
    await tab.locator('[data-error-summary]').waitFor();
    await tab.locator('#email').fill('');
    await type('#email', email);
    await press('button[type=submit]');
    await at('check-mail');
    await type('#code', await mails.code(email));
    await press('button[type=submit]');
    await at('register-password');
    await type('#new_password', 'con sông quê tôi rất xanh');
    await type('#name', 'Nguyễn Thị Lan');
    await press('button[type=submit]');
    await at('consent');
    await press('button[type=submit]');
    await tab.waitForURL(`${province.url}/`, { timeout: 15_000 });
    expect(await tab.locator('h1').textContent()).toContain('Nguyễn Thị Lan');

    await tab.goto(tax.url);
    await press('a[href="/sign-in"]');
    await at('consent');
    await press('button[type=submit]');
    await tab.waitForURL(`${tax.url}/`, { timeout: 15_000 });

    await press('form[action="/sign-out"] button');
    await at('sign-out');
    await press('button[type=submit]');
    await tab.waitForURL(/\/signed-out/, { timeout: 15_000 });
    await tab.goto(`${provider.issuer}/account`);
    await at('identify');
    expect(violations).toEqual([]);
    await context.close();
  }, 90_000);

  it('a signed-in person changes their password and signs out everywhere', async () => {
    const lan = await provider.addPerson();
    const context = await browser.newContext({ javaScriptEnabled, locale: 'fr-FR' });
    const violations = watch(context);
    const tab = await context.newPage();
    const { type, press, at } = keyboard(tab);

    await tab.goto(`${provider.issuer}/account/change-password`);
    await at('identify');
    await type('#identifier', lan.email);
    await type('#password', lan.password);
    await press('button[type=submit]');
    await at('change-password');
    await type('#password', lan.password);
    await type('#new_password', 'une phrase assez longue, vraiment');
    await press('button[type=submit]');
    await at('account');
    expect(await tab.locator('[role=status]').textContent()).toContain('mot de passe');
    await press('form[action="/account/sign-out-everywhere"] button');
    await at('signed-out-everywhere');
    expect(violations).toEqual([]);
    await context.close();
  }, 60_000);
});

describe('a page of another origin', () => {
  it('can’t sign anybody out, or change their address or password: its form post is only a visit', async () => {
    const lan = await provider.addPerson();
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(`${provider.issuer}/account`);
    await tab.fill('#identifier', lan.email);
    await tab.fill('#password', lan.password);
    await tab.click('button[type=submit]');
    await tab.locator('main[data-page=account]').waitFor();
    await mails.mail(lan.email);
    const evil = `http://127.0.0.1:${new URL(province.url).port}/evil`;
    for (const path of [
      '/account/sign-out-everywhere',
      '/account/sessions/x/sign-out',
      '/account/change-email',
      '/account/change-password',
    ]) {
      await context.route(evil, (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<form method="post" action="${provider.issuer}${path}"><button id="go">Win a prize</button></form>`,
        }),
      );
      await tab.goto(evil);
      await Promise.all([tab.waitForURL(`${provider.issuer}/**`), tab.click('#go')]);
      // Without our cookies (SameSite=Lax) the post is nobody's: it becomes a visit, and nothing was done.
      const landed = await tab.locator('main').getAttribute('data-page');
      const visits = ['account', 'sessions', 'portals', 'sign-in-methods', 'change-email', 'change-password'];
      expect([...visits, 'identify', 'error']).toContain(landed);
      await context.unroute(evil);
    }
    await tab.goto(`${provider.issuer}/account`);
    await tab.locator('main[data-page=account]').waitFor();
    // Told of their own sign-in, and of nothing else.
    expect(mails.to(lan.email).map(({ subject }) => subject)).toEqual([expect.stringContaining('Đăng nhập mới')]);
    await context.close();
  }, 60_000);
});
