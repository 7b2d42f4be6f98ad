import { describe, expect, it } from '@jest/globals';
import { claimBirthdate, paddedBirthdate } from '../../src/oidc/claim-birthdate.ts';
import { presetClaimsOfScope, renameClaims } from '../../src/oidc/claims-preset.ts';
import { claimsByScope, decidingClaim, requestedPersonalClaims } from '../../src/oidc/scopes-and-claims.ts';
import { claimsPresets } from '../../src/relying-parties/relying-party.ts';

const claims = {
  sub: 'the portal’s own',
  name: 'Nguyễn Thị Lan',
  family_name: 'Nguyễn',
  given_name: 'Lan',
  birthdate: '1990-05-17',
  gender: 'female',
  place_of_birth: { country: 'VN', locality: 'An Hòa' },
  national_id: { country: 'VN', type: 'personal-number', value: '099190000123' },
  address: { formatted: '1 Trần Hưng Đạo' },
  phone_number: '+84900000001',
  email: 'lan@example.vn',
  email_verified: true,
  locale: 'vi',
};
const all = new Set(Object.keys(claims));

describe('the names of VNConnect', () => {
  it('are all of these, and no others', () => {
    expect(renameClaims(claims, { preset: 'vnconnect', permitted: all })).toEqual({
      TechID: 'the portal’s own',
      LoaiTaiKhoan: '1',
      HoVaTen: 'Nguyễn Thị Lan',
      NgayThangNamSinh: '19900517',
      SoDinhDanh: '099190000123',
      DiaChi: '1 Trần Hưng Đạo',
      SoDienThoai: '+84900000001',
      ThuDienTu: 'lan@example.vn',
    });
  });

  it.each([
    ['1965', '19650000'],
    ['1965-10', '19651000'],
    ['1965-10-03', '19651003'],
  ])('write a birth date of %s as %s', (birthdate, written) => {
    const renamed = renameClaims({ birthdate }, { preset: 'vnconnect', permitted: new Set(['birthdate']) });
    expect(renamed['NgayThangNamSinh']).toBe(written);
  });
});

describe('the names of FranceConnect', () => {
  it('are all of these, and no others', () => {
    expect(renameClaims(claims, { preset: 'franceconnect', permitted: all })).toEqual({
      given_name: 'Lan',
      family_name: 'Nguyễn',
      birthdate: '1990-05-17',
      gender: 'female',
      birthplace: 'An Hòa',
      birthcountry: 'VN',
      email: 'lan@example.vn',
    });
  });

  it.each([
    ['1965', '1965-00-00'],
    ['1965-10', '1965-10-00'],
  ])('write a birth date of %s as %s', (birthdate, written) => {
    const renamed = renameClaims({ birthdate }, { preset: 'franceconnect', permitted: new Set(['birthdate']) });
    expect(renamed['birthdate']).toBe(written);
  });
});

describe.each(claimsPresets)('the preset %s', (preset) => {
  it('adds nothing: what may not leave leaves under no name', () => {
    const before = renameClaims(claims, { preset, permitted: new Set() });
    expect(Object.values(before).filter((value) => value !== claims.sub && value !== '1')).toEqual([]);
    for (const permitted of all) {
      const values = JSON.stringify(renameClaims(claims, { preset, permitted: new Set([permitted]) }));
      for (const [claim, value] of Object.entries({ name: 'Thị', national_id: '099190000123', email: 'lan@' })) {
        expect(values.includes(value)).toBe(permitted === claim && values.includes(value));
      }
    }
  });

  it('has no claim where the person has none', () => {
    expect(renameClaims({ sub: 's' }, { preset, permitted: all })).toEqual(
      preset === 'vnconnect' ? { TechID: 's', LoaiTaiKhoan: '1' } : {},
    );
  });

  it('asks by scope for what its names stand for, each decided by the claim it renames', () => {
    for (const scope of Object.keys(claimsByScope)) {
      const asked = requestedPersonalClaims({ scopes: [scope], named: [], preset });
      for (const claim of presetClaimsOfScope(preset, scope)) {
        const decider = decidingClaim(claim, preset);
        expect(asked.includes(claim)).toBe(decider !== 'sub' && claim !== 'LoaiTaiKhoan');
      }
    }
    expect(decidingClaim('HoVaTen', 'vnconnect')).toBe('name');
    expect(decidingClaim('birthcountry', 'franceconnect')).toBe('place_of_birth');
  });
});

describe('what a request asks for', () => {
  const asked = (named: readonly string[], preset?: 'vnconnect') =>
    requestedPersonalClaims({ scopes: ['openid'], named, preset });

  it('the name of a preset is the name of nothing to a portal without it', () => {
    expect(asked(['HoVaTen', 'name', 'SoDinhDanh'])).toEqual(['name']);
    expect(asked(['HoVaTen', 'SoDinhDanh'], 'vnconnect')).toEqual(['HoVaTen', 'SoDinhDanh']);
  });

  it('leaves out what nobody knows, and what every portal gets', () => {
    expect(asked(['favourite_colour', 'constructor', '__proto__', 'toString', 'acr', 'sub', 'email_verified'])).toEqual(
      ['email_verified'],
    );
    expect(requestedPersonalClaims({ scopes: ['constructor', 'toString'], named: [], preset: undefined })).toEqual([]);
  });
});

describe('OIDC Core §5.1: birthdate', () => {
  it.each([
    ['1965', '1965', '1965-00-00'],
    ['1965-10', '1965', '1965-10-00'],
    ['1965-10-03', '1965-10-03', '1965-10-03'],
  ])('%s is %s, never a day nobody gave', (known, standard, padded) => {
    expect([claimBirthdate(known), paddedBirthdate(known)]).toEqual([standard, padded]);
  });
});
