import { describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { franceconnectSample, openidSample, vnconnectSample } from '../support/eid-samples.ts';
import { eidWorld } from '../support/eid-trips.ts';
import { eidClient } from '../support/faulty-eid.ts';

const tokenRequest = (world: Awaited<ReturnType<typeof eidWorld>>) =>
  world.eid.requests.find(({ endpoint }) => endpoint === 'token');

describe('OIDC Core §9: who we are', () => {
  it('is said by a secret in the header', async () => {
    await using world = await eidWorld(vnconnectSample);
    expect(await world.travel()).toMatchObject({ kind: 'asserted' });
    expect(tokenRequest(world)?.headers['authorization']).toMatch(/^Basic /);
    expect(tokenRequest(world)?.body.has('client_secret')).toBe(false);
  });

  it('is said by a secret in the body, where the source knows no other way', async () => {
    await using world = await eidWorld(franceconnectSample);
    world.eid.misbehave({ metadata: { token_endpoint_auth_methods_supported: ['client_secret_post'] } });
    expect(await world.travel()).toMatchObject({ kind: 'asserted' });
    expect(tokenRequest(world)?.body.get('client_secret')).toBe(eidClient.secret);
  });

  it('is signed with a key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'ours' };
    await using world = await eidWorld({
      ...openidSample,
      settings: { ...openidSample.settings, private_key_jwk: jwk },
    });
    expect(await world.travel()).toMatchObject({ kind: 'asserted' });
    const assertion = tokenRequest(world)?.body.get('client_assertion') ?? '';
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'ours', alg: 'ES256' }] });
    const { payload } = await jwtVerify(assertion, keys, { audience: world.eid.origin, issuer: eidClient.id });
    expect(payload.sub).toBe(eidClient.id);
  });

  it('is not told as a fault of the person where it is refused', async () => {
    await using world = await eidWorld({
      ...vnconnectSample,
      settings: { ...vnconnectSample.settings, client_secret: 'another' },
    });
    expect(await world.travel()).toEqual({ kind: 'unavailable' });
  });
});

describe('OIDC Core §3.1.2.1: what is asked for', () => {
  it.each([
    ['vnconnect', vnconnectSample, 'openid', 'LoA1'],
    [
      'franceconnect',
      franceconnectSample,
      'openid given_name family_name birthdate gender birthplace birthcountry',
      'eidas1',
    ],
    ['openid', openidSample, 'openid profile address', null],
  ])('of %s', async (_, sample, scope, acrValues) => {
    await using world = await eidWorld(sample);
    const { searchParams } = await world.depart();
    expect(searchParams.get('scope')).toBe(scope);
    expect(searchParams.get('acr_values')).toBe(acrValues);
  });
});

describe('a provider without userinfo', () => {
  it('is read from its ID token', async () => {
    const { idToken, userinfo } = openidSample.person;
    await using world = await eidWorld(openidSample);
    world.eid.misbehave({ metadata: { userinfo_endpoint: undefined } });
    const answer = await world.travel({ as: { idToken: { ...userinfo, ...idToken }, userinfo: {} } });
    expect(answer).toMatchObject({ kind: 'asserted', identity: { attributes: { name: 'Sok Dara' } } });
  });
});

describe('OIDC RP-Initiated Logout §2: signing out there as well', () => {
  const withLogout = { ...vnconnectSample, settings: { ...vnconnectSample.settings, logout: true } };

  it('has an address once the source was seen', async () => {
    await using world = await eidWorld(withLogout);
    expect(world.connector.signOutUrl()).toBeUndefined();
    await world.depart();
    expect(world.connector.signOutUrl()?.href).toBe(`${world.eid.origin}/logout?client_id=${eidClient.id}`);
  });

  it.each([[undefined], [''], ['javascript:alert(1)'], ['/logout']])(
    'has none where the source says %j',
    async (to) => {
      await using world = await eidWorld(withLogout);
      world.eid.misbehave({ metadata: { end_session_endpoint: to } });
      await world.depart();
      expect(world.connector.signOutUrl()).toBeUndefined();
    },
  );

  it('has none where it is not configured', async () => {
    await using world = await eidWorld(vnconnectSample);
    await world.depart();
    expect(world.connector.signOutUrl()).toBeUndefined();
  });
});

describe('several instances', () => {
  it('take each other’s travellers', async () => {
    await using world = await eidWorld(vnconnectSample);
    const trip = world.newTrip();
    const answer = world.eid.signIn(await world.depart(trip), vnconnectSample.person);
    expect(await world.connect().receive(trip, answer)).toMatchObject({ kind: 'asserted' });
  });
});
