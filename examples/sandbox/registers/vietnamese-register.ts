import { isPerson, type Listed, type SandboxOrganization } from './organization.ts';

const states = {
  active: 'dang-hoat-dong',
  'in-liquidation': 'dang-giai-the',
  suspended: 'tam-ngung',
  closed: 'da-giai-the',
} as const;

const roles: Readonly<Record<string, string>> = {
  'dai-dien-phap-luat': 'Người đại diện theo pháp luật',
  'chu-ho': 'Chủ hộ kinh doanh',
  'ke-toan-truong': 'Kế toán trưởng',
};

/** How the pretend Vietnamese register says that it knows no such number. */
export const notInVietnam = { MaLoi: 'khong-tim-thay', ThongBao: 'Không tìm thấy' };

function person(listed: Listed, masked: boolean) {
  if (!isPerson(listed)) return [];
  const { role, name, national_id, birthdate, nationality, active } = listed;
  const shown = { HoVaTen: name, SoDinhDanh: national_id ?? null, NgaySinh: birthdate, QuocTich: nationality };
  const hidden = { HoVaTen: null, SoDinhDanh: null, NgaySinh: null, QuocTich: null };
  return [
    {
      ...(masked ? hidden : shown),
      MaChucDanh: role,
      ChucDanh: roles[role] ?? role,
      ConHieuLuc: active,
      BaoMat: masked,
    },
  ];
}

/** An enterprise or a household business, with who represents it. */
export function vietnameseAnswer(
  organization: SandboxOrganization,
  { updatedAt, masked }: { readonly updatedAt: Date; readonly masked: boolean },
) {
  const { kind, number, name, legal_form, state, address, representatives } = organization;
  return {
    CapNhatLuc: updatedAt.toISOString(),
    DonVi: {
      Loai: kind === 'household' ? 'ho-kinh-doanh' : 'doanh-nghiep',
      MaSo: number,
      Ten: masked ? 'KHÔNG CÔNG BỐ' : name,
      LoaiHinh: { Ma: legal_form.code, Ten: legal_form.label },
      TrangThai: states[state],
      DiaChi: masked ? null : address,
      BaoMat: masked,
    },
    NguoiDaiDien: representatives.flatMap((listed) => person(listed, masked)),
  };
}
