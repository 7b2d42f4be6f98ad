import { describe, expect, it } from '@jest/globals';
import { acrVocabulary } from '../../src/authentication/acr-values.ts';
import { relyingPartyForm } from '../../src/relying-parties/relying-party.forms.ts';
import { acrNames } from '../../src/relying-parties/relying-party.ts';
import { aRelyingParty, releasedByConsent, releasedByLaw } from '../support/relying-party.ts';

const scopes = ['openid', 'email', 'national_id'];
const form = relyingPartyForm({ development: false, scopes });
const publicKey = { kty: 'EC', crv: 'P-256', x: 'a'.repeat(43), y: 'b'.repeat(43), kid: '1' };

/** A registration as it is sent, with changes to it and to its metadata; `undefined` takes a field away. */
function registration(changes: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}) {
  const {
    agencyId: _agency,
    sectorId: _sector,
    assurance: _assurance,
    acting: _acting,
    ...sent
  } = aRelyingParty({ clientId: 'tax-portal' });
  return JSON.parse(JSON.stringify({ ...sent, ...changes, metadata: { ...sent.metadata, ...metadata } }));
}

function problems(sent: unknown, schema = form): readonly string[] {
  const { error } = schema.safeParse(sent);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const refused = (sent: unknown): boolean => problems(sent).length > 0;

describe('the registration of a relying party', () => {
  it('takes a portal with its own keys, and signs ES256 unless told otherwise', () => {
    const sent = registration({}, { id_token_signed_response_alg: undefined });
    expect(form.parse(sent).metadata.id_token_signed_response_alg).toBe('ES256');
  });

  it.each(['a b', 'ünter', 'a/b', '../x', '', '-a', `a${'b'.repeat(64)}`, 'a\u0000'])(
    'refuses the id %j',
    (clientId) => {
      expect(refused(registration({ clientId }))).toBe(true);
    },
  );

  it.each(['none', 'HS256', 'ES512'])('refuses ID tokens signed %s', (alg) => {
    expect(refused(registration({}, { id_token_signed_response_alg: alg }))).toBe(true);
  });

  it.each(['HS256', 'none'])('refuses client assertions signed %s', (alg) => {
    expect(refused(registration({}, { token_endpoint_auth_signing_alg: alg }))).toBe(true);
  });

  it.each(['response_types', 'sector_identifier_uri', 'client_secret', 'constructor', 'application_type'])(
    'refuses to be told %s',
    (field) => {
      expect(refused(registration({}, { [field]: 'x' }))).toBe(true);
    },
  );

  it.each(['implicit', 'password', 'urn:ietf:params:oauth:grant-type:device_code'])('refuses the grant %s', (grant) => {
    expect(refused(registration({}, { grant_types: ['authorization_code', grant] }))).toBe(true);
  });

  it('takes keys by value or by address, not both, and at least one', () => {
    const jwks = { keys: [publicKey] };
    expect(problems(registration({}, { jwks, jwks_uri: undefined }))).toEqual([]);
    expect(problems(registration({}, { jwks }))).toEqual(['metadata.jwks_uri: jwks-and-jwks-uri']);
    expect(problems(registration({}, { jwks_uri: undefined }))).toEqual(['metadata.jwks: keys-missing']);
  });

  it.each([
    ['a private key', { ...publicKey, d: 'c'.repeat(43) }],
    ['a symmetric key', { kty: 'oct', k: 'c'.repeat(43) }],
    ['an RSA key of 1024 bits', { kty: 'RSA', n: 'a'.repeat(171), e: 'AQAB' }],
    ['an encryption key', { ...publicKey, use: 'enc' }],
  ])('refuses %s among the keys', (_what, key) => {
    expect(refused(registration({}, { jwks: { keys: [key] }, jwks_uri: undefined }))).toBe(true);
  });

  it.each([
    'jwks_uri',
    'backchannel_logout_uri',
    'logo_uri',
    'policy_uri',
    'tos_uri',
    'client_uri',
    'initiate_login_uri',
  ])('refuses a %s that leads inside', (field) => {
    for (const uri of ['http://portal.example.vn/', 'https://169.254.169.254/', 'https://localhost/', 'data:,x']) {
      expect(refused(registration({}, { [field]: uri }))).toBe(true);
    }
  });

  it('allows http to this machine in development only', () => {
    const sent = registration({}, { redirect_uris: ['http://localhost:4100/callback'] });
    expect(refused(sent)).toBe(true);
    expect(problems(sent, relyingPartyForm({ development: true, scopes }))).toEqual([]);
  });

  it('caps counts and refuses repetition', () => {
    const many = Array.from({ length: 21 }, (_, index) => `https://portal.example.vn/${index}`);
    const twice = ['https://portal.example.vn/a', 'https://portal.example.vn/a'];
    expect(refused(registration({}, { redirect_uris: many }))).toBe(true);
    expect(refused(registration({}, { redirect_uris: twice }))).toBe(true);
    expect(refused(registration({ release: [releasedByConsent('email'), releasedByLaw('email')] }))).toBe(true);
  });

  it.each([
    ['a name that turns its direction', '\u202egro.live'],
    ['an empty name', '  '],
    ['a long name', 'a'.repeat(121)],
  ])('refuses %s', (_what, vi) => {
    expect(refused(registration({ name: { vi, en: 'Portal', fr: 'Portail' } }))).toBe(true);
  });

  it.each(['email', 'openid unknown', 'openid  email', 'openid openid', ''])('refuses the scopes %j', (scope) => {
    expect(refused(registration({}, { scope }))).toBe(true);
  });

  it('needs a law before a portal may ask for the national id', () => {
    const scope = { scope: 'openid national_id' };
    expect(problems(registration({ release: [releasedByConsent('national_id')] }, scope))).toEqual([
      'release: national-id-needs-law',
    ]);
    expect(problems(registration({ release: [] }, scope))).toEqual(['release: national-id-needs-law']);
    // Nor may it be named in a request, where the scope isn't registered.
    expect(problems(registration({ release: [releasedByConsent('national_id')] }))).toEqual([
      'release: national-id-needs-law',
    ]);
    expect(problems(registration({ release: [releasedByLaw('national_id')] }, scope))).toEqual([]);
  });

  it.each(['vnconnect', 'franceconnect'])('takes the preset %s of claim names', (claimsPreset) => {
    expect(form.parse(registration({ claimsPreset })).claimsPreset).toBe(claimsPreset);
  });

  it.each(['proconnect', 'VNConnect', '', null, { HoVaTen: 'name' }, ['vnconnect']])(
    'refuses the preset %j',
    (claimsPreset) => {
      expect(refused(registration({ claimsPreset }))).toBe(true);
    },
  );
});

describe('how a portal takes people who act for an organization', () => {
  it('is as themselves too and never jointly, unless it says otherwise', () => {
    expect(form.parse(registration()).acting).toEqual({ asSelf: true, joint: false });
    const acting = { as_self: false, joint: true };
    expect(form.parse(registration({ acting })).acting).toEqual({ asSelf: false, joint: true });
  });

  it.each([{ as_self: 'no' }, { together: true }, 'joint'])('refuses %j', (acting) => {
    expect(refused(registration({ acting }))).toBe(true);
  });
});

describe('what a portal demands of the authentication', () => {
  const withAssurance = (assurance: unknown) => registration({ assurance });
  const withAliases = (aliases: string) => withAssurance({ acr_aliases: JSON.parse(aliases) });

  it('is nothing unless it is named', () => {
    const nothing = { phishingResistant: false, acrAliases: {} };
    expect(form.parse(registration()).assurance).toEqual(nothing);
    expect(form.parse(withAssurance({})).assurance).toEqual(nothing);
  });

  it('is taken under the names in which the client carries it', () => {
    const sent = {
      minimum_acr: 'aal2',
      phishing_resistant: true,
      acr_aliases: { eidas2: 'substantial', LoA3: 'high' },
      identity_max_age_days: 365,
    };
    expect(form.parse(withAssurance(sent)).assurance).toEqual({
      minimumAcr: 'aal2',
      phishingResistant: true,
      acrAliases: { eidas2: 'substantial', LoA3: 'high' },
      identityMaxAgeDays: 365,
    });
  });

  it('knows the words that the authentication knows', () => {
    expect(acrNames).toEqual(acrVocabulary);
  });

  it.each([
    [{ minimum_acr: 'aal3' }],
    [{ minimum_acr: 'eidas2', acr_aliases: { eidas2: 'substantial' } }],
    [{ minimum_acr: ['aal2'] }],
    [{ minimum_acr: null }],
    [{ minimum_acr: '' }],
    [{ phishing_resistant: 'false' }],
    [{ acr_aliases: null }],
    [{ acr_aliases: ['aal2'] }],
    [{ acr_aliases: 'aal2' }],
    [{ acr_aliases: { eidas3: 'aal3' } }],
    [{ acr_aliases: { eidas3: 'eidas2', eidas2: 'substantial' } }],
    [{ acr_aliases: { eidas3: ['high'] } }],
    [{ minimumAcr: 'aal2' }],
    [{ identity_max_age_days: 0 }],
    [{ identity_max_age_days: 3651 }],
    [{ identity_max_age_days: 1.5 }],
    [{ identity_max_age_days: '365' }],
    [{ identity_max_age_days: null }],
    ['aal2'],
  ])('refuses %j', (assurance) => {
    expect(refused(withAssurance(assurance))).toBe(true);
  });

  it.each(acrNames)('refuses another meaning for %s', (name) => {
    expect(problems(withAliases(`{"${name}": "self"}`))).toEqual([
      `assurance.acr_aliases.${name}: alias-redefines-acr`,
    ]);
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'])(
    'refuses an alias %s',
    (name) => {
      expect(problems(withAliases(`{"${name}": "low"}`))).toEqual([`assurance.acr_aliases.${name}: alias-name`]);
    },
  );

  it.each(['', ' ', 'eidas 2', 'eidas\t2', 'eidas\u00a02', '\u0000', 'a\u202eb', '\u0085', '\ud800', 'a'.repeat(201)])(
    'refuses an alias %j',
    (name) => {
      expect(refused(withAssurance({ acr_aliases: { [name]: 'low' } }))).toBe(true);
    },
  );

  it.each(['http://eidas.europa.eu/LoA/substantial', 'mức-2', 'Self', 'a'.repeat(200)])('takes an alias %s', (name) => {
    expect(problems(withAssurance({ acr_aliases: { [name]: 'low' } }))).toEqual([]);
  });

  it('takes sixteen aliases, not seventeen', () => {
    const aliases = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`level-${index}`, 'low']));
    expect(problems(withAssurance({ acr_aliases: aliases(16) }))).toEqual([]);
    expect(problems(withAssurance({ acr_aliases: aliases(17) }))).toEqual(['assurance.acr_aliases: too-many']);
  });
});

describe('security profiles', () => {
  const native = { token_endpoint_auth_method: 'none', jwks_uri: undefined, redirect_uris: ['http://127.0.0.1/cb'] };

  it('native: no secret, loopback or claimed https', () => {
    expect(problems(registration({ profile: 'native' }, native))).toEqual([]);
    expect(refused(registration({ profile: 'native' }, { ...native, redirect_uris: ['http://localhost/cb'] }))).toBe(
      true,
    );
    expect(refused(registration({ profile: 'native' }))).toBe(true);
    const machine = ['authorization_code', 'client_credentials'];
    expect(refused(registration({ profile: 'native' }, { ...native, grant_types: machine }))).toBe(true);
  });

  it.each(['backchannel_logout_uri', 'logo_uri', 'initiate_login_uri'])('native: no %s on a loopback', (field) => {
    expect(refused(registration({ profile: 'native' }, { ...native, [field]: 'http://127.0.0.1/x' }))).toBe(true);
  });

  it('standard: never without client authentication', () => {
    expect(refused(registration({}, { token_endpoint_auth_method: 'none', jwks_uri: undefined }))).toBe(true);
  });

  it('FAPI 2.0 Security Profile §5.3.2.1: private_key_jwt', () => {
    expect(problems(registration({ profile: 'fapi2' }))).toEqual([]);
    const secret = { token_endpoint_auth_method: 'client_secret_basic', jwks_uri: undefined };
    expect(problems(registration({ profile: 'fapi2' }, secret))).toEqual([
      'metadata.token_endpoint_auth_method: not-in-profile',
    ]);
  });

  it('FAPI 2.0 Security Profile §5.4.1: no RS256', () => {
    expect(refused(registration({ profile: 'fapi2' }, { id_token_signed_response_alg: 'RS256' }))).toBe(true);
    expect(refused(registration({ profile: 'fapi2' }, { token_endpoint_auth_signing_alg: 'RS256' }))).toBe(true);
    expect(problems(registration({}, { id_token_signed_response_alg: 'RS256' }))).toEqual([]);
  });

  it('lifts PKCE for a confidential standard client only', () => {
    expect(problems(registration({ legacy: true }))).toEqual([]);
    expect(problems(registration({ profile: 'fapi2', legacy: true }))).toEqual(['legacy: not-in-profile']);
    expect(problems(registration({ profile: 'native', legacy: true }, native))).toEqual(['legacy: not-in-profile']);
  });
});
