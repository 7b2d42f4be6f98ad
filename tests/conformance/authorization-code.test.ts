import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchUserInfo } from 'openid-client';
import {
  callback,
  portalSecret,
  startInstallation,
  type TestInstallation,
  type TestPerson,
} from '../support/installation.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import {
  answerOf,
  basic,
  fapiPortal,
  keyPortal,
  nativePortal,
  type Played,
  post,
  standardPortal,
} from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;
let standard: Played;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
  standard = await standardPortal(provider);
});
afterAll(() => provider.close());

describe('OIDC Core §3.1: the authorization code flow', () => {
  it('serves a standard client with a secret', async () => {
    const tokens = await standard.client.signIn(browserAt(provider.issuer), lan);
    expect(tokens.token_type.toLowerCase()).toBe('bearer');
    expect(tokens.expires_in).toBe(600);
    expect(tokens.claims()).toMatchObject({ iss: provider.issuer, aud: standard.portal.clientId });
  });

  it('serves a standard client with a key of its own', async () => {
    const { client } = await keyPortal(provider);
    expect((await client.signIn(browserAt(provider.issuer), lan)).claims()?.sub).toBeTruthy();
  });

  it('serves an app, on whatever loopback port it listens, with tokens bound to its key', async () => {
    const { client } = await nativePortal(provider);
    const tokens = await client.signIn(browserAt(provider.issuer), lan);
    expect(tokens.token_type.toLowerCase()).toBe('dpop');
  });

  it('serves a FAPI 2.0 client through a pushed request, and in no other way', async () => {
    const { client } = await fapiPortal(provider);
    const browser = browserAt(provider.issuer);
    const login = await client.push();
    const tokens = await client.redeem(login, (await signIn(browser, login.url, lan)).url);
    expect(tokens.token_type.toLowerCase()).toBe('dpop');
    const direct = await browser.get((await client.begin()).url);
    expect(answerOf(direct.url)).toMatchObject({ error: 'invalid_request', iss: provider.issuer });
  });

  it('signs ID tokens with ES256, and with RS256 for a client that needs it', async () => {
    const rs256 = await standardPortal(provider, { metadata: { id_token_signed_response_alg: 'RS256' } });
    const header = (token = ''): { alg?: string } =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    const browser = browserAt(provider.issuer);
    expect(header((await standard.client.signIn(browser, lan)).id_token).alg).toBe('ES256');
    expect(header((await rs256.client.signIn(browser, lan)).id_token).alg).toBe('RS256');
  });
});

describe('OIDC Core §3.1.2.1: the authentication request', () => {
  it('may be posted', async () => {
    const browser = browserAt(provider.issuer);
    const login = await standard.client.begin();
    const page = await browser.post(`${provider.issuer}/auth`, answerOf(login.url));
    expect(page.name).toBe('identify');
    const answer = await signIn(browser, page.url, lan);
    expect((await standard.client.redeem(login, answer.url)).access_token).toBeTruthy();
  });

  it('succeeds with parameters nobody knows', async () => {
    const tokens = await standard.client.signIn(browserAt(provider.issuer), lan, { extra: 'unknown', foo: 'bar' });
    expect(tokens.id_token).toBeTruthy();
  });

  it('succeeds with a scope nobody knows, which is left out', async () => {
    const tokens = await standard.client.signIn(browserAt(provider.issuer), lan, { scope: 'openid weather' });
    expect(tokens.scope).toBe('openid');
  });

  it.each([
    [{ request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    [{ request_uri: 'https://portal.example/request.jwt' }, 'request_uri_not_supported'],
    [{ registration: '{}' }, 'registration_not_supported'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: 'code id_token' }, 'unsupported_response_type'],
    [{ response_mode: 'web_message' }, 'unsupported_response_mode'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ prompt: 'whatever' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
    [{ claims: 'not json' }, 'invalid_request'],
    [{ id_token_hint: 'not.a.token' }, 'invalid_request'],
    [{ scope: 'openid national_id phone address' }, 'invalid_scope'],
  ])('refuses %j', async (parameters, error) => {
    const narrow = await standardPortal(provider, { metadata: { scope: 'openid email' } });
    const { url, state } = await narrow.client.begin(parameters);
    const { url: answered } = await browserAt(provider.issuer).get(url);
    expect(answered.startsWith(callback)).toBe(true);
    const answer = Object.fromEntries(new URLSearchParams(new URL(answered).search || new URL(answered).hash.slice(1)));
    expect(answer).toMatchObject({ error, state, iss: provider.issuer });
  });

  it.each(['response_type', 'redirect_uri', 'client_id'])('refuses one without %s', async (missing) => {
    const url = new URL((await standard.client.begin()).url);
    url.searchParams.delete(missing);
    const page = await browserAt(provider.issuer).get(url.href);
    if (missing === 'response_type') expect(answerOf(page.url)).toMatchObject({ error: 'invalid_request' });
    else expect(page).toMatchObject({ status: 400, name: 'error' });
  });

  it('asks a legacy client without PKCE for a nonce, and lets it in with one', async () => {
    const legacy = await standardPortal(provider, { legacy: true });
    const without = (url: string, ...names: string[]): string => {
      const parsed = new URL(url);
      for (const name of names) parsed.searchParams.delete(name);
      return parsed.href;
    };
    const login = await legacy.client.begin();
    const pkce = ['code_challenge', 'code_challenge_method'] as const;
    const browser = browserAt(provider.issuer);
    const refused = await browser.get(without(login.url, ...pkce, 'nonce'));
    expect(answerOf(refused.url)).toMatchObject({ error: 'invalid_request' });

    const { code = '' } = answerOf((await signIn(browser, without(login.url, ...pkce), lan)).url);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback };
    const headers = basic(legacy.portal.clientId, portalSecret);
    expect((await post(provider, '/token', { fields, headers })).status).toBe(200);

    const strict = await browser.get(without((await standard.client.begin()).url, ...pkce));
    expect(answerOf(strict.url)).toMatchObject({ error: 'invalid_request' });
  });
});

describe('OAuth 2.0 Multiple Response Types §2.1; Form Post Response Mode 1.0', () => {
  it('answers in the query by default, in the fragment on request', async () => {
    const login = await standard.client.begin({ response_mode: 'fragment' });
    const answer = new URL((await signIn(browserAt(provider.issuer), login.url, lan)).url);
    expect(answer.search).toBe('');
    expect(Object.fromEntries(new URLSearchParams(answer.hash.slice(1)))).toMatchObject({
      state: login.state,
      iss: provider.issuer,
      code: expect.any(String),
    });
  });

  it('posts to the portal with a page that may post there, run its script, and nothing more', async () => {
    const login = await standard.client.begin({ response_mode: 'form_post' });
    const page = await signIn(browserAt(provider.issuer), login.url, lan);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`form-action 'self' ${new URL(callback).origin}`);
    expect(policy).toMatch(/script-src 'self' 'sha256-/);
    expect(policy).toContain("default-src 'none'");
    const [form] = page.forms;
    expect(form?.action).toBe(callback);
    const request = new Request(callback, { method: 'POST', body: new URLSearchParams(form?.fields ?? {}) });
    expect((await standard.client.redeem(login, request)).access_token).toBeTruthy();
  });

  it('posts errors as well', async () => {
    const login = await standard.client.begin({ response_mode: 'form_post', prompt: 'none' });
    const page = await browserAt(provider.issuer).get(login.url);
    expect(page.forms[0]?.fields).toMatchObject({ error: 'login_required', state: login.state, iss: provider.issuer });
    expect(page.headers.get('content-security-policy')).toContain(new URL(callback).origin);
  });
});

describe('RFC 9207: the issuer in every answer', () => {
  it('is in successes and errors', async () => {
    const browser = browserAt(provider.issuer);
    const none = await browser.get((await standard.client.begin({ prompt: 'none' })).url);
    expect(answerOf(none.url)).toMatchObject({ error: 'login_required', iss: provider.issuer });
    const answer = await signIn(browser, (await standard.client.begin()).url, lan);
    expect(answerOf(answer.url)['iss']).toBe(provider.issuer);
  });
});

describe('RFC 6749 §4.1.3, §10.5: a code', () => {
  it('is worth one exchange, and a second ends what the first gave', async () => {
    const login = await standard.client.begin();
    const answer = await signIn(browserAt(provider.issuer), login.url, lan);
    const tokens = await standard.client.redeem(login, answer.url);
    const { sub = '' } = tokens.claims() ?? {};
    await fetchUserInfo(standard.client.configuration, tokens.access_token, sub);
    await expect(standard.client.redeem(login, answer.url)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(fetchUserInfo(standard.client.configuration, tokens.access_token, sub)).rejects.toMatchObject({
      status: 401,
    });
  });

  it('is worth nothing with another redirect URI', async () => {
    const { clientId } = standard.portal;
    const login = await standard.client.begin();
    const { code = '' } = answerOf((await signIn(browserAt(provider.issuer), login.url, lan)).url);
    const redeem = (redirectUri: string) =>
      post(provider, '/token', {
        fields: {
          grant_type: 'authorization_code',
          code,
          code_verifier: login.verifier,
          ...(redirectUri && { redirect_uri: redirectUri }),
        },
        headers: basic(clientId, portalSecret),
      });
    expect((await redeem(`${callback}/`)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await redeem('')).body).toMatchObject({ error: 'invalid_request' });
    expect((await redeem(callback)).status).toBe(200);
  });
});
