import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { portalSecret, startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { browserAt } from '../support/portal-client.ts';
import { aCode, answerOf, aResource, basic, type Played, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
});
afterAll(() => provider.close());

const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const;

async function tokensFor(played: Played, resource: string, scope = 'openid records:read offline_access') {
  const fields = await aCode(provider, played, { person: lan, resource, scope });
  const headers = basic(played.portal.clientId, portalSecret);
  return (await post(provider, '/token', { fields: { ...fields, resource }, headers })).body;
}

async function introspect(clientId: string, token: unknown) {
  const headers = basic(clientId, portalSecret);
  return (await post(provider, '/token/introspection', { fields: { token: String(token) }, headers })).body;
}

async function subjectAt(played: Played): Promise<string> {
  return (await played.client.signIn(browserAt(provider.issuer), lan)).claims()?.sub ?? '';
}

describe('RFC 8707: resource indicators', () => {
  it('name the API a token is for, and userinfo does not open for it', async () => {
    const resource = await aResource(provider);
    const played = await standardPortal(provider, { resources: [resource.identifier] });
    const body = await tokensFor(played, resource.identifier);
    expect(body).toMatchObject({ scope: 'records:read', expires_in: 300 });
    const headers = { authorization: `Bearer ${body['access_token']}` };
    expect((await fetch(`${provider.issuer}/me`, { headers })).status).toBe(403);
  });

  it('§2: an API the client is not registered for, or two at once, is invalid_target', async () => {
    const [one, two, foreign] = [await aResource(provider), await aResource(provider), await aResource(provider)];
    const played = await standardPortal(provider, { resources: [one.identifier, two.identifier] });
    const browser = browserAt(provider.issuer);
    for (const resource of [foreign.identifier, 'https://nobody.example/', 'not a uri', `${one.identifier}#fragment`]) {
      const { url } = await played.client.begin({ resource });
      expect(answerOf((await browser.get(url)).url)).toMatchObject({ error: 'invalid_target' });
    }
    const login = await played.client.begin({ resource: one.identifier, scope: 'openid records:read' });
    const both = `${login.url}&resource=${encodeURIComponent(two.identifier)}`;
    const page = await browser.get(both);
    const answered = await browser.submit(page, { identifier: lan.email, password: lan.password });
    const { url } = await browser.get(new URL(answered.refresh ?? '', answered.url).href);
    const { code = '' } = answerOf(url);
    const fields = new URLSearchParams({ grant_type: 'authorization_code', code, code_verifier: login.verifier });
    fields.append('redirect_uri', new URL(url).origin + new URL(url).pathname);
    fields.append('resource', one.identifier);
    fields.append('resource', two.identifier);
    const response = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: basic(played.portal.clientId, portalSecret),
      body: fields,
    });
    expect(await response.json()).toMatchObject({ error: 'invalid_target' });
  });

  it('one login may serve userinfo and an API, each with a token of its own', async () => {
    const resource = await aResource(provider);
    const played = await standardPortal(provider, { resources: [resource.identifier] });
    const first = await tokensFor(played, resource.identifier);
    const refreshed = await post(provider, '/token', {
      fields: { grant_type: 'refresh_token', refresh_token: String(first['refresh_token']) },
      headers: basic(played.portal.clientId, portalSecret),
    });
    expect(refreshed.body['scope']).toBe('openid offline_access');
    const headers = { authorization: `Bearer ${refreshed.body['access_token']}` };
    expect((await fetch(`${provider.issuer}/me`, { headers })).status).toBe(200);
  });

  it('serve client credentials', async () => {
    const resource = await aResource(provider);
    const { portal } = await standardPortal(provider, {
      resources: [resource.identifier],
      metadata: { grant_types: grantTypes },
    });
    const { body } = await post(provider, '/token', {
      fields: { grant_type: 'client_credentials', resource: resource.identifier, scope: 'records:write' },
      headers: basic(portal.clientId, portalSecret),
    });
    expect(body).toMatchObject({ scope: 'records:write', expires_in: 300 });
  });
});

describe('RFC 9068: JWT access tokens', () => {
  it('are signed ES256, typed at+jwt, and name the person as the agency of the API knows them', async () => {
    const resource = await aResource(provider, { accessTokenFormat: 'jwt' });
    const played = await standardPortal(provider, { resources: [resource.identifier] });
    const agencyPortal = await standardPortal(provider, { sectorId: resource.sectorId });
    const token = String((await tokensFor(played, resource.identifier))['access_token']);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const keys = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`));
    const { payload } = await jwtVerify(token, keys, { issuer: provider.issuer, audience: resource.identifier });
    expect(payload).toMatchObject({
      client_id: played.portal.clientId,
      scope: 'records:read',
      sub: await subjectAt(agencyPortal),
      acr: 'self',
      aal: 'aal1',
      ial: 'ial0',
      auth_time: expect.any(Number),
      jti: expect.any(String),
    });
    expect(payload.sub).not.toBe(await subjectAt(played));
    expect(payload).not.toHaveProperty('name');
  });
});

describe('RFC 7662: introspection', () => {
  it('tells an API of its tokens, the person named as its agency knows them', async () => {
    const resource = await aResource(provider);
    const played = await standardPortal(provider, { resources: [resource.identifier] });
    const api = await standardPortal(provider, { agencyId: resource.agencyId, sectorId: resource.sectorId });
    const { access_token: token } = await tokensFor(played, resource.identifier);
    expect(await introspect(api.portal.clientId, token)).toMatchObject({
      active: true,
      client_id: played.portal.clientId,
      aud: resource.identifier,
      scope: 'records:read',
      sub: await subjectAt(api),
      iss: provider.issuer,
      token_type: 'Bearer',
      acr: 'self',
      aal: 'aal1',
    });
  });

  it('tells a client of its own tokens, and a stranger of none', async () => {
    const [own, stranger] = [await standardPortal(provider), await standardPortal(provider)];
    const tokens = await own.client.signIn(browserAt(provider.issuer), lan, { scope: 'openid offline_access' });
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect(await introspect(own.portal.clientId, token)).toMatchObject({ active: true, sub: tokens.claims()?.sub });
      expect(await introspect(stranger.portal.clientId, token)).toEqual({ active: false });
    }
    expect(await introspect(own.portal.clientId, 'unknown')).toEqual({ active: false });
  });
});
