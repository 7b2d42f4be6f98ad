import type { ContinueWith, EidProblem, ShownIdentity } from '../../src/http/identity-pages.ts';
import { sample } from './sample.ts';
import type { SamplePage } from './sample-pages.ts';

const own = { withPortal: false };

const vneid: ContinueWith = { name: 'VNeID', url: '/eid/vneid', isDown: false };
const franceConnect: ContinueWith = { name: 'FranceConnect', url: '/eid/franceconnect', isDown: false };

// As long as names and addresses get.
const whole: ShownIdentity = {
  sourceName: 'VNeID',
  name: 'Nguyễn Phước Tôn Nữ Hoàng Ngọc Thùy Dương',
  birthdate: '02/10/1985',
  gender: 'female',
  birthplace: 'Xã Quảng Phú, huyện Ngọc Lặc, Việt Nam',
  nationalNumber: '•••••••••417',
  address: 'Số 12B, ngõ 345/67 đường Nguyễn Thị Minh Khai, tổ dân phố số 8, phường Đông Hương, tỉnh Hòa Sơn',
};
const french: ShownIdentity = {
  sourceName: 'FranceConnect',
  name: 'Tran Thuy Duong',
  birthdate: '10/1985',
  gender: 'other',
  birthplace: 'Việt Nam',
};
const bare: ShownIdentity = { sourceName: 'VNeID', name: 'Y Krông Niê', birthdate: '1965', gender: 'male' };

const account = {
  name: 'Nguyễn Phước Tôn Nữ Hoàng Ngọc Thùy Dương',
  email: 'n•••@phongdangkykinhdoanh.hoason.example.vn',
};
const expired = { kind: 'expired-form' } as const;

const prove = { eids: [vneid, franceConnect], cancelAction: '/cancel' } as const;
const trip = { action: '/identity', identity: whole } as const;
const other = { action: '/identity', sourceName: 'VNeID' } as const;
const trouble = {
  reference: '4SDRXEMN0R',
  sourceName: 'VNeID',
  otherWaysUrl: '/login',
  cancelAction: '/cancel',
} as const;
const lost = { known: 'number' } as const;
const waiting = { kind: 'waiting', readyAt: '25/11/2026 10:04', remainingSeconds: 172_800 } as const;
const mine = { homeUrl: '/account', proveUrl: '/account/identity/prove', history: [], hasMoreHistory: false } as const;

/** The same eID once more can't help with these. */
const noUseAgain: readonly EidProblem[] = [
  'withdrawn',
  'disagrees',
  'account-inactive',
  'source-taken',
  'cooling-down',
  'throttled',
];

const causes = Object.keys({
  declined: true,
  unavailable: true,
  'not-trusted': true,
  'enterprise-account': true,
  'not-fresh': true,
  'level-too-low': true,
  'not-enough': true,
  withdrawn: true,
  disagrees: true,
  'account-inactive': true,
  'source-taken': true,
  'cooling-down': true,
  over: true,
  throttled: true,
} satisfies Record<EidProblem, true>) as readonly EidProblem[];

/** Proving who one is with an eID, signing in with it, and what the account shows of it. */
export const sampleIdentityPages: readonly SamplePage[] = [
  sample('identity/prove', 'level', { ...prove, reason: 'level' }),
  sample('identity/prove', 'level-later', { ...prove, reason: 'level', declineAction: '/later' }),
  sample('identity/prove', 'data-one-down', {
    ...prove,
    reason: 'data',
    eids: [{ ...vneid, isDown: true }, franceConnect],
  }),
  sample('identity/prove', 'too-old-only', { ...prove, reason: 'too-old', eids: [vneid] }),
  sample('identity/prove', 'level-no-portal', { ...prove, reason: 'level' }, own),
  sample('identity/prove', 'data-no-portal', { ...prove, reason: 'data' }, own),
  sample('identity/prove', 'too-old-no-portal', { ...prove, reason: 'too-old' }, own),
  sample('identity/prove', 'sign-in', { ...prove, reason: 'sign-in', eids: [vneid] }),
  sample('identity/prove', 'own-account', { ...prove, reason: 'own-account' }, own),
  sample('identity/confirm', 'plain', { ...trip, account }),
  sample('identity/confirm', 'no-email', { action: '/identity', identity: bare, account: {} }, own),
  sample('identity/confirm', 'expired-form', { ...trip, account: { email: account.email }, problem: expired }),
  sample('identity/new-account', 'plain', trip),
  sample('identity/new-account', 'bare', { action: '/identity', identity: bare }, own),
  sample('identity/new-account', 'expired-form', { action: '/identity', identity: french, problem: expired }),
  sample('identity/other-account', 'identity', { ...other, account, known: 'identity' }),
  sample('identity/other-account', 'identity-signed-out', { ...other, known: 'identity' }, own),
  sample('identity/other-account', 'number', {
    ...other,
    ...lost,
    reclaim: { kind: 'may-wait', waitSeconds: 259_200 },
  }),
  sample('identity/other-account', 'number-signed-in', { ...other, ...lost, account, reclaim: { kind: 'ready' } }, own),
  sample('identity/other-account', 'number-waiting', { ...other, ...lost, reclaim: waiting }),
  sample('identity/other-account', 'expired-form', {
    ...other,
    ...lost,
    account,
    reclaim: { kind: 'ready' },
    problem: expired,
  }),
  ...causes.map((cause) =>
    sample('identity/problem', cause, {
      ...trouble,
      cause,
      againUrl: noUseAgain.includes(cause) ? undefined : '/eid/vneid',
    }),
  ),
  sample('identity/problem', 'no-portal', { ...trouble, cause: 'disagrees' }, own),
  sample('accounts/identity', 'none', { ...mine, identities: [], notice: 'removed' }, own),
  sample('accounts/identity', 'no-eid', { ...mine, identities: [], proveUrl: undefined }, own),
  sample(
    'accounts/identity',
    'last-way-in',
    {
      ...mine,
      identities: [
        { ...whole, level: 'ial2', verifiedAt: '10:04 22/11/2026 (GMT+7)', isUsed: true, whyKept: 'last-way-in' },
      ],
    },
    own,
  ),
  sample(
    'accounts/identity',
    'several',
    {
      ...mine,
      identities: [
        {
          ...whole,
          level: 'ial3',
          verifiedAt: '10:04 22/11/2026 (GMT+7)',
          isUsed: true,
          removeAction: '/account/identity/1/remove',
        },
        {
          ...french,
          level: 'ial1',
          verifiedAt: '21:40 20/11/2026 (GMT+7)',
          isUsed: false,
          removeAction: '/account/identity/2/remove',
        },
      ],
      history: [
        { ...bare, assertedAt: '08:12 02/03/2026 (GMT+7)' },
        { ...whole, address: undefined, assertedAt: '17:30 11/12/2025 (GMT+7)' },
      ],
      hasMoreHistory: true,
    },
    own,
  ),
  sample(
    'accounts/identity',
    'unknown-level',
    {
      ...mine,
      identities: [
        {
          ...french,
          level: 'ial0',
          verifiedAt: '21:40 20/11/2026 (GMT+7)',
          isUsed: true,
          removeAction: '/account/identity/2/remove',
        },
      ],
      history: [{ ...bare, assertedAt: '08:12 02/03/2026 (GMT+7)' }],
      proveUrl: undefined,
    },
    own,
  ),
];
