import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { fetchUserInfo } from 'openid-client';
import { portalSecret, startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { logoutListener } from '../support/logout-listener.ts';
import { browserAt } from '../support/portal-client.ts';
import { aCode, answerOf, aResource, basic, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
});
afterAll(() => provider.close());

async function userinfo(token: string): Promise<number> {
  return (await fetch(`${provider.issuer}/me`, { headers: { authorization: `Bearer ${token}` } })).status;
}

describe('a token used as another', () => {
  it('an ID token, a refresh token or a code opens nothing', async () => {
    const played = await standardPortal(provider);
    const tokens = await played.client.signIn(browserAt(provider.issuer), lan, { scope: 'openid offline_access' });
    const { code = '' } = await aCode(provider, played, { person: lan });
    for (const token of [tokens.id_token ?? '', tokens.refresh_token ?? '', code]) {
      expect(await userinfo(token)).toBe(401);
    }
    const headers = basic(played.portal.clientId, portalSecret);
    const refresh = (refresh_token: string) =>
      post(provider, '/token', { fields: { grant_type: 'refresh_token', refresh_token }, headers });
    expect((await refresh(tokens.access_token)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(code)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('an ID token is not answered at introspection', async () => {
    const played = await standardPortal(provider);
    const { id_token: token = '' } = await played.client.signIn(browserAt(provider.issuer), lan);
    const headers = basic(played.portal.clientId, portalSecret);
    const { status, body } = await post(provider, '/token/introspection', { fields: { token }, headers });
    expect([status, body['error']]).toEqual([400, 'unsupported_token_type']);
  });

  it('a JWT access token is no ID token: another type, another audience, no nonce', async () => {
    const resource = await aResource(provider, { accessTokenFormat: 'jwt' });
    const played = await standardPortal(provider, { resources: [resource.identifier] });
    const { identifier } = resource;
    const fields = await aCode(provider, played, { person: lan, resource: identifier, scope: 'openid records:read' });
    const { body } = await post(provider, '/token', {
      fields: { ...fields, resource: identifier },
      headers: basic(played.portal.clientId, portalSecret),
    });
    const token = String(body['access_token']);
    expect(decodeProtectedHeader(token).typ).toBe('at+jwt');
    const { url } = await browserAt(provider.issuer).get((await played.client.begin({ id_token_hint: token })).url);
    expect(answerOf(url)).toMatchObject({ error: 'invalid_request' });
    expect(await userinfo(token)).toBe(401);
  });

  it('a logout token is no ID token, and no hint for one', async () => {
    const listener = await logoutListener();
    const played = await standardPortal(provider, {
      metadata: { backchannel_logout_uri: listener.uri, backchannel_logout_session_required: true },
    });
    const browser = browserAt(provider.issuer);
    await played.client.signIn(browser, lan);
    await browser.submit(await browser.get(`${provider.issuer}/session/end`));
    const { token } = await listener.next();
    await listener.close();
    expect(decodeProtectedHeader(token).typ).toBe('logout+jwt');
    expect(decodeJwt(token)).not.toHaveProperty('nonce');
    const { url } = await browser.get((await played.client.begin({ prompt: 'none', id_token_hint: token })).url);
    expect(answerOf(url)).toMatchObject({ error: 'invalid_request' });
    const end = await browser.get(`${provider.issuer}/session/end?id_token_hint=${token}`);
    expect(end).toMatchObject({ status: 400, name: 'error' });
  });
});

describe('somebody else', () => {
  it('userinfo is of the person of the token: a portal that expects another finds out', async () => {
    const minh = await provider.addPerson();
    const { client } = await standardPortal(provider);
    const ofLan = await client.signIn(browserAt(provider.issuer), lan);
    const ofMinh = await client.signIn(browserAt(provider.issuer), minh);
    const swapped = fetchUserInfo(client.configuration, ofLan.access_token, ofMinh.claims()?.sub ?? '');
    await expect(swapped).rejects.toThrow('unexpected JSON attribute value');
  });

  it('a hint or a claim names no person to who asks: the answer is the same for a stranger and for nobody', async () => {
    const [here, there] = [await standardPortal(provider), await standardPortal(provider)];
    const { sub = '' } = (await here.client.signIn(browserAt(provider.issuer), lan)).claims() ?? {};
    const browser = browserAt(provider.issuer);
    await there.client.signIn(browser, await provider.addPerson());
    const ask = async (value: string) => {
      const claims = JSON.stringify({ id_token: { sub: { value } } });
      const { url } = await browser.get((await there.client.begin({ claims, prompt: 'none' })).url);
      const { state: _state, ...answer } = answerOf(url);
      return answer;
    };
    expect(await ask(sub)).toEqual(await ask('nobody at all'));
  });

  it('an ID token of another portal is no hint here', async () => {
    const [here, there] = [await standardPortal(provider), await standardPortal(provider)];
    const { id_token: hint = '' } = await here.client.signIn(browserAt(provider.issuer), lan);
    const { url } = await browserAt(provider.issuer).get((await there.client.begin({ id_token_hint: hint })).url);
    expect(answerOf(url)).toMatchObject({ error: 'invalid_request' });
  });
});
