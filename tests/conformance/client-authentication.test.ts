import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assertionClaims, assertionFields, signedAssertion } from '../support/client-assertion.ts';
import { portalSecret, startInstallation, type TestInstallation } from '../support/installation.ts';
import { basic, keyPortal, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;

beforeAll(async () => {
  provider = await startInstallation();
});
afterAll(() => provider.close());

const machine = { grant_types: ['client_credentials'], redirect_uris: [], scope: 'openid' } as const;
const fields = { grant_type: 'client_credentials' };

describe('RFC 6749 §2.3.1: client secrets', () => {
  it('travel in the header, percent-encoded, or in the body, as registered', async () => {
    const secret = 'a secret with : + % & = signs, long enough';
    const { portal } = await standardPortal(provider, { metadata: machine });
    const odd = await provider.addPortal({ secret, metadata: { ...portal.metadata, ...machine } });
    expect((await post(provider, '/token', { fields, headers: basic(portal.clientId, portalSecret) })).status).toBe(
      200,
    );
    expect((await post(provider, '/token', { fields, headers: basic(odd.clientId, secret) })).status).toBe(200);

    const inBody = await standardPortal(provider, {
      metadata: { ...machine, token_endpoint_auth_method: 'client_secret_post' },
    });
    const credentials = { client_id: inBody.portal.clientId, client_secret: portalSecret };
    expect((await post(provider, '/token', { fields: { ...fields, ...credentials } })).status).toBe(200);
  });

  it('a wrong one, an unknown client, or none at all: invalid_client', async () => {
    const { portal } = await standardPortal(provider, { metadata: machine });
    const wrong = await post(provider, '/token', { fields, headers: basic(portal.clientId, 'wrong') });
    expect([wrong.status, wrong.body['error']]).toEqual([401, 'invalid_client']);
    expect(wrong.headers.get('www-authenticate')).toContain('Basic');
    const unknown = await post(provider, '/token', { fields, headers: basic('nobody', portalSecret) });
    expect([unknown.status, unknown.body['error']]).toEqual([401, 'invalid_client']);
    const silent = await post(provider, '/token', { fields: { ...fields, client_id: portal.clientId } });
    expect([silent.status, silent.body['error']]).toEqual([401, 'invalid_client']);
  });

  it('two ways at once: invalid_request', async () => {
    const { portal } = await standardPortal(provider, { metadata: machine });
    const headers = basic(portal.clientId, portalSecret);
    const twice = await post(provider, '/token', { fields: { ...fields, client_secret: portalSecret }, headers });
    expect([twice.status, twice.body['error']]).toEqual([400, 'invalid_request']);
  });
});

describe('RFC 7523 §3: private_key_jwt', () => {
  it('is accepted with the issuer as its only audience, as text or as a list of one', async () => {
    const { portal, key } = await keyPortal(provider, { metadata: machine });
    for (const aud of [provider.issuer, [provider.issuer]]) {
      const claims = assertionClaims({ issuer: provider.issuer, clientId: portal.clientId }, { aud });
      const assertion = assertionFields(await signedAssertion(key, claims));
      expect((await post(provider, '/token', { fields: { ...fields, ...assertion } })).status).toBe(200);
    }
  });

  it('serves at every endpoint that asks who the client is', async () => {
    const { portal, key } = await keyPortal(provider);
    const { portal: other } = await standardPortal(provider);
    for (const [path, more] of [
      ['/token/introspection', { token: 'unknown' }],
      ['/token/revocation', { token: 'unknown' }],
    ] as const) {
      const claims = assertionClaims({ issuer: provider.issuer, clientId: portal.clientId });
      const assertion = assertionFields(await signedAssertion(key, claims));
      expect((await post(provider, path, { fields: { ...more, ...assertion } })).status).toBe(200);
      expect((await post(provider, path, { fields: { ...more, client_id: other.clientId } })).status).toBe(401);
    }
  });
});

describe('RFC 6749 §4.4: client credentials', () => {
  it('name no person, and refresh nothing', async () => {
    const { portal } = await standardPortal(provider, { metadata: machine });
    const headers = basic(portal.clientId, portalSecret);
    const { body } = await post(provider, '/token', { fields, headers });
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 600 });
    expect(body).not.toHaveProperty('refresh_token');
    expect(body).not.toHaveProperty('id_token');
    const authorization = `Bearer ${body['access_token']}`;
    expect((await fetch(`${provider.issuer}/me`, { headers: { authorization } })).status).toBe(401);
    const asked = await post(provider, '/token/introspection', {
      fields: { token: String(body['access_token']) },
      headers,
    });
    expect(asked.body).toMatchObject({ active: true, client_id: portal.clientId });
    expect(asked.body).not.toHaveProperty('sub');
  });

  it('are for clients registered for them', async () => {
    const { portal } = await standardPortal(provider);
    const { status, body } = await post(provider, '/token', { fields, headers: basic(portal.clientId, portalSecret) });
    // RFC 6749 §5.2 would say unauthorized_client; the engine says it in the description.
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  it.each(['password', 'urn:ietf:params:oauth:grant-type:device_code', 'made-up'])('%s is no grant', async (grant) => {
    const { portal } = await standardPortal(provider);
    const { status, body } = await post(provider, '/token', {
      fields: { grant_type: grant, username: 'lan', password: 'x' },
      headers: basic(portal.clientId, portalSecret),
    });
    expect([status, body['error']]).toEqual([400, 'unsupported_grant_type']);
  });
});
