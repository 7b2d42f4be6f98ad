import type { EidStyle } from './eid-style.ts';
import { loginFaults } from './faults.ts';

const male = 'Nam';
const female = 'Nữ';

/** An invented company; its code passes the check digit and lies outside the ranges that are given out. */
const enterprise = {
  MaSoThue: '9900000016',
  MaSoDoanhNghiep: '9900000016',
  TenDoanhNghiep: 'CÔNG TY TNHH THỬ NGHIỆM SÔNG XANH',
};

/** As VNConnect speaks: one name in capitals, dates without dashes, and claims of its own, all of them with `openid`. */
export const vnconnect: EidStyle = {
  type: 'vnconnect',
  algorithm: 'RS256',
  signsUserinfo: false,
  levels: ['LoA1', 'LoA2'],
  unknownLevel: 'LoA0',
  faults: loginFaults,
  otherFamilyName: 'ĐẶNG',
  claimsByScope: {
    openid: [
      'sub',
      'TechID',
      'LoaiTaiKhoan',
      'HoVaTen',
      'SoDinhDanh',
      'NgayThangNamSinh',
      'GioiTinh',
      'DiaChi',
      'SoDienThoai',
      'ThuDienTu',
      'MaSoThue',
      'MaSoDoanhNghiep',
      'TenDoanhNghiep',
      'TrangThai',
    ],
  },
  claimsOf: (person, fault) => ({
    TechID: person.subject,
    HoVaTen: person.name,
    SoDinhDanh: person.national_id,
    NgayThangNamSinh: person.birthdate.replaceAll('-', ''),
    GioiTinh: person.gender === 'male' ? male : female,
    DiaChi: person.address,
    SoDienThoai: person.phone,
    ThuDienTu: person.email,
    TrangThai: fault === 'withdrawn-identity' ? '2' : '1',
    // Since July 2025 a person's tax number is their personal number.
    ...(fault === 'enterprise-account'
      ? { LoaiTaiKhoan: '2', ...enterprise }
      : { LoaiTaiKhoan: '1', MaSoThue: person.national_id }),
  }),
};
