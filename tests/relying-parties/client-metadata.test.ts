import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type Client, type ClientMetadata, type JWK, Provider } from 'oidc-provider';
import { clientAssuranceOf } from '../../src/oidc/portal-client.ts';
import { extraClientMetadata, toClientMetadata } from '../../src/relying-parties/client-metadata.ts';
import { newClientSecret } from '../../src/relying-parties/client-secret.ts';
import type { RelyingParty } from '../../src/relying-parties/relying-party.ts';
import { clientAdapter } from '../support/client-adapter.ts';
import { aRelyingParty, type RelyingPartyChanges } from '../support/relying-party.ts';

const signingKeys = [
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
].map((key) => key.export({ format: 'jwk' }) as JWK);

/** The client as the engine understands it. */
async function asTheEngineSeesIt(relyingParty: RelyingParty): Promise<ClientMetadata> {
  const provider = new Provider('https://id.example.vn', {
    adapter: clientAdapter(() => toClientMetadata(relyingParty)),
    jwks: { keys: signingKeys },
    scopes: ['openid', 'email'],
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: () => 'sub',
    sectorIdentifierUriValidate: () => false,
    extraClientMetadata: { properties: [...extraClientMetadata] },
    clientAuthMethods: ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: true },
      backchannelLogout: { enabled: true },
    },
  });
  const client = await provider.Client.find(relyingParty.clientId);
  if (!client) throw new Error('the engine found no client');
  return client.metadata();
}

const web = aRelyingParty().metadata;

describe('the engine’s metadata of a relying party', () => {
  it('standard: code flow, pairwise, ES256, its own authentication', async () => {
    const metadata = await asTheEngineSeesIt(aRelyingParty({ legacy: true }));
    expect(metadata).toMatchObject({
      application_type: 'web',
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'private_key_jwt',
      id_token_signed_response_alg: 'ES256',
      require_pushed_authorization_requests: false,
      dpop_bound_access_tokens: false,
      subject_type: 'pairwise',
      client_name: 'Portal (vi)',
      legacy_pkce: true,
      security_profile: 'standard',
    });
  });

  it('standard: RS256 for a client that needs it', async () => {
    const rs256 = { ...web, id_token_signed_response_alg: 'RS256' } as const;
    expect(await asTheEngineSeesIt(aRelyingParty({ metadata: rs256 }))).toMatchObject({
      id_token_signed_response_alg: 'RS256',
    });
  });

  it('FAPI 2.0 Security Profile §5.3: PAR, private_key_jwt, sender-constrained, whatever was registered', async () => {
    const weak = {
      ...web,
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
    } as const;
    expect(await asTheEngineSeesIt(aRelyingParty({ profile: 'fapi2', legacy: true, metadata: weak }))).toMatchObject({
      require_pushed_authorization_requests: true,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: 'ES256',
      dpop_bound_access_tokens: true,
      legacy_pkce: false,
    });
  });

  it('native: public client, DPoP, loopback', async () => {
    const metadata = { ...web, redirect_uris: ['http://127.0.0.1/callback'] };
    expect(await asTheEngineSeesIt(aRelyingParty({ profile: 'native', legacy: true, metadata }))).toMatchObject({
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      dpop_bound_access_tokens: true,
      legacy_pkce: false,
    });
  });

  it('takes two redirect hosts: the sector is a row, not a host', async () => {
    const metadata = { ...web, redirect_uris: ['https://a.example.vn/cb', 'https://b.example.vn/cb'] };
    const relyingParty = aRelyingParty({ metadata });
    expect(await asTheEngineSeesIt(relyingParty)).toMatchObject({
      sector_id: relyingParty.sectorId,
      sector_identifier_uri: `https://${relyingParty.sectorId}.sector.invalid/`,
    });
  });

  it('without the code flow there is no response type', async () => {
    const metadata = { ...web, grant_types: ['client_credentials'], redirect_uris: [] } as const;
    expect(await asTheEngineSeesIt(aRelyingParty({ metadata }))).toMatchObject({
      response_types: [],
      grant_types: ['client_credentials'],
    });
  });

  it('shows the engine neither the secret nor something that would do for one', async () => {
    const { secret, hash } = newClientSecret();
    const metadata = { ...web, token_endpoint_auth_method: 'client_secret_basic' } as const;
    const seen = await asTheEngineSeesIt(aRelyingParty({ metadata, secretHash: hash }));
    expect(seen['secret_hash']).toBe(hash.toString('base64url'));
    expect(seen.client_secret).not.toBe(secret);
    expect(seen.client_secret).not.toBe(seen['secret_hash']);
  });

  it('keeps everything the pages need', async () => {
    const relyingParty = aRelyingParty({ resources: ['https://api.example.vn'] });
    expect(await asTheEngineSeesIt(relyingParty)).toMatchObject({
      names: relyingParty.name,
      release: relyingParty.release,
      release_version: '1',
      resources: ['https://api.example.vn'],
      agency_id: relyingParty.agencyId,
    });
  });

  it('carries what the portal demands of the authentication, unchanged', async () => {
    const assurance = {
      minimumAcr: 'phr',
      phishingResistant: true,
      acrAliases: { LoA2: 'low', eidas_2: 'self' },
      identityMaxAgeDays: 30,
    } as const;
    expect(await asTheEngineSeesIt(aRelyingParty({ assurance }))).toMatchObject({
      minimum_acr: 'phr',
      phishing_resistant: true,
      acr_aliases: { LoA2: 'low', eidas_2: 'self' },
      identity_max_age_days: 30,
    });
    const without = await asTheEngineSeesIt(aRelyingParty());
    expect(without).toMatchObject({ phishing_resistant: false, acr_aliases: {} });
    expect(without['minimum_acr']).toBeUndefined();
    expect(without['identity_max_age_days']).toBeUndefined();
  });

  it('carries the names the portal expects of its claims', async () => {
    const seen = await asTheEngineSeesIt(aRelyingParty({ claimsPreset: 'vnconnect' }));
    expect(seen['claims_preset']).toBe('vnconnect');
    expect((await asTheEngineSeesIt(aRelyingParty()))['claims_preset']).toBeUndefined();
  });

  it('tells the age of an identity in seconds to whoever judges it', () => {
    const clientOf = (assurance: RelyingPartyChanges['assurance']) =>
      toClientMetadata(aRelyingParty({ ...(assurance && { assurance }) })) as unknown as Client;
    expect(clientAssuranceOf(clientOf({ identityMaxAgeDays: 2 })).identityMaxAgeSeconds).toBe(172_800);
    expect(clientAssuranceOf(clientOf(undefined)).identityMaxAgeSeconds).toBeUndefined();
  });

  it('is the same text each time, as the engine caches clients by its hash', () => {
    const relyingParty = aRelyingParty({ secretHash: Buffer.alloc(32) });
    expect(JSON.stringify(toClientMetadata(relyingParty))).toBe(JSON.stringify(toClientMetadata(relyingParty)));
  });
});
