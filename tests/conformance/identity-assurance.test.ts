import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refreshTokenGrant } from 'openid-client';
import { type ClaimsEngine, claimsEngine } from '../support/claims-engine.ts';
import { releasedByConsent, releasedByLaw } from '../support/relying-party.ts';
import { anIdentity, testSource } from '../support/vouched-identity.ts';

const identity = anIdentity();
const sources = new Map([['test-eid', testSource]]);
const release = [...['name', 'birthdate'].map((claim) => releasedByConsent(claim)), releasedByLaw('national_id')];

let engine: ClaimsEngine;
beforeAll(async () => {
  engine = await claimsEngine({ sources, identity, profile: { name: 'Lan tự khai', address: 'Nơi khác' } });
});
afterAll(() => engine.close());

const element = (claims: object, verification: object = {}) => ({
  verification: { trust_framework: null, ...verification },
  claims,
});
const asking = (target: object) => ({ claims: JSON.stringify(target) });
const proved = (claims: object) => ({ verification: { trust_framework: 'vn-test-eid' }, claims });

describe('OpenID Connect for Identity Assurance 1.0 §5.2: delivery', () => {
  it('at userinfo and in the ID token, each where it was asked for', async () => {
    const portal = await engine.addPortal({ release });
    const tokens = await portal.signOn(
      asking({
        userinfo: { verified_claims: element({ name: null }) },
        id_token: { verified_claims: element({ birthdate: null }) },
      }),
    );
    expect(tokens.claims()).toMatchObject({ verified_claims: proved({ birthdate: '1990-05-17' }) });
    const userinfo = await engine.userinfo(tokens.access_token);
    expect(userinfo['verified_claims']).toEqual(proved({ name: 'Nguyễn Thị Lan' }));
    // Asked for verified, not as such.
    expect(userinfo).not.toHaveProperty('name');
  });

  it('a list, which the engine alone would drop, also after a refresh', async () => {
    const portal = await engine.addPortal({ release });
    const list = [element({ name: null }), element({ name: null }, { trust_framework: { value: 'gold' } })];
    const tokens = await portal.signOn({
      ...asking({ userinfo: { verified_claims: list }, id_token: { verified_claims: list } }),
      scope: 'openid offline_access',
    });
    const expected = [proved({ name: 'Nguyễn Thị Lan' })];
    expect(tokens.claims()?.['verified_claims']).toEqual(expected);
    expect((await engine.userinfo(tokens.access_token))['verified_claims']).toEqual(expected);
    const { configuration } = portal.client;
    const refreshed = await refreshTokenGrant(configuration, tokens.refresh_token ?? '');
    expect(refreshed.claims()?.['verified_claims']).toEqual(expected);
    expect((await engine.userinfo(refreshed.access_token))['verified_claims']).toEqual(expected);
  });

  it('in a signed answer, and by a pushed request', async () => {
    const portal = await engine.addPortal({ release, metadata: { userinfo_signed_response_alg: 'ES256' } as never });
    const login = await portal.client.push(asking({ userinfo: { verified_claims: [element({ name: null })] } }));
    const tokens = await portal.client.redeem(login, await portal.answerTo(login.url));
    const response = await fetch(`${engine.issuer}/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const [, payload = ''] = (await response.text()).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      verified_claims: [proved({ name: 'Nguyễn Thị Lan' })],
    });
  });
});

describe('OpenID Connect for Identity Assurance 1.0 §5.7: what may not leave', () => {
  const everything = element({ name: null, birthdate: null, national_id: null, gender: null });

  it('is what the portal did not declare', async () => {
    const portal = await engine.addPortal({ release: [releasedByLaw('name')] });
    const tokens = await portal.signOn(asking({ userinfo: { verified_claims: everything } }));
    expect((await engine.userinfo(tokens.access_token))['verified_claims']).toEqual(proved({ name: 'Nguyễn Thị Lan' }));
  });

  it('is what the person refused, also where something else was agreed to', async () => {
    const portal = await engine.addPortal({ release, refuses: ['birthdate'] });
    const tokens = await portal.signOn(
      asking({ userinfo: { verified_claims: everything }, id_token: { verified_claims: [everything] } }),
    );
    const expected = { name: 'Nguyễn Thị Lan', national_id: identity.attributes.national_id };
    expect((await engine.userinfo(tokens.access_token))['verified_claims']).toEqual(proved(expected));
    expect(tokens.claims()?.['verified_claims']).toEqual([proved(expected)]);
  });

  it('leaves nothing where nothing is left, without an error', async () => {
    const portal = await engine.addPortal({ release: [] });
    const tokens = await portal.signOn(asking({ userinfo: { verified_claims: everything } }));
    expect(await engine.userinfo(tokens.access_token)).not.toHaveProperty('verified_claims');
  });

  it.each([
    ['one', everything],
    ['a list', [element({ name: null })]],
  ])('is asked for first, as any claim is: %s', async (_, request) => {
    const portal = await engine.addPortal({ release, isNew: true });
    const { url } = await portal.client.begin(asking({ id_token: { verified_claims: request } }));
    expect(await portal.answerTo(url)).toContain('/interaction/');
  });
});

describe('OpenID Connect for Identity Assurance 1.0 §5.7.6: errors', () => {
  it.each([
    ['no verification', { verified_claims: { claims: { name: null } } }],
    ['an empty list', { verified_claims: [] }],
  ])('a request that is none is refused at the authorization endpoint: %s', async (_, target) => {
    const portal = await engine.addPortal({ release });
    for (const place of ['userinfo', 'id_token']) {
      const { url } = await portal.client.begin(asking({ [place]: target }));
      expect(await portal.answerTo(url)).toContain('error=invalid_request');
      await expect(portal.client.push(asking({ [place]: target }))).rejects.toMatchObject({ error: 'invalid_request' });
    }
  });

  it('and so is one too large to keep', async () => {
    const portal = await engine.addPortal({ release });
    const claims = `{"userinfo":{"name":${'{"a":'.repeat(40)}null${'}'.repeat(40)}}}`;
    const { url } = await portal.client.begin({ claims });
    expect(await portal.answerTo(url)).toContain('error=invalid_request');
  });
});

describe('OpenID Connect for Identity Assurance 1.0 §8: metadata', () => {
  it('says what can be had here', async () => {
    const response = await fetch(`${engine.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      claims_supported: expect.arrayContaining(['verified_claims', 'national_id', 'place_of_birth']),
      verified_claims_supported: true,
      trust_frameworks_supported: ['vn-test-eid'],
      claims_in_verified_claims_supported: expect.arrayContaining(['name', 'birthdate', 'national_id']),
      evidence_supported: ['electronic_record'],
      electronic_records_supported: ['population_register'],
    });
  });

  it('an eID that was switched off vouches for nobody', async () => {
    const other = new Map([['another-eid', testSource]]);
    await using elsewhere = await claimsEngine({ sources: other, identity });
    const portal = await elsewhere.addPortal({ release });
    const tokens = await portal.signOn(asking({ userinfo: { verified_claims: element({ name: null }) } }));
    expect(await elsewhere.userinfo(tokens.access_token)).not.toHaveProperty('verified_claims');
  });
});
