import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Portal, startPortal } from '../../../examples/portal/portal.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { province } from '../support/identity.ts';
import { type ScriptedIssuer, startScriptedIssuer } from '../support/scripted-issuer.ts';

let peer: ScriptedIssuer;
let portal: Portal;

beforeEach(async () => {
  peer = await startScriptedIssuer('an-hoa');
  portal = await startPortal({
    issuer: peer.issuer,
    clientId: 'an-hoa',
    clientSecret: 'a-client-secret-for-tests-only-32-chars',
    identity: province,
    scopes: ['openid'],
    port: 0,
    allowInsecure: true,
  });
});

afterEach(async () => {
  await Promise.all([portal.close(), peer.close()]);
});

async function signIn(sid: string): Promise<Browser> {
  const browser = createBrowser();
  const { headers } = await browser.openOnce(`${portal.url}/sign-in`);
  const request = new URL(headers.get('location') ?? '').searchParams;
  peer.script.idToken = { nonce: request.get('nonce'), sid };
  const answer = new URLSearchParams({ code: 'c', iss: peer.issuer, state: request.get('state') ?? '' });
  await browser.open(`${portal.url}/callback?${answer}`);
  return browser;
}

function notify(logoutToken: string): Promise<Response> {
  return fetch(`${portal.url}/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: logoutToken }),
  });
}

async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open(portal.url)).name === 'signed-in';
}

describe('OIDC Back-Channel Logout 1.0 §2.7–2.8: what the portal does and answers', () => {
  it('ends the one session a sid names', async () => {
    const [phone, desk] = [await signIn('s1'), await signIn('s2')];
    const response = await notify(await peer.signLogoutToken({ sid: 's1' }));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect([await isSignedIn(phone), await isSignedIn(desk)]).toEqual([false, true]);
  });

  it('ends all sessions of a sub that comes without sid', async () => {
    const [phone, desk] = [await signIn('s1'), await signIn('s2')];
    expect((await notify(await peer.signLogoutToken({}))).status).toBe(200);
    expect([await isSignedIn(phone), await isSignedIn(desk)]).toEqual([false, false]);
  });

  it('refuses a replay, and a token it cannot trust, with 400 and the reason', async () => {
    const browser = await signIn('s1');
    const token = await peer.signLogoutToken({ sid: 'of-nobody-here' });
    expect((await notify(token)).status).toBe(200);
    const replay = await notify(token);
    expect(replay.status).toBe(400);
    expect(await replay.json()).toEqual({ error: 'invalid_request', error_description: 'jti was seen before' });
    expect((await notify(await peer.signLogoutToken({ nonce: 'n' }))).status).toBe(400);
    expect((await notify('')).status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });
});
