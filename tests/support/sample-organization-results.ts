import type {
  OrganizationShown,
  ShownCriterion,
  ShownRefusalReason,
  ShownReviewReason,
} from '../../src/http/representation-pages.ts';
import { sample } from './sample.ts';
import type { SamplePage } from './sample-pages.ts';

/** With a name as long as they get. */
export const sampleOrganization: OrganizationShown = {
  name: 'CÔNG TY CỔ PHẦN ĐẦU TƯ XÂY DỰNG VÀ THƯƠNG MẠI TỔNG HỢP NGUYỄN THỊ MỸ HƯỜNG – CHI NHÁNH TỈNH AN HÒA',
  number: '9900111171',
  numberLabel: 'enterprise',
  legalForm: 'Công ty cổ phần',
  state: 'active',
  address: 'Khu chế biến Đồi Chè, thôn Mây Trắng Thượng, xã Mây Trắng, tỉnh An Hòa',
  asOf: '22/11/2026',
  isStale: false,
};

const allEqual: readonly ShownCriterion[] = [
  { criterion: 'number', outcome: 'equal' },
  { criterion: 'family-name', outcome: 'equal' },
  { criterion: 'given-names', outcome: 'equal' },
  { criterion: 'birthdate', outcome: 'equal' },
  { criterion: 'birth-place', outcome: 'unknown' },
  { criterion: 'role', outcome: 'met' },
  { criterion: 'role-active', outcome: 'met' },
  { criterion: 'uniqueness', outcome: 'met' },
  { criterion: 'entity-state', outcome: 'met' },
  { criterion: 'identity-level', outcome: 'met' },
];
const mixed: readonly ShownCriterion[] = [
  { criterion: 'number', outcome: 'unknown' },
  { criterion: 'family-name', outcome: 'equal' },
  { criterion: 'given-names', outcome: 'similar' },
  { criterion: 'birthdate', outcome: 'different' },
  { criterion: 'birth-place', outcome: 'unknown' },
  { criterion: 'role', outcome: 'met' },
  { criterion: 'role-active', outcome: 'unknown' },
  { criterion: 'uniqueness', outcome: 'met' },
  { criterion: 'entity-state', outcome: 'met' },
  { criterion: 'identity-level', outcome: 'met' },
];
const unmet: readonly ShownCriterion[] = (
  ['role', 'role-active', 'uniqueness', 'entity-state', 'identity-level'] as const
).map((criterion) => ({ criterion, outcome: 'not-met' }));
const unsure: readonly ShownCriterion[] = (
  ['role', 'role-active', 'uniqueness', 'entity-state', 'identity-level'] as const
).map((criterion) => ({ criterion, outcome: 'unknown' }));

const outcome = {
  action: '/result',
  organization: sampleOrganization,
  canBeSelf: true,
  criteria: allEqual,
  cancelAction: '/cancel',
} as const;
const others = [
  { name: 'Đặng Nguyễn Quốc Bảo', answer: 'agreed' },
  { name: undefined, answer: 'waiting' },
] as const;

const reviewReasons = Object.keys({
  'close-match': true,
  'several-fit': true,
  'role-unknown': true,
  'role-activity-unknown': true,
  'organization-state-unknown': true,
  masked: true,
  'no-representatives-listed': true,
  'chain-without-number': true,
  'chain-in-circle': true,
  'chain-too-long': true,
  'chain-too-wide': true,
} satisfies Record<ShownReviewReason, true>) as readonly ShownReviewReason[];

const refusalReasons = Object.keys({
  'identity-not-proved': true,
  'organization-closed': true,
  'organization-not-found': true,
  'not-listed': true,
  namesake: true,
  'role-does-not-bind': true,
  'only-liquidator-binds': true,
  'former-officer': true,
} satisfies Record<ShownRefusalReason, true>) as readonly ShownRefusalReason[];

/** What came of the wish to act for an organization: each end of it, for each reason. */
export const sampleOrganizationResults: readonly SamplePage[] = [
  sample('representation/result', 'established', {
    ...outcome,
    result: { kind: 'established', role: 'Người đại diện theo pháp luật' },
  }),
  sample('representation/result', 'established-stale', {
    ...outcome,
    organization: { ...sampleOrganization, isStale: true },
    canBeSelf: false,
    result: { kind: 'established' },
  }),
  sample('representation/result', 'consent-to-ask', {
    ...outcome,
    result: { kind: 'needs-consent', others: others.map((one) => ({ ...one, answer: 'waiting' })), isAsked: false },
  }),
  sample('representation/result', 'consent-exercise-missing', {
    ...outcome,
    result: { kind: 'needs-consent', others, isAsked: false },
    problem: { kind: 'exercise-missing' },
  }),
  sample('representation/result', 'consent-asked-sole', {
    ...outcome,
    result: { kind: 'needs-consent', others, isAsked: true, exercise: 'sole' },
  }),
  sample('representation/result', 'consent-asked-joint', {
    ...outcome,
    canBeSelf: false,
    result: { kind: 'needs-consent', others, isAsked: true, exercise: 'joint' },
  }),
  ...reviewReasons.map((reason, index) =>
    sample('representation/result', `review-${reason}`, {
      ...outcome,
      organization: reason === 'masked' ? undefined : sampleOrganization,
      result: { kind: 'needs-review', reason, reference: '4SDRXEMN0R' },
      criteria: index % 2 === 0 ? mixed : unsure,
    }),
  ),
  ...refusalReasons.map((reason) =>
    sample('representation/result', `refused-${reason}`, {
      ...outcome,
      canBeSelf: reason === 'namesake',
      result: { kind: 'not-representative', reason },
      criteria:
        reason === 'not-listed' || reason === 'organization-not-found' ? [] : reason === 'namesake' ? mixed : unmet,
    }),
  ),
  sample('representation/result', 'registry-unavailable', {
    ...outcome,
    result: { kind: 'registry-unavailable' },
    criteria: [],
  }),
  sample('representation/result', 'throttled', {
    ...outcome,
    result: { kind: 'throttled', retryAfterSeconds: 1800 },
    criteria: [],
  }),
  sample('representation/result', 'expired-form', {
    ...outcome,
    result: { kind: 'established', role: 'Président' },
    problem: { kind: 'expired-form' },
  }),
];
