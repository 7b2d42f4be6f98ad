import type { ClaimMap } from './claim-map.ts';
import type { LevelWorth } from './eid-connector.ts';

/** What a kind of source is known to send, so that its operator configures an address and a key and no claims. */
export type EidPreset = {
  readonly country: string;
  /** @see OpenID Connect for Identity Assurance 1.0 §5.4.2 trust_framework */
  readonly trustFramework: string;
  readonly scope: string;
  readonly acrValues: string;
  readonly levels: Readonly<Record<string, LevelWorth>>;
  readonly claims: ClaimMap;
};

export const standardGenders = { female: 'female', male: 'male', other: 'other' } as const;

/**
 * VNeID behind the national portal ("VNConnect"). `TechID` is the stable key; `sub` only ties the ID token to userinfo.
 * Telephone, mail and everything of a company are sent along and not read.
 *
 * LoA1 is an account of level 01 by one factor; from LoA2 on a second factor of a level 02 account was used, which is
 * issued in person. Two factors prove no biometrics to us, so higher ones are worth no more.
 * @see Decree 69/2024/NĐ-CP
 */
export const vnconnect: EidPreset = {
  country: 'VN',
  trustFramework: 'vn_decree_69_2024',
  scope: 'openid',
  acrValues: 'LoA1',
  levels: {
    LoA1: { ial: 'ial1', factors: 1 },
    LoA2: { ial: 'ial2', factors: 2 },
    LoA3: { ial: 'ial2', factors: 2 },
    LoA4: { ial: 'ial2', factors: 2 },
  },
  claims: {
    subject: 'TechID',
    name: ['HoVaTen'],
    attributes: {
      birthdate: 'NgayThangNamSinh',
      gender: 'GioiTinh',
      national_id: 'SoDinhDanh',
      address: 'DiaChi',
    },
    birthdateFormat: 'yyyymmdd',
    genders: { nam: 'male', nữ: 'female', khác: 'other' },
    level: 'acr',
    accountKind: { claim: 'LoaiTaiKhoan', person: ['1'], enterprise: ['2'] },
    status: { claim: 'TrangThai', withdrawn: ['withdrawn', 'revoked'] },
  },
};

/**
 * FranceConnect, whose identity is the civil register's: all given names, the birth name, and the place of birth in the
 * codes of the Code officiel géographique. A commune is kept as its code (`75107`), which is what French portals
 * compare; of the countries only France (99100) is translated. The usage name (`preferred_username`) is not read: it
 * isn't part of the identity that the register checks.
 *
 * The levels are eIDAS': low, substantial, high. High is not worth `ial3`, which needs our own trained staff.
 * @see Commission Implementing Regulation (EU) 2015/1502
 */
export const franceconnect: EidPreset = {
  country: 'FR',
  trustFramework: 'eidas',
  scope: 'openid given_name family_name birthdate gender birthplace birthcountry',
  acrValues: 'eidas1',
  levels: {
    eidas1: { ial: 'ial1', factors: 1 },
    eidas2: { ial: 'ial2', factors: 2 },
    eidas3: { ial: 'ial2', factors: 2 },
  },
  claims: {
    subject: 'sub',
    name: ['given_name', 'family_name'],
    attributes: {
      family_name: 'family_name',
      given_name: 'given_name',
      birthdate: 'birthdate',
      gender: 'gender',
      birth_country: 'birthcountry',
      birth_locality: 'birthplace',
    },
    birthdateFormat: 'iso',
    genders: standardGenders,
    birthCountries: { '99100': 'FR' },
    level: 'acr',
  },
};
