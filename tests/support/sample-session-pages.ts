import type { SamplePage } from './sample-pages.ts';

const chrome = { browser: 'Chrome', system: 'Android' };
const safari = { browser: 'Safari', system: 'iPhone' };

const urls = {
  changePasswordUrl: '/password',
  signOutUrl: '/session/end',
  signOutEverywhereAction: '/out',
  homeUrl: '/account',
} as const;

const here = {
  device: chrome,
  signedInAt: '08:12 22/11/2026 (GMT+7)',
  lastUsedAt: '10:04 22/11/2026 (GMT+7)',
  portals: ['Cổng dịch vụ công tỉnh Hòa Sơn', 'Cổng thuế'],
} as const;

/** Where a person is signed in, and what they say of a device that isn't theirs. */
export const sampleSessionPages: readonly SamplePage[] = [
  {
    page: 'accounts/sessions',
    variant: 'several',
    withPortal: false,
    data: {
      ...urls,
      sessions: [
        here,
        {
          device: safari,
          signedInAt: '21:40 20/11/2026 (GMT+7)',
          lastUsedAt: '07:15 21/11/2026 (GMT+7)',
          portals: ['Cổng dịch vụ công tỉnh Hòa Sơn'],
          signOutAction: '/sessions/1/sign-out',
        },
        {
          device: {},
          signedInAt: '09:00 01/11/2026 (GMT+7)',
          lastUsedAt: '09:00 01/11/2026 (GMT+7)',
          portals: [],
          signOutAction: '/sessions/2/sign-out',
        },
      ],
      hasMore: true,
      notice: 'signed-out',
    },
  },
  {
    page: 'accounts/sessions',
    variant: 'only-here',
    withPortal: false,
    data: { ...urls, sessions: [here], hasMore: false, notice: 'over' },
  },
  {
    page: 'accounts/not-me',
    variant: 'plain',
    withPortal: false,
    data: {
      action: '/not-me',
      email: 'n•••••@example.vn',
      device: { browser: 'Chrome', system: 'Windows' },
      signedInAt: '10:04 22/11/2026 (GMT+7)',
    },
  },
  { page: 'accounts/not-me-done', variant: 'plain', withPortal: false, data: { recoverUrl: '/recover' } },
];
