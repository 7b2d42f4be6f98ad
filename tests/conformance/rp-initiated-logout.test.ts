import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildEndSessionUrl, fetchUserInfo } from 'openid-client';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt } from '../support/portal-client.ts';
import { answerOf, type Played, standardPortal } from '../support/portals.ts';

const signedOut = 'http://127.0.0.1:9/signed-out';

let provider: TestInstallation;
let lan: TestPerson;
let played: Played;
let browser: PlainBrowser;
let idToken: string;
let accessToken: string;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
});
beforeEach(async () => {
  played = await standardPortal(provider);
  browser = browserAt(provider.issuer);
  const tokens = await played.client.signIn(browser, lan);
  [idToken, accessToken] = [tokens.id_token ?? '', tokens.access_token];
});
afterAll(() => provider.close());

function end(parameters: Record<string, string>): Promise<PlainPage> {
  return browser.get(`${provider.issuer}/session/end?${new URLSearchParams(parameters)}`);
}

async function isSignedIn({ client }: Played = played): Promise<boolean> {
  const { url } = await browser.get((await client.begin({ prompt: 'none' })).url);
  const { error } = answerOf(url);
  expect([undefined, 'login_required']).toContain(error);
  return error === undefined;
}

function everywhere(page: PlainPage): Promise<PlainPage> {
  expect(page).toMatchObject({ status: 200, name: 'sign-out' });
  return browser.submit(page);
}

describe('OpenID Connect RP-Initiated Logout 1.0 §2, §3', () => {
  it('with a hint, an address and a state: asks, ends, and goes back with the state', async () => {
    const url = buildEndSessionUrl(played.client.configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: signedOut,
      state: 'a state & more',
    });
    const done = await everywhere(await browser.get(url.href));
    expect(done).toMatchObject({ status: 200, refresh: `${signedOut}?state=a+state+%26+more` });
    expect(await isSignedIn()).toBe(false);
    await expect(fetchUserInfo(played.client.configuration, accessToken, 'x')).rejects.toThrow();
  });

  it('without a state: goes back without one', async () => {
    const done = await everywhere(await end({ id_token_hint: idToken, post_logout_redirect_uri: signedOut }));
    expect(done.refresh).toBe(signedOut);
  });

  it('without an address, or without anything: ends on a page of ours', async () => {
    for (const parameters of [{ id_token_hint: idToken }, { state: 'lonely' }, {}]) {
      if (!(await isSignedIn())) await played.client.signIn(browser, lan);
      const done = await everywhere(await end(parameters));
      const page = await browser.get(new URL(done.refresh ?? '', done.url).href);
      expect(page).toMatchObject({ status: 200, name: 'signed-out' });
      expect(page.url.startsWith(provider.issuer)).toBe(true);
      expect(await isSignedIn()).toBe(false);
    }
  });

  it('without a hint: an address is taken from a named client, and passed over from nobody', async () => {
    const { clientId } = played.portal;
    const nobody = await everywhere(await end({ post_logout_redirect_uri: signedOut, state: 'x' }));
    expect(nobody.refresh).not.toContain(signedOut);
    await played.client.signIn(browser, lan);
    const named = await everywhere(await end({ client_id: clientId, post_logout_redirect_uri: signedOut }));
    expect(named.refresh).toBe(signedOut);
  });

  it.each<[string, () => Record<string, string>]>([
    [
      'an address that is not registered',
      () => ({ id_token_hint: idToken, post_logout_redirect_uri: 'https://evil.example/' }),
    ],
    [
      'a query added to a registered one',
      () => ({ id_token_hint: idToken, post_logout_redirect_uri: `${signedOut}?a=b` }),
    ],
    [
      'a changed hint',
      () => ({ id_token_hint: `${idToken.slice(0, -9)}AAAAAAAAA`, post_logout_redirect_uri: signedOut }),
    ],
    ['a hint that is no token', () => ({ id_token_hint: 'nonsense', post_logout_redirect_uri: signedOut })],
    ['a hint of another client', () => ({ id_token_hint: idToken, client_id: 'another' })],
  ])('refuses %s, and nobody is signed out', async (_what, parameters) => {
    const page = await end(parameters());
    expect(page).toMatchObject({ status: 400, name: 'error' });
    expect(await isSignedIn()).toBe(true);
  });

  it('may be posted', async () => {
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: signedOut };
    const done = await everywhere(await browser.post(`${provider.issuer}/session/end`, fields));
    expect(done.refresh).toBe(signedOut);
  });

  it('this portal only: the others stay, and this one comes back without a password', async () => {
    const other = await standardPortal(provider);
    await other.client.signIn(browser, lan);
    const page = await end({ id_token_hint: idToken, post_logout_redirect_uri: signedOut });
    const { logout: _everywhere, ...thisPortal } = page.forms[0]?.fields ?? {};
    const done = await browser.post(new URL(page.forms[0]?.action ?? '', page.url).href, thisPortal);
    expect(done.refresh).toBe(signedOut);
    await expect(fetchUserInfo(played.client.configuration, accessToken, 'x')).rejects.toThrow();
    expect(await isSignedIn(other)).toBe(true);
    expect(await isSignedIn()).toBe(true);
  });

  it('staying ends nothing', async () => {
    await end({ id_token_hint: idToken });
    expect(await isSignedIn()).toBe(true);
  });

  it('where nobody is signed in there is nothing to ask', async () => {
    browser = browserAt(provider.issuer);
    const page = await end({ client_id: played.portal.clientId, post_logout_redirect_uri: signedOut, state: 's' });
    expect(page).toMatchObject({ name: 'signed-out', refresh: `${signedOut}?state=s` });
  });
});
