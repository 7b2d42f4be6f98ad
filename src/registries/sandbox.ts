import { z } from 'zod';
import { readPartialDate } from '../platform/partial-date.ts';
import { answerOf, type Reading, reading } from './ask-register.ts';
import { isVietnameseTaxCode } from './check-digits.ts';
import type {
  LegalEntity,
  LegalEntityState,
  Listed,
  ListedPerson,
  Register,
  RegistrationNumber,
} from './legal-entity.ts';
import type { RegisterLine } from './register-line.ts';
import { neededText, speaksOfInsolvency, textField } from './register-text.ts';

const states = {
  'dang-hoat-dong': 'active',
  'dang-giai-the': 'in-liquidation',
  'tam-ngung': 'suspended',
  'da-giai-the': 'closed',
} as const satisfies Readonly<Record<string, LegalEntityState>>;

const person = z.object({
  HoVaTen: textField,
  SoDinhDanh: textField,
  NgaySinh: textField,
  QuocTich: textField,
  MaChucDanh: textField,
  ChucDanh: textField,
  ConHieuLuc: z.boolean().nullish(),
  BaoMat: z.boolean().default(false),
});
const answer = z.object({
  CapNhatLuc: textField,
  DonVi: z.object({
    Loai: z.enum(['doanh-nghiep', 'ho-kinh-doanh']),
    MaSo: z.string().regex(/^\d{10,13}$/),
    Ten: neededText,
    LoaiHinh: z.object({ Ma: neededText, Ten: neededText }),
    TrangThai: z.string(),
    DiaChi: textField,
    BaoMat: z.boolean().default(false),
  }),
  NguoiDaiDien: z.array(person),
});
const refusal = z.object({ MaLoi: z.literal('khong-tim-thay') });

type Answer = z.output<typeof answer>;

/** The pretend Vietnamese register of `examples/sandbox`: enterprises and household businesses. */
export function createSandboxRegister(key: string, line: RegisterLine): Register {
  async function find<Value>({ value }: RegistrationNumber, read: (body: Answer) => Reading<Value>) {
    // A household's number is its owner's personal number: not in an address, which would be logged on the way.
    const reply = await line.ask({ path: 'vn/tra-cuu', body: { MaSo: value } });
    const readers = {
      200: reading(
        answer.refine(({ DonVi: unit }) => unit.MaSo === value),
        (body): Reading<Value> => ({ ...read(body), asOf: asOf(body) }),
      ),
      404: reading(refusal, (): Reading<Value> => ({ kind: 'not-found' })),
    };
    return answerOf(reply, { source: key, line, readers });
  }

  return {
    key,
    schemes: ['vn-enterprise', 'vn-household'],
    findLegalEntity: (number) => find(number, readEntity),
    listRepresentatives: (number) => find(number, readRepresentatives),
  };
}

function readEntity({ DonVi: unit }: Answer): Reading<LegalEntity> {
  if (unit.BaoMat) return { kind: 'masked' };
  const isHousehold = unit.Loai === 'ho-kinh-doanh';
  const value: LegalEntity = {
    number: { scheme: isHousehold ? 'vn-household' : 'vn-enterprise', value: unit.MaSo },
    numberIsFaulty: isHousehold ? !/^\d{12}$/.test(unit.MaSo) : !isVietnameseTaxCode(unit.MaSo),
    name: unit.Ten,
    legalForm: { code: unit.LoaiHinh.Ma, label: unit.LoaiHinh.Ten },
    state: stateOf(unit.TrangThai),
    isNaturalPerson: isHousehold,
    country: 'VN',
    address: unit.DiaChi,
    mentionsInsolvency: speaksOfInsolvency(unit.Ten),
  };
  return { kind: 'found', value };
}

function stateOf(state: string): LegalEntityState {
  return Object.hasOwn(states, state) ? states[state as keyof typeof states] : 'unknown';
}

function readRepresentatives({ DonVi: unit, NguoiDaiDien: persons }: Answer): Reading<readonly Listed[]> {
  const allMasked = persons.length > 0 && persons.every(({ BaoMat: masked }) => masked);
  if (unit.BaoMat || allMasked) return { kind: 'masked' };
  return { kind: 'found', value: persons.map(readPerson) };
}

function readPerson(one: Answer['NguoiDaiDien'][number]): ListedPerson {
  const { SoDinhDanh: number, NgaySinh: date } = one;
  return {
    kind: 'person',
    roleCode: one.MaChucDanh,
    roleLabel: one.ChucDanh,
    isActive: one.ConHieuLuc ?? undefined,
    name: one.HoVaTen,
    givenNames: [],
    birthdate: date === undefined ? undefined : readPartialDate(date),
    nationality: one.QuocTich,
    personalNumber: /^\d{12}$/.test(number ?? '') ? { country: 'VN', value: number ?? '' } : undefined,
    isMasked: one.BaoMat,
  };
}

function asOf({ CapNhatLuc: at }: Answer): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}
