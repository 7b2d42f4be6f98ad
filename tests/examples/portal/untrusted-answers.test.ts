import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPair } from 'jose';
import { type Portal, startPortal } from '../../../examples/portal/portal.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { province } from '../support/identity.ts';
import { type ScriptedIssuer, startScriptedIssuer } from '../support/scripted-issuer.ts';

let peer: ScriptedIssuer;
let portal: Portal;
let browser: Browser;

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
  browser = createBrowser();
});

afterEach(async () => {
  await Promise.all([portal.close(), peer.close()]);
});

/** Begins a sign-in; the issuer will repeat the request's nonce unless the test says otherwise. */
async function begin(query = ''): Promise<URLSearchParams> {
  const { headers } = await browser.openOnce(`${portal.url}/sign-in${query}`);
  const request = new URL(headers.get('location') ?? '').searchParams;
  peer.script.idToken = { nonce: request.get('nonce') };
  return request;
}

function callback(answer: Readonly<Record<string, string>>): string {
  return `${portal.url}/callback?${new URLSearchParams({ code: 'c', iss: peer.issuer, ...answer })}`;
}

async function answerTo(request: URLSearchParams, answer: Readonly<Record<string, string>> = {}) {
  return browser.open(callback({ state: request.get('state') ?? '', ...answer }));
}

describe('OIDC Core §3.1.2.1, RFC 7636, RFC 9700 §2.1: the request', () => {
  it('carries state, nonce and an S256 challenge, new each time', async () => {
    const first = await begin();
    const second = await begin();
    expect(first.get('code_challenge_method')).toBe('S256');
    expect(first.get('response_type')).toBe('code');
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first.get(name)).toMatch(/^[\w-]{43}$/);
      expect(first.get(name)).not.toBe(second.get(name));
    }
  });

  it('takes no redirect_uri, client_id or state from a link', async () => {
    const request = await begin('?redirect_uri=https://evil.example&client_id=other&state=planted');
    expect(request.get('redirect_uri')).toBe(`${portal.url}/callback`);
    expect(request.get('client_id')).toBe('an-hoa');
    expect(request.get('state')).not.toBe('planted');
  });

  it.each(['?claims=%7B', '?max_age=soon'])('refuses a link it cannot read: %s', async (query) => {
    expect((await browser.open(`${portal.url}/sign-in${query}`)).status).toBe(400);
  });
});

describe('answers a portal must not trust', () => {
  it('accepts the honest answer, as the control', async () => {
    expect((await answerTo(await begin())).name).toBe('signed-in');
  });

  it('refuses a state of another browser', async () => {
    const request = await begin();
    browser = createBrowser();
    const page = await answerTo(request);
    expect(page.status).toBe(400);
    expect(page.body).toContain('belongs to no sign-in');
    expect(peer.requests).not.toContain('/token');
  });

  it('refuses an answer without state', async () => {
    await begin();
    expect((await browser.open(`${portal.url}/callback?code=c&iss=${encodeURIComponent(peer.issuer)}`)).name).toBe(
      'error',
    );
    expect(peer.requests).not.toContain('/token');
  });

  it('spends a state once', async () => {
    const request = await begin();
    peer.script.tokenFault = { status: 400, body: { error: 'invalid_grant' } };
    expect((await answerTo(request)).body).toContain('invalid_grant');
    delete peer.script.tokenFault;
    expect((await answerTo(request)).body).toContain('belongs to no sign-in');
  });

  it('RFC 9207 §2.4: refuses an iss of another provider before the code leaves', async () => {
    const page = await answerTo(await begin(), { iss: 'http://127.0.0.1:1' });
    expect(page.body).toContain('OAUTH_INVALID_RESPONSE');
    expect(peer.requests).not.toContain('/token');
  });

  it('RFC 9207 §2.4: refuses a missing iss', async () => {
    const request = await begin();
    const page = await browser.open(`${portal.url}/callback?code=c&state=${request.get('state')}`);
    expect(page.name).toBe('error');
    expect(peer.requests).not.toContain('/token');
  });

  it.each([
    ['another nonce', { nonce: 'planted' }],
    ['no nonce', { nonce: null }],
    ['another audience', { aud: 'other-client' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['an expiry long past', { exp: 1 }],
  ])('refuses an ID token with %s', async (_case, change) => {
    const request = await begin();
    Object.assign(peer.script.idToken, change);
    const page = await answerTo(request);
    expect(page.name).toBe('error');
    expect((await browser.open(portal.url)).name).toBe('landing');
  });

  it('refuses an ID token signed by a stranger', async () => {
    const request = await begin();
    peer.script.key = (await generateKeyPair('ES256')).privateKey;
    expect((await answerTo(request)).name).toBe('error');
  });

  it('refuses userinfo of another person', async () => {
    const request = await begin();
    peer.script.userinfo = { sub: 'mallory' };
    expect((await answerTo(request)).name).toBe('error');
  });

  it('refuses a sign-in older than it asked for', async () => {
    const request = await begin('?max_age=60');
    Object.assign(peer.script.idToken, { auth_time: Math.floor(Date.now() / 1000) - 3600 });
    expect((await answerTo(request)).name).toBe('error');
  });

  it.each([
    ['low', 403, 'error'],
    ['high', 200, 'signed-in'],
  ])('judges acr %s against the levels it demanded', async (acr, status, name) => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['substantial', 'high'] } } });
    const request = await begin(`?claims=${encodeURIComponent(claims)}`);
    Object.assign(peer.script.idToken, { acr });
    expect(await answerTo(request)).toMatchObject({ status, name });
  });

  it('shows the words of an error as text, never as markup', async () => {
    const request = await begin();
    const page = await answerTo(request, { error: 'x"><script>', error_description: '<img src=x onerror=alert(1)>' });
    expect(page.body).not.toMatch(/<script|<img/);
    expect(page.body).toContain('&lt;img');
  });
});
