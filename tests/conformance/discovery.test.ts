import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let provider: TestInstallation;
let document: Record<string, unknown>;

beforeAll(async () => {
  provider = await startInstallation();
  document = (await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json()) as typeof document;
});
afterAll(() => provider.close());

describe('OpenID Connect Discovery 1.0 §3', () => {
  it('names itself as the issuer, and every endpoint below it', () => {
    expect(document['issuer']).toBe(provider.issuer);
    const endpoints = Object.entries(document).filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri');
    expect(endpoints).toHaveLength(8);
    for (const [, url] of endpoints) expect(String(url).startsWith(`${provider.issuer}/`)).toBe(true);
  });

  it('lists what can be reached, and nothing else', () => {
    expect(document).toMatchObject({
      response_types_supported: ['code'],
      response_modes_supported: ['form_post', 'fragment', 'query'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256']),
      userinfo_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256']),
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'RS256', 'EdDSA'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
      request_uri_parameter_supported: false,
      claims_parameter_supported: true,
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      ui_locales_supported: ['vi', 'en', 'fr'],
      acr_values_supported: ['self', 'aal2', 'phr'],
    });
    expect([...(document['grant_types_supported'] as string[])].sort()).toEqual([
      'authorization_code',
      'client_credentials',
      'refresh_token',
    ]);
    expect([...(document['scopes_supported'] as string[])].sort()).toEqual([
      'address',
      'email',
      'national_id',
      'offline_access',
      'openid',
      'organization',
      'organizations',
      'phone',
      'profile',
    ]);
    expect(document).not.toHaveProperty('verified_claims_supported');
    expect(document).not.toHaveProperty('registration_endpoint');
    expect(document).not.toHaveProperty('request_parameter_supported', true);
  });

  it('claims_supported are the claims of the published scopes', () => {
    const claims = document['claims_supported'] as string[];
    for (const claim of ['sub', 'acr', 'amr', 'aal', 'ial', 'auth_time', 'email_verified', 'address', 'updated_at']) {
      expect(claims).toContain(claim);
    }
    expect(claims).toEqual(expect.arrayContaining(['organization', 'representation', 'organizations']));
    // No source of identities is switched on here.
    expect(claims).not.toContain('verified_claims');
  });

  it('publishes signing keys of both algorithms, without their private parts', async () => {
    const { keys } = (await (await fetch(String(document['jwks_uri']))).json()) as {
      keys: Record<string, string>[];
    };
    expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(['ES256', 'RS256']));
    for (const key of keys) {
      expect(key['kid']).toBeTruthy();
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(member);
    }
  });

  it('may be kept for an hour and read from any page', async () => {
    for (const path of ['/.well-known/openid-configuration', '/jwks']) {
      const { headers } = await fetch(`${provider.issuer}${path}`, { headers: { origin: 'https://portal.example' } });
      expect(headers.get('cache-control')).toBe('public, max-age=3600');
      expect(headers.get('access-control-allow-origin')).toBe('https://portal.example');
    }
  });
});

describe('RFC 8414 §3: OAuth 2.0 Authorization Server Metadata', () => {
  it('is the same document', async () => {
    const metadata = await (await fetch(`${provider.issuer}/.well-known/oauth-authorization-server`)).json();
    expect(metadata).toEqual(document);
  });
});
