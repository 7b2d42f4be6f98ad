import type { Pages } from '../../src/http/pages.ts';
import { sample } from './sample.ts';
import type { SamplePage } from './sample-pages.ts';

const own = { withPortal: false };
const email = 'nguyen.thi.my.huong@example.vn';

const home: Pages['accounts/home'] = {
  identityUrl: '/identity',
  signOutEverywhereAction: '/out',
  signInMethodsUrl: '/sign-in-methods',
  changeEmailUrl: '/email',
  changePasswordUrl: '/password',
  sessionsUrl: '/sessions',
  portalsUrl: '/portals',
  organizationsUrl: '/organizations',
  signOutUrl: '/session/end',
};
const changeEmail = { action: '/email', currentEmail: email, asksPassword: true, cancelUrl: '/account' } as const;
const changePassword = {
  action: '/password',
  email,
  changeEmailUrl: '/email',
  asksPassword: true,
  minimumLength: 15,
  cancelUrl: '/account',
} as const;

/** A person's own pages: the first one, and those that change the address and the password. */
export const sampleAccountPages: readonly SamplePage[] = [
  sample('accounts/home', 'notice', { ...home, name: 'Nguyễn Thị Mỹ Hường', email, notice: 'email-changed' }, own),
  sample('accounts/home', 'nameless', { ...home, email, notice: 'password-changed' }, own),
  sample('accounts/home', 'proved-no-email', { ...home, name: 'Nguyễn Thị Mỹ Hường', identityName: 'VNeID' }, own),
  sample(
    'accounts/change-email',
    'wrong-password',
    { ...changeEmail, email: 'huong.moi@example.vn', problem: { kind: 'wrong-password' } },
    own,
  ),
  sample('accounts/change-email', 'same', { ...changeEmail, email, problem: { kind: 'same-email' } }, own),
  sample(
    'accounts/change-email',
    'cooling-down',
    {
      ...changeEmail,
      email: 'huong.moi@example.vn',
      problem: { kind: 'cooling-down', remainingSeconds: 190_000 },
    },
    own,
  ),
  sample('accounts/change-email', 'first', { ...changeEmail, currentEmail: undefined, asksPassword: false }, own),
  sample('accounts/change-password', 'plain', changePassword, own),
  sample(
    'accounts/change-password',
    'predictable',
    { ...changePassword, problem: { kind: 'password-predictable' } },
    own,
  ),
  sample('accounts/change-password', 'no-email', { ...changePassword, email: undefined, asksPassword: false }, own),
];
