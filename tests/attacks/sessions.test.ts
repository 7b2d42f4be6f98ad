import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import type { PlainBrowser } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { answerOf, type Played, standardPortal } from '../support/portals.ts';
import { sendRaw } from '../support/raw-request.ts';

let provider: TestInstallation;
let lan: TestPerson;
let played: Played;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
  played = await standardPortal(provider);
});
afterAll(() => provider.close());

const sessionCookies = (browser: PlainBrowser) =>
  [...browser.cookies].filter(([name]) => /^session(\.sig)?\n/.test(name));

async function isSignedIn(browser: PlainBrowser): Promise<boolean> {
  const { url } = await browser.get((await played.client.begin({ prompt: 'none' })).url);
  return answerOf(url)['error'] === undefined;
}

describe('session fixation', () => {
  it('a session planted before the login is not the one after it', async () => {
    const attacker = browserAt(provider.issuer);
    await attacker.get(`${provider.issuer}/session/end`);
    const planted = sessionCookies(attacker);
    const victim = browserAt(provider.issuer);
    for (const [name, cookie] of planted) victim.cookies.set(name, cookie);
    await played.client.signIn(victim, lan);
    expect(await isSignedIn(victim)).toBe(true);
    expect(await isSignedIn(attacker)).toBe(false);
  });

  it('a session gets a new id at every login, and the old one soon opens nothing', async () => {
    const browser = browserAt(provider.issuer);
    await played.client.signIn(browser, lan);
    const before = sessionCookies(browser);
    await signIn(browser, (await played.client.begin({ prompt: 'login' })).url, lan);
    expect(sessionCookies(browser)).not.toEqual(before);
    await provider.database.dataSource.query(
      `UPDATE oidc_session_alias SET retired_at = retired_at - interval '61 seconds'`,
    );
    const thief = browserAt(provider.issuer);
    for (const [name, cookie] of before) thief.cookies.set(name, cookie);
    expect(await isSignedIn(thief)).toBe(false);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('a cookie nobody signed is nobody', async () => {
    const browser = browserAt(provider.issuer);
    await played.client.signIn(browser, lan);
    const thief = browserAt(provider.issuer);
    for (const [name, cookie] of sessionCookies(browser)) {
      if (name.startsWith('session\n')) thief.cookies.set(name, cookie);
    }
    expect(await isSignedIn(thief)).toBe(false);
  });
});

describe('a shared device', () => {
  it('keeps no cookie past the browser', async () => {
    const login = await played.client.begin();
    const browser = browserAt(provider.issuer);
    const page = await browser.get(login.url);
    const fields = { identifier: lan.email, password: lan.password, shared_device: 'yes' };
    const proved = await browser.submit(page, fields);
    const answer = await browser.get(new URL(proved.refresh ?? '', proved.url).href);
    const cookies = answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('session'));
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).not.toMatch(/expires|max-age/i);
    expect([...browser.cookies.keys()].some((name) => name.startsWith('device'))).toBe(false);
  });
});

describe('cookies and headers on a public issuer', () => {
  it('are bound to the host or to a path, and never leave TLS', async () => {
    const secure = await startInstallation({ DINHDANH_ISSUER: 'https://id.example', DINHDANH_TRUSTED_PROXIES: '1' });
    const portal = await secure.addPortal();
    const query = new URLSearchParams({
      client_id: portal.clientId,
      redirect_uri: portal.metadata.redirect_uris[0] ?? '',
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    });
    const proxied = { host: 'id.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
    const begun = await sendRaw(secure.issuer, { method: 'GET', path: `/auth?${query}`, headers: proxied });
    expect(begun.status).toBe(303);
    const page = await sendRaw(secure.issuer, {
      method: 'GET',
      path: new URL(String(begun.headers['location']), 'https://id.example').pathname,
      headers: {
        ...proxied,
        cookie: [begun.headers['set-cookie'] ?? []]
          .flat()
          .map((one) => one.split(';')[0])
          .join('; '),
      },
    });
    expect(page.status).toBe(200);
    const out = await sendRaw(secure.issuer, { method: 'GET', path: '/session/end', headers: proxied });
    const cookies = [begun, page, out].flatMap(({ headers }) => headers['set-cookie'] ?? []);
    const names = new Set(cookies.map((cookie) => cookie.split('=')[0]?.replace('.sig', '')));
    expect(names).toEqual(new Set(['__Secure-interaction', '__Secure-resume', '__Host-browser', '__Host-session']));
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; secure/i);
      expect(cookie).toMatch(/; httponly/i);
      expect(cookie).toMatch(/; samesite=lax/i);
      expect(cookie).not.toMatch(/; domain/i);
      if (cookie.startsWith('__Host-')) expect(cookie).toMatch(/; path=\/(;|$)/);
    }
    for (const { headers } of [begun, page, out]) {
      expect(headers['strict-transport-security']).toContain('max-age=63072000');
    }
    await secure.close();
  });
});
