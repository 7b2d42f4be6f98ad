import type { PageName, Pages, Portal } from '../../src/http/pages.ts';
import { errorCodes } from './error-codes.ts';
import { sample } from './sample.ts';
import { sampleAccountPages } from './sample-account-pages.ts';
import { sampleAuthenticatorPages } from './sample-authenticator-pages.ts';
import { sampleIdentityPages } from './sample-identity-pages.ts';
import { passkey, sampleLoginPages } from './sample-login-pages.ts';
import { sampleMandatePages } from './sample-mandate-pages.ts';
import { sampleOrganizationResults } from './sample-organization-results.ts';
import { sampleRecoveryPages } from './sample-recovery-pages.ts';
import { sampleRepresentationPages } from './sample-representation-pages.ts';
import { sampleSessionPages } from './sample-session-pages.ts';

/** A page filled with invented data; `variant` names what this filling shows. */
export type SamplePage = {
  readonly [Name in PageName]: {
    readonly page: Name;
    readonly variant: string;
    readonly data: Pages[Name];
    readonly withPortal: boolean;
  };
}[PageName];

export const samplePortal: Portal = {
  name: 'Cổng dịch vụ công tỉnh Hòa Sơn',
  logoUrl: '/portals/hoason.svg',
  homeUrl: 'https://dichvucong.hoason.example',
};

const email = 'nguyen.thi.my.huong@example.vn';
const typedCode = { action: '/code', email, resendAction: '/resend', validMinutes: 10 } as const;
const release = [
  {
    claim: 'name',
    value: 'Nguyễn Thị Mỹ Hường',
    purpose: 'ghi tên lên hồ sơ của bạn',
    basis: { kind: 'consent', required: true },
  },
  {
    claim: 'birthdate',
    value: '02/10/1985',
    purpose: 'kiểm tra độ tuổi theo thủ tục',
    basis: { kind: 'law', citation: 'Điều 12, Nghị định mẫu số 1/2026' },
  },
  { claim: 'email', value: email, purpose: 'báo kết quả hồ sơ', basis: { kind: 'consent', required: false } },
  {
    claim: 'phone_number',
    value: '091 ••• •• 78',
    purpose: 'gọi khi hồ sơ cần bổ sung',
    basis: { kind: 'consent', required: false },
  },
] as const;

/** Every page, every state it can be in at least once. */
export const samplePages: readonly SamplePage[] = [
  ...sampleSessionPages,
  ...sampleRecoveryPages,
  ...sampleLoginPages,
  sample('accounts/register-email', 'plain', { action: '/register', signInUrl: '/in' }),
  sample('accounts/register-email', 'malformed', {
    action: '/register',
    email: 'huong@',
    signInUrl: '/in',
    problem: { kind: 'malformed-email' },
  }),
  sample('accounts/register-email', 'code-over', {
    action: '/register',
    signInUrl: '/in',
    problem: { kind: 'code-over' },
  }),
  sample('accounts/register-email', 'address-taken', {
    action: '/register',
    email,
    signInUrl: '/in',
    problem: { kind: 'address-taken' },
  }),
  sample('accounts/check-mail', 'resent', { ...typedCode, changeUrl: '/register', resent: true }),
  sample('accounts/check-mail', 'expired', {
    ...typedCode,
    changeUrl: '/register',
    problem: { kind: 'expired-code' },
  }),
  sample('accounts/register-password', 'plain', { action: '/password', passkey, minimumLength: 15, email }),
  sample('accounts/register-password', 'too-short', {
    action: '/password',
    passkey,
    minimumLength: 15,
    email,
    problem: { kind: 'password-too-short', minimumLength: 15 },
  }),
  sample('accounts/register-password', 'too-long', {
    action: '/password',
    passkey,
    minimumLength: 15,
    email,
    problem: { kind: 'password-too-long' },
  }),
  sample('accounts/register-password', 'malformed-name', {
    action: '/password',
    passkey,
    minimumLength: 15,
    email,
    name: 'Nguyễn Thị Mỹ Hường',
    problem: { kind: 'malformed-name' },
  }),
  sample('accounts/recover-code', 'plain', { ...typedCode, changeUrl: '/recover' }),
  sample('accounts/new-password', 'common', {
    action: '/new',
    minimumLength: 15,
    email,
    problem: { kind: 'password-common' },
  }),
  sample('accounts/new-password', 'like-email', {
    action: '/new',
    minimumLength: 15,
    email,
    problem: { kind: 'password-like-email' },
  }),
  sample('accounts/new-password', 'like-service', {
    action: '/new',
    minimumLength: 15,
    email,
    problem: { kind: 'password-like-service' },
  }),
  sample(
    'accounts/portals',
    'some',
    {
      homeUrl: '/account',
      notice: 'withdrawn',
      portals: [
        {
          name: 'Cổng dịch vụ công',
          since: '22/11/2026',
          agreedClaims: ['name', 'email'],
          lawClaims: [],
          withdrawAction: '/a',
        },
        { name: 'Cổng thuế', since: '21/11/2026', agreedClaims: [], lawClaims: ['name'] },
      ],
    },
    { withPortal: false },
  ),
  sample('accounts/portals', 'none', { homeUrl: '/account', portals: [] }, { withPortal: false }),
  ...sampleAuthenticatorPages,
  ...sampleIdentityPages,
  ...sampleRepresentationPages,
  ...sampleOrganizationResults,
  ...sampleMandatePages,
  sample('accounts/recovery-not-possible', 'plain', { signInUrl: '/in' }),
  ...sampleAccountPages,
  sample('accounts/change-email-code', 'plain', { ...typedCode, changeUrl: '/email' }, { withPortal: false }),
  sample('accounts/undo-email-change', 'plain', { action: '/undo', email }, { withPortal: false }),
  sample('accounts/email-restored', 'plain', { recoverUrl: '/recover', email }, { withPortal: false }),
  sample('accounts/signed-out-everywhere', 'plain', { signInUrl: '/in' }, { withPortal: false }),
  sample('oidc/release', 'consent', {
    action: '/consent',
    claims: release,
    policyUrl: 'https://hoason.example/policy',
  }),
  sample('oidc/release', 'law', { action: '/consent', claims: [release[1]] }),
  sample('oidc/sign-out', 'portal', {
    action: '/out',
    hiddenFields: [{ name: 'xsrf', value: 'abc' }],
    stayUrl: 'https://portal.example/',
    eids: [{ name: 'Định danh điện tử quốc gia', url: 'https://eid.example/sign-out' }],
  }),
  sample(
    'oidc/sign-out',
    'no-portal',
    { action: '/out', hiddenFields: [], stayUrl: '/account', eids: [] },
    { withPortal: false },
  ),
  sample('oidc/signed-out', 'portal', { continueUrl: 'https://hoason.example', signInUrl: '/in' }),
  sample('oidc/signed-out', 'no-portal', { signInUrl: '/in' }, { withPortal: false }),
  ...errorCodes.map((code) => sample('errors/error', code, { code }, { withPortal: code !== 'client-unknown' })),
  sample(
    'errors/error',
    'overloaded-start',
    { code: 'overloaded', retryAfterSeconds: 20, startUrl: '/account' },
    { withPortal: false },
  ),
  sample('errors/error', 'request-invalid-detail', {
    code: 'request-invalid',
    technicalDetail: "redirect_uri did not match any of the client's registered redirect_uris",
  }),
];
