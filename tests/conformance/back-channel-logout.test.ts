import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { logoutListener } from '../support/logout-listener.ts';
import { browserAt } from '../support/portal-client.ts';
import { standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
});
afterAll(() => provider.close());

const withNotices = (uri: string) => ({
  metadata: { backchannel_logout_uri: uri, backchannel_logout_session_required: true },
});

describe('OpenID Connect Back-Channel Logout 1.0', () => {
  it('§2.4, §2.5: every portal of the session hears of the sign-out by a token of its own', async () => {
    const listeners = [await logoutListener(), await logoutListener()];
    const browser = browserAt(provider.issuer);
    const known = [];
    for (const listener of listeners) {
      const { client, portal } = await standardPortal(provider, withNotices(listener.uri));
      const claims = (await client.signIn(browser, lan)).claims();
      expect(claims?.['sid']).toBeTruthy();
      known.push({ listener, portal, claims });
    }
    await browser.submit(await browser.get(`${provider.issuer}/session/end`));
    const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`));
    for (const { listener, portal, claims } of known) {
      const { token, type } = await listener.next();
      expect(type).toContain('application/x-www-form-urlencoded');
      const { payload } = await jwtVerify(token, keys, {
        issuer: provider.issuer,
        audience: portal.clientId,
        typ: 'logout+jwt',
      });
      expect(payload).toMatchObject({
        sub: claims?.sub,
        sid: claims?.['sid'],
        jti: expect.any(String),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
      expect(payload).not.toHaveProperty('nonce');
      expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(120);
      await listener.close();
    }
  });

  it('§2.8: a portal that fails is told again, by a token signed anew', async () => {
    const listener = await logoutListener([500]);
    const { client } = await standardPortal(provider, withNotices(listener.uri));
    const browser = browserAt(provider.issuer);
    await client.signIn(browser, lan);
    await browser.submit(await browser.get(`${provider.issuer}/session/end`));
    const [first, second] = [await listener.next(), await listener.next()];
    expect(decodeJwt(second.token)['jti']).not.toBe(decodeJwt(first.token)['jti']);
    expect(decodeJwt(second.token)['sid']).toBe(decodeJwt(first.token)['sid']);
    // Signed when it left, not when the person signed out.
    expect(Math.abs(Number(decodeJwt(second.token).iat) - second.at / 1000)).toBeLessThan(2);
    await listener.close();
  });

  it('signing out of one portal tells that one alone', async () => {
    const [here, there] = [await logoutListener(), await logoutListener()];
    const browser = browserAt(provider.issuer);
    const { client, portal } = await standardPortal(provider, withNotices(here.uri));
    const other = await standardPortal(provider, withNotices(there.uri));
    await client.signIn(browser, lan);
    await other.client.signIn(browser, lan);
    const page = await browser.get(`${provider.issuer}/session/end?client_id=${portal.clientId}`);
    const { logout: _everywhere, ...thisPortal } = page.forms[0]?.fields ?? {};
    await browser.post(new URL(page.forms[0]?.action ?? '', page.url).href, thisPortal);
    expect(decodeJwt((await here.next()).token)).toMatchObject({ aud: portal.clientId });
    const silent = await browser.get((await other.client.begin({ prompt: 'none' })).url);
    expect(silent.url).toContain('code=');
    expect(there.received()).toBe(0);
    await Promise.all([here.close(), there.close()]);
  });

  it('switching to another account tells the portals of the one that left', async () => {
    const listener = await logoutListener();
    const { client, portal } = await standardPortal(provider, withNotices(listener.uri));
    const minh = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const left = (await client.signIn(browser, lan)).claims();
    const login = await client.begin({ prompt: 'select_account' });
    const page = await browser.submit(await browser.get(login.url), { decision: 'another' });
    const proved = await browser.submit(page, { identifier: minh.email, password: minh.password });
    await browser.get(new URL(proved.refresh ?? '', proved.url).href);
    expect(decodeJwt((await listener.next()).token)).toMatchObject({ aud: portal.clientId, sub: left?.sub });
    await listener.close();
  });
});
