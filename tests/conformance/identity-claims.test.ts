import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { ResourceServer } from '../../src/relying-parties/relying-party.ts';
import { type ClaimsEngine, claimsEngine } from '../support/claims-engine.ts';
import { releasedByConsent, releasedByLaw } from '../support/relying-party.ts';
import { anIdentity, partialDate, testSource } from '../support/vouched-identity.ts';

const identity = anIdentity();
const national = identity.attributes.national_id;
const number = national?.value ?? '';
const sources = new Map([['test-eid', testSource]]);
const profile = { name: 'Lan tự khai', phone_number: '+84900000001', address: 'Nơi ở', birthdate: '1999' };
const consented = ['name', 'birthdate', 'gender', 'address', 'phone_number', 'email', 'family_name', 'given_name'];
const release = [...consented.map((claim) => releasedByConsent(claim)), releasedByLaw('national_id')];
const scope = 'openid profile email phone address national_id';

let engine: ClaimsEngine;
beforeAll(async () => {
  engine = await claimsEngine({ sources, identity, profile });
});
afterAll(() => engine.close());

describe('the scope national_id', () => {
  it('releases the number at userinfo where a law orders it, and not in the ID token', async () => {
    const portal = await engine.addPortal({ release });
    const tokens = await portal.signOn({ scope: 'openid national_id' });
    expect((await engine.userinfo(tokens.access_token))['national_id']).toEqual(national);
    expect(tokens.claims()).not.toHaveProperty('national_id');
  });

  it('puts it into the ID token where the request names it there', async () => {
    const portal = await engine.addPortal({ release });
    const tokens = await portal.signOn({ claims: JSON.stringify({ id_token: { national_id: null } }) });
    expect(tokens.claims()?.['national_id']).toEqual(national);
    expect(await engine.userinfo(tokens.access_token)).not.toHaveProperty('national_id');
  });

  it.each([
    ['did not declare it', []],
    // Registered before that was refused, or written into the table.
    ['declared it as a matter of consent', [releasedByConsent('national_id', true)]],
  ])('gives a portal nothing that %s', async (_, declared) => {
    const portal = await engine.addPortal({ release: declared });
    const tokens = await portal.signOn({
      scope: 'openid national_id',
      claims: JSON.stringify({
        userinfo: {
          national_id: { essential: true },
          verified_claims: { verification: { trust_framework: null }, claims: { national_id: null } },
        },
        id_token: { national_id: { essential: true } },
      }),
    });
    expect(JSON.stringify([await engine.userinfo(tokens.access_token), tokens.claims()])).not.toContain(number);
  });

  it('is told before it is given', async () => {
    const portal = await engine.addPortal({ release, isNew: true });
    const { url } = await portal.client.begin({ scope: 'openid national_id' });
    expect(await portal.answerTo(url)).toContain('/interaction/');
  });

  it('leaves the ID token alone also beside a token for an API, and no token carries it', async () => {
    const resource: ResourceServer = {
      identifier: 'https://api.example.vn/',
      agencyId: randomUUID(),
      sectorId: randomUUID(),
      scopes: ['records:read'],
      accessTokenFormat: 'jwt',
      accessTokenTtlSeconds: 300,
      representationAsJwt: false,
    };
    engine.addResource(resource);
    for (const claimsPreset of [undefined, 'vnconnect'] as const) {
      const portal = await engine.addPortal({ release, resources: [resource.identifier], claimsPreset });
      const login = await portal.client.begin({
        scope: 'openid profile national_id records:read',
        resource: resource.identifier,
      });
      const answer = await portal.answerTo(login.url);
      const tokens = await portal.client.redeem(login, answer, { resource: resource.identifier });
      expect(answer).not.toContain(number);
      expect(JSON.stringify(tokens.claims())).toContain('Nguyễn Thị Lan');
      expect(JSON.stringify(tokens.claims())).not.toContain(number);
      expect(JSON.stringify(decodeJwt(tokens.access_token))).not.toContain(number);
    }
  });
});

describe('OIDC Core §5.1: the claims of a proved identity', () => {
  it('come from the source; how to reach the person is still theirs', async () => {
    const portal = await engine.addPortal({ release: [...release, releasedByConsent('place_of_birth')] });
    const claims = JSON.stringify({ userinfo: { place_of_birth: null } });
    const { access_token: token } = await portal.signOn({ scope, claims });
    expect(await engine.userinfo(token)).toMatchObject({
      name: 'Nguyễn Thị Lan',
      birthdate: '1990-05-17',
      place_of_birth: { country: 'VN', locality: 'An Hòa' },
      phone_number: '+84900000001',
      address: { formatted: 'Nơi ở' },
    });
  });

  it.each([
    ['1965', '1965', '1965-00-00', '19650000'],
    ['1965-10', '1965', '1965-10-00', '19651000'],
  ])('a birth date known as %s is never made a day', async (known, standard, french, vietnamese) => {
    const partial = anIdentity({ attributes: { birthdate: partialDate(known) } });
    await using elsewhere = await claimsEngine({ sources, identity: partial });
    const birthdateOf = async (claimsPreset?: 'vnconnect' | 'franceconnect') => {
      const portal = await elsewhere.addPortal({ release, claimsPreset });
      const userinfo = await elsewhere.userinfo((await portal.signOn({ scope })).access_token);
      return userinfo['birthdate'] ?? userinfo['NgayThangNamSinh'];
    };
    expect(await birthdateOf()).toBe(standard);
    expect(await birthdateOf('franceconnect')).toBe(french);
    expect(await birthdateOf('vnconnect')).toBe(vietnamese);
  });
});

describe('the preset vnconnect', () => {
  it('sends its names and the protocol’s, and no others', async () => {
    const portal = await engine.addPortal({ release, claimsPreset: 'vnconnect' });
    const tokens = await portal.signOn({ scope });
    const userinfo = await engine.userinfo(tokens.access_token);
    const { sub } = userinfo;
    expect(userinfo).toEqual({
      sub,
      aal: 'aal1',
      ial: 'ial2',
      TechID: sub,
      LoaiTaiKhoan: '1',
      HoVaTen: 'Nguyễn Thị Lan',
      NgayThangNamSinh: '19900517',
      SoDinhDanh: number,
      DiaChi: 'Nơi ở',
      SoDienThoai: '+84900000001',
      ThuDienTu: 'lan@example.vn',
    });
    expect(tokens.claims()).toMatchObject({ sub, TechID: sub, LoaiTaiKhoan: '1', aud: portal.portal.clientId });
    expect(tokens.claims()).not.toHaveProperty('HoVaTen');
  });

  it('renames nothing that was refused, or not declared', async () => {
    const portal = await engine.addPortal({
      release: [releasedByConsent('name'), releasedByConsent('email')],
      refuses: ['name'],
      claimsPreset: 'vnconnect',
    });
    const claims = JSON.stringify({ userinfo: { HoVaTen: null, SoDinhDanh: null }, id_token: { HoVaTen: null } });
    const tokens = await portal.signOn({ scope, claims });
    expect(Object.keys(await engine.userinfo(tokens.access_token)).sort()).toEqual(
      ['LoaiTaiKhoan', 'TechID', 'ThuDienTu', 'aal', 'ial', 'sub'].sort(),
    );
    expect(tokens.claims()).not.toHaveProperty('HoVaTen');
  });

  it('a name of the preset asks for the claim it stands for', async () => {
    const claims = JSON.stringify({ userinfo: { HoVaTen: null }, id_token: { SoDinhDanh: null } });
    const undecided = await engine.addPortal({ release, claimsPreset: 'vnconnect', isNew: true });
    expect(await undecided.answerTo((await undecided.client.begin({ claims })).url)).toContain('/interaction/');

    const portal = await engine.addPortal({ release, claimsPreset: 'vnconnect' });
    const tokens = await portal.signOn({ claims });
    const userinfo = await engine.userinfo(tokens.access_token);
    expect(userinfo['HoVaTen']).toBe('Nguyễn Thị Lan');
    expect(userinfo).not.toHaveProperty('NgayThangNamSinh');
    expect(tokens.claims()?.['SoDinhDanh']).toBe(number);
  });

  it('is nothing to other portals, however they ask', async () => {
    const portal = await engine.addPortal({ release });
    const claims = JSON.stringify({ userinfo: { HoVaTen: null, TechID: null }, id_token: { LoaiTaiKhoan: null } });
    const tokens = await portal.signOn({ scope, claims });
    const received = [
      ...Object.keys(await engine.userinfo(tokens.access_token)),
      ...Object.keys(tokens.claims() ?? {}),
    ];
    expect(received.filter((claim) => /^[A-Z]/.test(claim))).toEqual([]);
  });
});

describe('the preset franceconnect', () => {
  it('sends its names and the protocol’s, and no others', async () => {
    const portal = await engine.addPortal({
      release: [...release, releasedByConsent('place_of_birth')],
      claimsPreset: 'franceconnect',
      metadata: { userinfo_signed_response_alg: 'ES256' } as never,
    });
    const tokens = await portal.signOn({ scope: 'openid profile email' });
    const response = await fetch(`${engine.issuer}/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(decodeJwt(await response.text())).toEqual({
      sub: tokens.claims()?.sub,
      iss: engine.issuer,
      aud: portal.portal.clientId,
      exp: expect.any(Number),
      iat: expect.any(Number),
      aal: 'aal1',
      ial: 'ial2',
      given_name: 'Lan',
      family_name: 'Nguyễn',
      birthdate: '1990-05-17',
      gender: 'female',
      birthplace: 'An Hòa',
      birthcountry: 'VN',
      email: 'lan@example.vn',
    });
    expect(tokens.claims()?.['acr']).toBe('low');
  });
});
