import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { claimAt } from '../../src/identity-proofing/claim-map.ts';
import { franceconnect, vnconnect } from '../../src/identity-proofing/eid-presets.ts';
import { readIdentity } from '../../src/identity-proofing/read-identity.ts';
import { franceconnectSample, openidSample, vnconnectSample } from '../support/eid-samples.ts';
import { configuredEid } from '../support/eid-trips.ts';

const today = new Date('2026-11-22T08:00:00Z');
type Changes = Readonly<Record<string, unknown>>;

const readVietnamese = (changes: Changes = {}) => {
  const { idToken, userinfo } = vnconnectSample.person;
  return readIdentity([idToken, { ...userinfo, ...changes }], { claims: vnconnect.claims, country: 'VN', today });
};
const readFrench = (changes: Changes = {}) => {
  const { idToken, userinfo } = franceconnectSample.person;
  return readIdentity([idToken, { ...userinfo, ...changes }], { claims: franceconnect.claims, country: 'FR', today });
};
const openid = configuredEid({ issuer: 'https://eid.example.kh', ...openidSample.settings });
const readOther = (changes: Changes = {}) => {
  const { idToken, userinfo } = openidSample.person;
  return readIdentity([idToken, { ...userinfo, ...changes }], { claims: openid.claims, country: 'KH', today });
};

describe('vnconnect', () => {
  it('keys on TechID, whatever the sub', () => {
    expect(readVietnamese()).toMatchObject({ kind: 'person', subject: 'tech-4711' });
    expect(readVietnamese({ TechID: undefined })).toEqual({ kind: 'not-trusted', reason: 'incomplete' });
  });

  it('knows an enterprise, even one that is withdrawn or has no name', () => {
    const enterprise = {
      LoaiTaiKhoan: '2',
      HoVaTen: undefined,
      TenDoanhNghiep: 'Công ty An Hòa',
      TrangThai: 'revoked',
    };
    expect(readVietnamese(enterprise)).toEqual({ kind: 'enterprise-account' });
  });

  it.each([undefined, null, '', '3', 1, ['1'], '1 or 2'])('takes %j for no kind of account', (kind) => {
    expect(readVietnamese({ LoaiTaiKhoan: kind })).toEqual({ kind: 'not-trusted', reason: 'account-kind' });
  });

  it('knows an identity that is withdrawn, by configured words', () => {
    expect(readVietnamese({ TrangThai: 'withdrawn' })).toEqual({ kind: 'withdrawn', subject: 'tech-4711' });
    expect(readVietnamese({ TrangThai: 'active' })).toMatchObject({ kind: 'person' });
    expect(readVietnamese({ TrangThai: ['withdrawn'] })).toEqual({ kind: 'not-trusted', reason: 'malformed' });
    const { claims } = configuredEid({ issuer: 'https://eid.vn', type: 'vnconnect', withdrawn_values: ['Thu hồi'] });
    const { idToken, userinfo } = vnconnectSample.person;
    const reading = readIdentity([idToken, { ...userinfo, TrangThai: 'Thu hồi' }], { claims, country: 'VN', today });
    expect(reading).toEqual({ kind: 'withdrawn', subject: 'tech-4711' });
  });

  it.each([
    ['19650000', '1965'],
    ['1965', '1965'],
    ['19651000', '1965-10'],
  ])('keeps the precision of %s', (written, birthdate) => {
    expect(readVietnamese({ NgayThangNamSinh: written })).toMatchObject({ attributes: { birthdate }, leftOut: [] });
  });

  it.each([
    ['NgayThangNamSinh', '19650231', 'birthdate'],
    ['GioiTinh', '7', 'gender'],
    ['GioiTinh', 'constructor', 'gender'],
    ['SoDinhDanh', '123456789', 'national_id'],
    ['SoDinhDanh', '00116500000１', 'national_id'],
  ])('leaves out a %s of %s', (claim, value, attribute) => {
    const reading = readVietnamese({ [claim]: value });
    expect(reading).toMatchObject({ kind: 'person', leftOut: [attribute] });
    expect(reading.kind === 'person' && Object.keys(reading.attributes)).not.toContain(attribute);
  });

  it('reads neither telephone, mail nor anything of a company', () => {
    const company = { MaSoThue: 'M1', MaSoDoanhNghiep: 'M2', TenDoanhNghiep: 'M3', SoDienThoai: 'M4', ThuDienTu: 'M5' };
    expect(readVietnamese(company)).toEqual(readVietnamese());
  });
});

describe('franceconnect', () => {
  it('joins the name as the register orders it', () => {
    expect(readFrench()).toMatchObject({ attributes: { name: 'Anne Marie TRAN-DURAND' } });
    expect(readFrench({ given_name: undefined })).toMatchObject({ attributes: { name: 'TRAN-DURAND' } });
    const long = 'N'.repeat(150);
    expect(readFrench({ given_name: long, family_name: long })).toEqual({ kind: 'not-trusted', reason: 'malformed' });
  });

  it.each([
    [
      { birthplace: '75107', birthcountry: '99100' },
      { country: 'FR', locality: '75107' },
    ],
    [{ birthplace: '', birthcountry: '99243' }, undefined],
    [{ birthplace: '75107', birthcountry: 'toString' }, { locality: '75107' }],
    [{ birthplace: undefined, birthcountry: '99100' }, { country: 'FR' }],
  ])('of %j keeps what it can name', (claims, place) => {
    const reading = readFrench(claims);
    expect(reading.kind === 'person' ? reading.attributes.place_of_birth : 'no person').toEqual(place);
  });

  it('keeps the precision of a date', () => {
    expect(readFrench({ birthdate: '1962-00-00' })).toMatchObject({ attributes: { birthdate: '1962' } });
  });
});

describe('a provider by configuration', () => {
  it('is read from where its operator says', () => {
    expect(readOther({ full_name: undefined })).toEqual({ kind: 'not-trusted', reason: 'incomplete' });
    expect(readOther({ state: 'revoked' })).toEqual({ kind: 'withdrawn', subject: 'kh-2210' });
  });

  it('is believed first where it signed', () => {
    expect(readOther({ kind: 'company', assurance: 'high' })).toMatchObject({ kind: 'person', level: 'substantial' });
  });

  it.each([
    [{ names: [] }, undefined],
    [{ names: 'text' }, undefined],
    [{ names: { 'middle/other': null } }, undefined],
    [{ address: 'text' }, undefined],
    [{ address: { formatted: 'A\nB' } }, 'A\nB'],
  ])('of %j finds what is there', (claims, address) => {
    const reading = readOther({ address: undefined, ...claims });
    expect(reading.kind === 'person' ? reading.attributes.address : 'no person').toBe(address);
  });

  it('has a level of its own words, or none', () => {
    const { userinfo } = openidSample.person;
    const read = (level: unknown) =>
      readIdentity([{ ...openidSample.person.idToken, assurance: level }, userinfo], {
        claims: openid.claims,
        country: 'KH',
        today,
      });
    expect(read(undefined)).toMatchObject({ kind: 'person', level: '' });
    expect(read(['substantial'])).toEqual({ kind: 'not-trusted', reason: 'malformed' });
  });
});

describe('RFC 6901: a claim', () => {
  it.each<[string, unknown]>([
    ['name', 'Lan'],
    ['/name', 'Lan'],
    ['/a/b~1c~0d', 1],
    ['a/b', 2],
    ['/name/length', undefined],
    ['/list/0', 'first'],
  ])('stands at %s, or does not', (path, value) => {
    expect(claimAt({ name: 'Lan', a: { 'b/c~d': 1 }, 'a/b': 2, list: ['first'] }, path)).toBe(value);
  });

  it.each(['constructor', 'toString', '__proto__', '/a/constructor/name', '/a/__proto__'])(
    'is never what every object has: %s',
    (path) => {
      expect(claimAt({ a: {} }, path)).toBeUndefined();
    },
  );
});

describe('whatever is sent', () => {
  const claim = fc.constantFrom(...Object.keys(vnconnectSample.person.userinfo), '__proto__', 'acr');
  it('ends in an outcome, and a person in text without control characters', () => {
    fc.assert(
      fc.property(fc.dictionary(claim, fc.jsonValue()), (sent) => {
        const reading = readVietnamese(JSON.parse(JSON.stringify(sent)));
        if (reading.kind !== 'person') return;
        expect(JSON.stringify(reading.attributes)).not.toMatch(/\\u00[01]|\\ud[89a-f]/);
        expect(reading.attributes.name).toBe(reading.attributes.name.normalize('NFC').trim());
      }),
    );
  });
});
