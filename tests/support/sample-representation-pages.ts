import type {
  NumberLabel,
  OrganizationOption,
  OrganizationShown,
  Unavailable,
} from '../../src/http/representation-pages.ts';
import { sample } from './sample.ts';
import { sampleOrganization as organization } from './sample-organization-results.ts';
import type { SamplePage } from './sample-pages.ts';

const names = [
  'CÔNG TY TNHH MỘT THÀNH VIÊN TRÀ SƯƠNG MAI',
  'CÔNG TY CỔ PHẦN ĐẦU TƯ XÂY DỰNG VÀ THƯƠNG MẠI TỔNG HỢP NGUYỄN THỊ MỸ HƯỜNG – CHI NHÁNH TỈNH AN HÒA',
  'HỘ KINH DOANH PHỞ THẮM',
  'ATELIERS DU TILLEUL',
  'HỢP TÁC XÃ NÔNG NGHIỆP VÀ DỊCH VỤ TỔNG HỢP MÂY TRẮNG',
] as const;
const numbers: readonly (readonly [NumberLabel, string])[] = [
  ['enterprise', '9900100003'],
  ['enterprise', '9900111171'],
  ['household', '•••805'],
  ['siren', '000\u00a0018\u00a0374'],
  ['lei', '969500QJ7XYZABCDEF12'],
];

const option = (index: number, unavailable?: Unavailable): OrganizationOption => {
  const [numberLabel, number] = numbers[index % numbers.length] ?? numbers[0] ?? ['enterprise', ''];
  return {
    value: `0193f2a4-0000-7000-8000-${String(index).padStart(12, '0')}`,
    name: names[index % names.length] ?? '',
    number,
    numberLabel,
    isSelected: false,
    isLastChoice: index === 0,
    unavailable,
  };
};
const options = (count: number) => Array.from({ length: count }, (_, index) => option(index));

const choice = {
  action: '/interaction/a/organization',
  searchUrl: '/interaction/a',
  search: '',
  isSearchable: false,
  total: 0,
  hidden: 0,
  options: [],
  self: { isAllowed: true, name: 'Nguyễn Thị Mỹ Hường', isSelected: false },
  powersAsked: [],
  number: '',
  isAnotherSelected: false,
  cancelAction: '/cancel',
} as const;
const nobodyAsSelf = { isAllowed: false, name: '', isSelected: false } as const;
const typed = { ...choice, isAnotherSelected: true, options: options(1), total: 1 } as const;

const unavailable: readonly Unavailable[] = [
  { reason: 'joint' },
  { reason: 'powers-missing', missing: ['Nộp hồ sơ khai thuế', 'Ký hợp đồng tín dụng'] },
  { reason: 'powers-missing', missing: ['*'] },
  { reason: 'pending-consent' },
  { reason: 'pending-review' },
  { reason: 'suspended' },
];

const bare: OrganizationShown = {
  name: names[2],
  number: '•••805',
  numberLabel: 'household',
  state: 'unknown',
  asOf: '22/11/2026',
  isStale: false,
};
const found = (shown: OrganizationShown) =>
  ({ action: '/found', found: { kind: 'found', organization: shown }, cancelAction: '/cancel' }) as const;

/** Choosing whom one acts for, and what a register has. */
export const sampleRepresentationPages: readonly SamplePage[] = [
  sample('representation/choose', 'nobody', choice),
  sample('representation/choose', 'nobody-not-self', { ...choice, self: nobodyAsSelf }),
  sample('representation/choose', 'one', {
    ...choice,
    options: options(1),
    total: 1,
    powersAsked: ['Nộp hồ sơ khai thuế'],
  }),
  sample('representation/choose', 'three', {
    ...choice,
    options: options(3).map((one, index) => ({ ...one, isSelected: index === 1 })),
    total: 3,
    powersAsked: ['Nộp hồ sơ khai thuế', '*'],
  }),
  sample('representation/choose', 'three-not-self', { ...choice, options: options(3), total: 3, self: nobodyAsSelf }),
  sample('representation/choose', 'many', {
    ...choice,
    isSearchable: true,
    options: options(25),
    total: 31,
    hidden: 6,
  }),
  sample('representation/choose', 'searched', {
    ...choice,
    isSearchable: true,
    search: 'mây trắng',
    options: options(2),
    total: 2,
  }),
  sample('representation/choose', 'searched-none', { ...choice, isSearchable: true, search: 'mỏ vàng' }),
  sample('representation/choose', 'unavailable', {
    ...choice,
    options: [option(0), ...unavailable.map((why, index) => option(index + 1, why))],
    total: 7,
  }),
  sample('representation/choose', 'all-unavailable', {
    ...choice,
    options: unavailable.slice(3, 4).map((why) => option(1, why)),
    total: 1,
    self: nobodyAsSelf,
    problem: { kind: 'organization-not-available' },
  }),
  sample('representation/choose', 'as-self', { ...choice, self: { isAllowed: true, name: '', isSelected: true } }),
  sample('representation/choose', 'nothing-chosen', {
    ...choice,
    options: options(3),
    total: 3,
    problem: { kind: 'organization-missing' },
  }),
  sample('representation/choose', 'number-missing', { ...typed, problem: { kind: 'number-missing' } }),
  sample('representation/choose', 'number-typo', {
    ...typed,
    number: '9900 100 004',
    problem: { kind: 'number-typo' },
  }),
  sample('representation/choose', 'number-unknown', {
    ...choice,
    self: nobodyAsSelf,
    number: '12345',
    problem: { kind: 'number-unknown-format' },
  }),
  sample('representation/choose', 'no-register', { ...typed, problem: { kind: 'number-without-register' } }),
  sample('representation/choose', 'throttled', { ...typed, problem: { kind: 'throttled', retryAfterSeconds: 1800 } }),
  sample('representation/choose', 'expired-form', { ...choice, problem: { kind: 'expired-form' } }),
  sample('representation/found', 'active', found(organization)),
  sample('representation/found', 'in-liquidation', found({ ...organization, state: 'in-liquidation' })),
  sample('representation/found', 'suspended', found({ ...organization, state: 'suspended', numberLabel: 'lei' })),
  sample('representation/found', 'closed', found({ ...organization, state: 'closed' })),
  sample('representation/found', 'stale', found({ ...organization, numberLabel: 'siren', isStale: true })),
  sample('representation/found', 'bare', found(bare)),
  sample('representation/found', 'expired-form', { ...found(bare), problem: { kind: 'expired-form' } }),
  sample('representation/found', 'unknown-number', {
    action: '/found',
    found: { kind: 'not-yours', number: '' },
    cancelAction: '/cancel',
  }),
  ...(['not-found', 'masked', 'unavailable', 'not-yours'] as const).map((kind) =>
    sample('representation/found', kind, {
      action: '/found',
      found: { kind, number: '9900100003' },
      cancelAction: '/cancel',
    }),
  ),
];
