import type { ShownMandate, ToldReason } from '../../src/http/representation-pages.ts';
import { sample } from './sample.ts';
import type { SamplePage } from './sample-pages.ts';

const own = { withPortal: false };

const organization = {
  name: 'CÔNG TY CỔ PHẦN ĐẦU TƯ XÂY DỰNG VÀ THƯƠNG MẠI TỔNG HỢP NGUYỄN THỊ MỸ HƯỜNG',
  number: '9900111171',
  numberLabel: 'enterprise',
} as const;
const mandate: ShownMandate = {
  ...organization,
  state: 'active',
  stateSince: '20/11/2026',
  since: '20/11/2026',
  role: 'dai-dien-phap-luat',
  asOf: '22/11/2026',
  registerStatus: 'current',
  powers: ['*'],
  exercise: 'sole',
  others: [],
  reference: '4SDRXEMN0R',
  leaveUrl: '/account/organizations/1/leave',
};
const request = {
  ...organization,
  askerName: 'Đặng Nguyễn Quốc Bảo',
  exercise: 'sole',
  answerBy: '20/12/2026',
} as const;

const reasons = Object.keys({
  'review-refused': true,
  'consent-declined': true,
  'consent-lapsed': true,
  'officer-left': true,
  'organization-ended': true,
  'grantor-left': true,
  'identity-recovered': true,
  security: true,
  'given-up': true,
  withdrawn: true,
  'validity-ended': true,
} satisfies Record<ToldReason, true>) as readonly ToldReason[];

/** For whom one acts and who else wishes to: on the account's own pages. */
export const sampleMandatePages: readonly SamplePage[] = [
  sample('accounts/organizations', 'none', { requests: [], mandates: [], homeUrl: '/account', notice: 'left' }, own),
  sample(
    'accounts/organizations',
    'requests',
    {
      requests: [
        { ...request, url: '/requests/1' },
        { ...request, askerName: undefined, exercise: 'joint', url: '/requests/2' },
      ],
      mandates: [mandate],
      homeUrl: '/account',
    },
    own,
  ),
  sample(
    'accounts/organizations',
    'every-state',
    {
      requests: [],
      mandates: [
        { ...mandate, registerStatus: 'stale', until: '31/12/2027', powers: ['Nộp hồ sơ khai thuế', 'Ký hợp đồng'] },
        { ...mandate, registerStatus: 'unavailable', exercise: 'joint', role: undefined },
        {
          ...mandate,
          state: 'pending-consent',
          others: [
            { name: 'Đặng Nguyễn Quốc Bảo', answer: 'agreed' },
            { name: undefined, answer: 'declined' },
            { name: undefined, answer: 'waiting' },
          ],
        },
        { ...mandate, state: 'pending-review', role: 'Président' },
        { ...mandate, state: 'suspended', role: 'chu-ho', reason: 'officer-left' },
        { ...mandate, state: 'expired', reason: 'validity-ended', leaveUrl: undefined },
      ],
      homeUrl: '/account',
      notice: 'over',
    },
    own,
  ),
  ...(['agreed', 'complete', 'declined'] as const).map((notice) =>
    sample('accounts/organizations', notice, { requests: [], mandates: [mandate], homeUrl: '/account', notice }, own),
  ),
  ...reasons.map((reason, index) =>
    sample(
      'accounts/organizations',
      `because-${reason}`,
      {
        requests: [],
        mandates: [{ ...mandate, state: index % 2 === 0 ? 'refused' : 'revoked', reason, leaveUrl: undefined }],
        homeUrl: '/account',
      },
      own,
    ),
  ),
  ...(['sole', 'joint'] as const).map((exercise) =>
    sample(
      'accounts/mandate-request',
      exercise,
      {
        ...request,
        exercise,
        askerName: exercise === 'sole' ? request.askerName : undefined,
        action: '/requests/1',
        cancelUrl: '/organizations',
      },
      own,
    ),
  ),
  ...[true, false].map((isPending) =>
    sample(
      'accounts/leave-organization',
      isPending ? 'pending' : 'standing',
      { ...organization, isPending, action: '/leave', cancelUrl: '/organizations' },
      own,
    ),
  ),
];
