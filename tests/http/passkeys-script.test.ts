import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchBrowser, pageOrigin, servePages } from '../support/page-browser.ts';
import { renderSample, sampleRenderer } from '../support/render-samples.ts';
import { samplePages } from '../support/sample-pages.ts';

const { renderer, assets } = sampleRenderer();
const pages = new Map<string, string>(
  samplePages.map((page) => [`/${page.page}/${page.variant}`, renderSample(renderer, page, 'vi')] as const),
);
const arrived = '<!doctype html><html lang="vi"><title>arrived</title><main data-page="arrived">';

const identifyPage = '/authentication/identify/plain';
const secondFactorPage = '/authentication/second-factor/passkey';
const addPage = '/authenticators/add-passkey/passkey';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => await browser.close());

describe('signing in with a passkey', () => {
  it('sends the browser’s answer as a form, with the page’s token', async () => {
    const { tab } = await open({ device: 'with-passkey' });
    const posted = await press(tab, identifyPage);
    expect(posted.get('csrf')).toBe('csrf-token');
    expect(posted.has('shared_device')).toBe(false);
    expect(JSON.parse(posted.get('response') ?? '')).toMatchObject({
      type: 'public-key',
      response: { authenticatorData: expect.any(String), clientDataJSON: expect.any(String), userHandle: 'aHVvbmc' },
    });
    await tab.context().close();
  });

  it('says when the device is shared', async () => {
    const { tab } = await open({ device: 'with-passkey' });
    await tab.goto(`${pageOrigin}${identifyPage}`);
    await tab.getByLabel('Đây là thiết bị dùng chung').check();
    expect((await pressHere(tab)).get('shared_device')).toBe('yes');
    await tab.context().close();
  });

  it('offers passkeys where the e-mail is typed, and sends the one that is taken', async () => {
    const { tab } = await open({ device: 'with-passkey', autofillTakesIt: true });
    const posting = tab.waitForRequest((request) => request.method() === 'POST');
    await tab.goto(`${pageOrigin}${identifyPage}`);
    const posted = new URLSearchParams((await posting).postData() ?? '');
    expect(JSON.parse(posted.get('response') ?? '')).toMatchObject({ type: 'public-key' });
    await tab.context().close();
  });

  it('holds one ceremony, however often the button is pressed', async () => {
    const { tab } = await open({ device: 'with-passkey' });
    await tab.goto(`${pageOrigin}${identifyPage}`);
    const ceremonies = await tab.evaluate(`new Promise((resolve) => {
      let ceremonies = 0;
      navigator.credentials.get = ({ mediation }) => {
        if (mediation !== 'conditional') ceremonies++;
        return new Promise(() => {});
      };
      const button = document.querySelector('[data-passkey] button');
      button.click(); button.click(); button.click();
      setTimeout(() => resolve(ceremonies));
    })`);
    expect(ceremonies).toBe(1);
    await tab.context().close();
  });

  it.each([
    ['NotAllowedError', 'Thiết bị của bạn chưa xác nhận, hoặc bạn đã dừng.'],
    ['AbortError', 'Thiết bị của bạn chưa xác nhận, hoặc bạn đã dừng.'],
    ['InvalidStateError', 'Tài khoản của bạn đã có khóa trên thiết bị này.'],
    ['NotReadableError', 'Thiết bị này chưa dùng được khóa.'],
  ])('tells what became of a ceremony that ended with %s, and lets it be tried again', async (name, sentence) => {
    const { tab } = await open({ device: 'with-passkey' });
    await tab.goto(`${pageOrigin}${secondFactorPage}`);
    await tab.evaluate(`navigator.credentials.real = navigator.credentials.get.bind(navigator.credentials);
      navigator.credentials.get = () => Promise.reject(new DOMException('', '${name}'))`);
    await button(tab).click();
    expect(await tab.getByRole('alert').textContent()).toContain(sentence);
    expect(await tab.evaluate('document.activeElement.closest("[data-passkey]") !== null')).toBe(true);
    await tab.evaluate('navigator.credentials.get = navigator.credentials.real');
    expect((await pressHere(tab)).get('csrf')).toBe('csrf-token');
    await tab.context().close();
  });

  it('can be pressed again on a page that Back shows as it was left', async () => {
    const { tab } = await open({ device: 'with-passkey' });
    await tab.goto(`${pageOrigin}${identifyPage}`);
    await tab.evaluate(`navigator.credentials.real = navigator.credentials.get.bind(navigator.credentials);
      navigator.credentials.get = () => new Promise(() => {})`);
    await button(tab).click();
    expect(await button(tab).getAttribute('aria-disabled')).toBe('true');
    await tab.evaluate(`navigator.credentials.get = navigator.credentials.real;
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
    expect(await button(tab).getAttribute('aria-disabled')).toBeNull();
    expect((await pressHere(tab)).get('csrf')).toBe('csrf-token');
    await tab.context().close();
  });
});

describe('adding a passkey', () => {
  it('sends what the device made, and the name it is to have', async () => {
    const { tab, cdp, authenticatorId } = await open({ device: 'empty' });
    await tab.goto(`${pageOrigin}${addPage}`);
    await tab.getByLabel('Tên để bạn dễ nhận ra').fill('Máy tính ở nhà');
    const posted = await pressHere(tab);
    expect(posted.get('name')).toBe('Máy tính ở nhà');
    expect(JSON.parse(posted.get('response') ?? '')).toMatchObject({
      response: { attestationObject: expect.any(String), transports: ['internal'] },
    });
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toHaveLength(1);
    await tab.context().close();
  });
});

describe('without passkeys', () => {
  it.each([identifyPage, secondFactorPage, addPage])('%s shows nothing that could not work', async (path) => {
    for (const without of ['script', 'passkeys'] as const) {
      const { tab } = await open({ device: 'empty', without });
      await tab.goto(`${pageOrigin}${path}`);
      expect(await tab.locator('[data-passkey]').isVisible()).toBe(false);
      if (path !== identifyPage) expect(await tab.getByText('Nếu không thấy nút nào ở đây').isVisible()).toBe(true);
      await tab.context().close();
    }
  });

  it('is not spoken of where they work', async () => {
    const { tab } = await open({ device: 'empty' });
    await tab.goto(`${pageOrigin}${addPage}`);
    await button(tab).waitFor();
    expect(await tab.getByText('Nếu không thấy nút nào ở đây').isVisible()).toBe(false);
    await tab.context().close();
  });
});

async function open({
  device,
  autofillTakesIt = false,
  without,
}: {
  readonly device: 'with-passkey' | 'empty';
  /** As if the person took the passkey that the browser offers; otherwise they never look at it. */
  readonly autofillTakesIt?: boolean;
  readonly without?: 'script' | 'passkeys';
}): Promise<{ readonly tab: Page; readonly cdp: CDPSession; readonly authenticatorId: string }> {
  const context = await browser.newContext({ javaScriptEnabled: without !== 'script' });
  await servePages(context, { assets, html: (path) => pages.get(path) ?? (path === '/passkey' ? arrived : undefined) });
  if (without === 'passkeys') await context.addInitScript('delete globalThis.PublicKeyCredential');
  const tab = await context.newPage();
  const cdp = await context.newCDPSession(tab);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  if (device === 'with-passkey') await register(tab);
  // A virtual device takes whatever is offered at once: hold back what only autofill asked for.
  if (!autofillTakesIt)
    await context.addInitScript(`PublicKeyCredential.isConditionalMediationAvailable = async () => false`);
  return { tab, cdp, authenticatorId };
}

async function register(tab: Page): Promise<void> {
  await tab.goto(`${pageOrigin}/oidc/signed-out/no-portal`);
  await tab.evaluate(`navigator.credentials.create({ publicKey: {
    rp: { id: location.hostname, name: 'Định Danh' },
    user: { id: new TextEncoder().encode('huong'), name: 'huong', displayName: 'Hường' },
    challenge: new Uint8Array(32),
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  } }).then(() => {})`);
}

function button(tab: Page) {
  return tab.locator('[data-passkey] button');
}

/** What the page sends once its ceremony is over. */
async function pressHere(tab: Page): Promise<URLSearchParams> {
  const posting = tab.waitForRequest((request) => request.method() === 'POST');
  await button(tab).click();
  return new URLSearchParams((await posting).postData() ?? '');
}

async function press(tab: Page, path: string): Promise<URLSearchParams> {
  await tab.goto(`${pageOrigin}${path}`);
  return await pressHere(tab);
}
