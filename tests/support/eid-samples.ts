import type { EidSample } from './eid-trips.ts';

/** Three sources as they write, each with an invented person. */
export const vnconnectSample: EidSample = {
  settings: { type: 'vnconnect' },
  person: {
    idToken: { sub: 'vn-sub-1', acr: 'LoA2' },
    userinfo: {
      sub: 'vn-sub-1',
      TechID: 'tech-4711',
      LoaiTaiKhoan: '1',
      // NFD and spaces, as some sources send it.
      HoVaTen: ` ${'NGUYỄN THỊ LAN'.normalize('NFD')} `,
      SoDinhDanh: '001165000001',
      NgayThangNamSinh: '19651003',
      GioiTinh: 'Nữ',
      DiaChi: '12 Hàng Bông, Hoàn Kiếm, Hà Nội',
      SoDienThoai: '0912345678',
      ThuDienTu: 'lan@example.vn',
      MaSoThue: null,
    },
  },
};

const frenchSubject = 'b6048e95bb134ec5b1d1e1fa69f287172e91722b9354d637a1bcf2ebb0fd2ef5v1';

export const franceconnectSample: EidSample = {
  settings: { type: 'franceconnect' },
  person: {
    idToken: { sub: frenchSubject, acr: 'eidas1' },
    userinfo: {
      sub: frenchSubject,
      given_name: 'Anne Marie',
      family_name: 'TRAN-DURAND',
      preferred_username: 'MARTIN',
      birthdate: '1962-08-24',
      gender: 'female',
      birthplace: '75107',
      birthcountry: '99100',
      email: 'anne@example.fr',
    },
  },
};

export const openidSample: EidSample = {
  settings: {
    type: 'openid',
    country: 'KH',
    scope: 'openid profile address',
    levels: { substantial: { ial: 'ial2', factors: 2 } },
    claims: {
      name: 'full_name',
      family_name: 'family_name',
      given_name: 'given_name',
      middle_name: '/names/middle~1other',
      birthdate: 'https://eid.example/claims/birth',
      gender: 'gender',
      national_id: 'https://eid.example/claims/number',
      address: '/address/formatted',
      birth_country: '/place_of_birth/country',
      birth_locality: '/place_of_birth/locality',
      level: 'assurance',
      account_kind: { claim: 'kind', person: ['citizen'], enterprise: ['company'] },
      status: { claim: 'state', withdrawn: ['revoked'] },
    },
  },
  person: {
    idToken: { sub: 'kh-2210', acr: 'ignored', assurance: 'substantial', kind: 'citizen' },
    userinfo: {
      sub: 'kh-2210',
      full_name: 'Sok Dara',
      given_name: 'Dara',
      family_name: 'Sok',
      names: { 'middle/other': 'Vuthy' },
      'https://eid.example/claims/birth': '1990-00-00',
      gender: 'other',
      'https://eid.example/claims/number': '010 203-040',
      address: { formatted: '1 Street 19\r\nPhnom Penh\r\n' },
      place_of_birth: { country: 'KH', locality: 'Battambang' },
      state: 'active',
    },
  },
};
