import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  callback,
  portalSecret,
  startInstallation,
  type TestInstallation,
  type TestPerson,
} from '../support/installation.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { answerOf, basic, fapiPortal, nativePortal, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
});
afterAll(() => provider.close());

describe('RFC 9126: pushed authorization requests', () => {
  it('serve clients of every profile', async () => {
    const played = [await standardPortal(provider), await fapiPortal(provider), await nativePortal(provider)];
    for (const { client } of played) {
      const login = await client.push({ scope: 'openid offline_access', claims: JSON.stringify({ userinfo: {} }) });
      expect([...new URL(login.url).searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
      const tokens = await client.redeem(login, (await signIn(browserAt(provider.issuer), login.url, lan)).url);
      expect(tokens.scope).toBe('openid offline_access');
      expect(tokens.refresh_token).toBeTruthy();
    }
  });

  it('§2.2: answer 201 with a name for sixty seconds', async () => {
    const { portal, client } = await standardPortal(provider);
    const fields = answerOf((await client.begin()).url);
    const { status, body } = await post(provider, '/request', {
      fields,
      headers: basic(portal.clientId, portalSecret),
    });
    expect([status, body['expires_in']]).toEqual([201, 60]);
    expect(body['request_uri']).toMatch(/^urn:ietf:params:oauth:request_uri:/);
  });

  it('§2.3: tell the client at once what is wrong, and never the browser', async () => {
    const { portal, client } = await standardPortal(provider);
    const headers = basic(portal.clientId, portalSecret);
    const good = answerOf((await client.begin()).url);
    const push = async (changes: Record<string, string>) => {
      const { status, body } = await post(provider, '/request', { fields: { ...good, ...changes }, headers });
      return [status, body['error']];
    };
    expect(await push({ redirect_uri: 'https://evil.example/' })).toEqual([400, 'invalid_request']);
    expect(await push({ request_uri: 'urn:ietf:params:oauth:request_uri:x' })).toEqual([
      400,
      'request_uri_not_supported',
    ]);
    expect(await push({ request: 'a.b.c' })).toEqual([400, 'request_not_supported']);
    expect(await push({ code_challenge: '' })).toEqual([400, 'invalid_request']);
    const anonymous = await post(provider, '/request', { fields: good });
    expect([anonymous.status, anonymous.body['error']]).toEqual([401, 'invalid_client']);
  });

  it('§4: serve one login, of the client that pushed them', async () => {
    const { client } = await standardPortal(provider);
    const other = await standardPortal(provider);
    const browser = browserAt(provider.issuer);
    const login = await client.push();
    const stolen = new URL(login.url);
    stolen.searchParams.set('client_id', other.portal.clientId);
    const theft = await browser.get(stolen.href);
    expect(theft.url.startsWith(callback) && 'code' in answerOf(theft.url)).toBe(false);
    expect((await signIn(browser, login.url, lan)).url).toContain('code=');
    const again = await browser.get(login.url);
    expect(again.url).not.toContain('code=');
    expect(again.status).toBe(400);
  });

  it('what was pushed counts, whatever the browser adds', async () => {
    const { client } = await standardPortal(provider);
    const login = await client.push();
    const url = `${login.url}&scope=openid%20email&redirect_uri=https%3A%2F%2Fevil.example&state=x`;
    const answer = await signIn(browserAt(provider.issuer), url, lan);
    expect((await client.redeem(login, answer.url)).scope).toBe('openid');
  });
});
