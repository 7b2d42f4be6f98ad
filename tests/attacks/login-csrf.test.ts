import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { answerOf, type Played, standardPortal } from '../support/portals.ts';
import { releasedByConsent } from '../support/relying-party.ts';
import { routesOf } from '../support/routes.ts';

let provider: TestInstallation;
let attacker: TestPerson;
let lan: TestPerson;
let played: Played;
let browser: PlainBrowser;
let page: PlainPage;

beforeAll(async () => {
  provider = await startInstallation();
  [lan, attacker] = [await provider.addPerson(), await provider.addPerson()];
  played = await standardPortal(provider, { release: [releasedByConsent('email', true)] });
});
beforeEach(async () => {
  browser = browserAt(provider.issuer);
  page = await browser.get((await played.client.begin({ scope: 'openid email' })).url);
});
afterAll(() => provider.close());

const fields = (more: Record<string, string> = {}) => ({
  identifier: attacker.email,
  password: attacker.password,
  ...more,
});

async function isSignedIn(): Promise<boolean> {
  const { url } = await browser.get((await played.client.begin({ prompt: 'none' })).url);
  return answerOf(url)['error'] !== 'login_required';
}

describe('a form that another site fills in', () => {
  it.each<[string, Record<string, string>]>([
    ['from another origin', { origin: 'https://evil.example' }],
    ['from an origin that hides', { origin: 'null' }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a neighbour', { 'sec-fetch-site': 'same-site' }],
  ])('%s signs nobody in, whatever its token', async (_what, headers) => {
    const [form] = page.forms;
    const answer = await browser.post(
      new URL(form?.action ?? '', page.url).href,
      { ...form?.fields, ...fields() },
      headers,
    );
    expect(answer).toMatchObject({ status: 403, name: 'error' });
    expect(await isSignedIn()).toBe(false);
  });

  it('with no token, or the token of another login or another browser, shows the page again', async () => {
    const action = new URL(page.forms[0]?.action ?? '', page.url).href;
    const otherLogin = await browser.get((await played.client.begin()).url);
    const otherBrowser = await browserAt(provider.issuer).get((await played.client.begin()).url);
    const tokens = ['', otherLogin.forms[0]?.fields['csrf'] ?? '', otherBrowser.forms[0]?.fields['csrf'] ?? ''];
    expect(new Set(tokens).size).toBe(3);
    for (const csrf of tokens) {
      const answer = await browser.post(action, fields({ csrf }));
      expect(answer.name).toBe('identify');
      expect(await isSignedIn()).toBe(false);
    }
    expect((await browser.submit(page, fields())).name).not.toBe('identify');
  });

  it('every step that changes something asks for the token and the origin', async () => {
    const uid = new URL(page.url).pathname.split('/').pop() ?? '';
    const [form] = page.forms;
    const posts = routesOf(provider).filter(
      ({ method, path }) => method === 'POST' && path.startsWith('/interaction/'),
    );
    expect(posts.length).toBeGreaterThanOrEqual(4);
    for (const { path } of posts) {
      const url = `${provider.issuer}${path.replace(':uid', uid)}`;
      const foreign = await browser.post(url, { ...form?.fields }, { origin: 'https://evil.example' });
      expect([path, foreign.status]).toEqual([path, 403]);
      const without = await browser.post(url, { ...fields(), email: lan.email, decision: 'allow' });
      expect([path, without.status < 500, without.url.includes('code=')]).toEqual([path, true, false]);
    }
    // Nothing was done by any of them: no login, no mail (but of the real sign-ins before), no answer for the portal.
    const ofSteps = provider.mails.filter(({ text }) => !text.includes('/account/not-me/'));
    expect(ofSteps).toEqual([]);
    expect((await browser.get(page.url)).name).toBe('identify');
  });

  it('does not agree to what is released', async () => {
    const release = await browser.submit(page, { identifier: lan.email, password: lan.password });
    expect(release.name).toBe('consent');
    const [form] = release.forms;
    const url = new URL(form?.action ?? '', release.url).href;
    const foreign = await browser.post(url, { ...form?.fields }, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const { csrf: _csrf, ...without } = form?.fields ?? {};
    expect((await browser.post(url, without)).name).toBe('consent');
  });

  it('signs nobody out', async () => {
    await signIn(browser, page.url, lan);
    for (const [body, headers] of [
      [{ logout: 'yes' }, {}],
      [{ logout: 'yes', xsrf: 'guessed' }, {}],
      [{ logout: 'yes', xsrf: '' }, { origin: 'https://evil.example' }],
    ] as const) {
      const before = await browser.post(`${provider.issuer}/session/end/confirm`, body, headers);
      expect(before).toMatchObject({ status: 400, name: 'error' });
    }
    // Not by the mere visit either, with whatever it asks for.
    await browser.get(`${provider.issuer}/session/end?logout=yes&xsrf=x`);
    expect(await isSignedIn()).toBe(true);
  });
});
