import type { PasskeyCeremony } from '../../src/http/authenticator-pages.ts';
import { sample } from './sample.ts';
import type { SamplePage } from './sample-pages.ts';

const email = 'nguyen.thi.my.huong@example.vn';
const typedCode = { action: '/code', email, resendAction: '/resend', validMinutes: 10 } as const;
/** A ceremony as pages get it. */
export const passkey: PasskeyCeremony = {
  action: '/passkey',
  options: JSON.stringify({
    rpId: 'dinhdanh.example',
    challenge: 'Zm9yIGEgc2FtcGxlIHBhZ2Ugb25seSwgbm90IHNlY3JldA',
    allowCredentials: [],
    timeout: 300_000,
    userVerification: 'required',
  }),
};
const identify = {
  action: '/password',
  registerUrl: '/register',
  recoverUrl: '/recover',
  continueWith: [],
  passkey,
  cancelAction: '/cancel',
} as const;
const secondFactor = {
  action: '/second-factor',
  others: [
    { method: 'passkey', url: '/second-factor/passkey' },
    { method: 'recovery-code', url: '/second-factor/recovery-code' },
  ],
  eids: [{ name: 'Định danh điện tử quốc gia', url: '/eid/vneid', isDown: false }],
  recoverUrl: '/recover',
  cancelAction: '/cancel',
} as const;
const withKey = { ...secondFactor, method: 'passkey', passkey } as const;
const enroll = {
  ways: [
    { method: 'passkey', url: '/add/passkey' },
    { method: 'totp', url: '/add/totp' },
    { method: 'security-key', url: '/add/security-key' },
  ],
  cancelAction: '/cancel',
} as const;

/** Signing in, from the first page to the way back. */
export const sampleLoginPages: readonly SamplePage[] = [
  sample('authentication/identify', 'plain', identify),
  sample('authentication/identify', 'wrong', {
    ...identify,
    identifier: email,
    continueWith: [
      { name: 'VNeID', url: '/eid/vn', isDown: false },
      { name: 'FranceConnect', url: '/eid/fr', isDown: true },
    ],
    problem: { kind: 'wrong-credentials' },
  }),
  sample('authentication/identify', 'incomplete', { ...identify, problem: { kind: 'incomplete' } }),
  sample('authentication/identify', 'throttled', {
    ...identify,
    identifier: email,
    problem: { kind: 'throttled', retryAfterSeconds: 240 },
  }),
  sample('authentication/identify', 'overloaded', {
    ...identify,
    problem: { kind: 'overloaded', retryAfterSeconds: 20 },
  }),
  sample('authentication/identify', 'code-needed', { ...identify, problem: { kind: 'code-needed' } }),
  sample('authentication/identify', 'expired-form', { ...identify, problem: { kind: 'expired-form' } }),
  sample('authentication/identify', 'passkey-over', { ...identify, problem: { kind: 'passkey-over' } }),
  sample('authentication/identify', 'passkey-refused', { ...identify, problem: { kind: 'passkey-refused' } }),
  sample('authentication/mailed-code', 'plain', { ...typedCode, startOverUrl: '/start' }),
  sample('authentication/mailed-code', 'wrong', {
    ...typedCode,
    startOverUrl: '/start',
    problem: { kind: 'wrong-code', triesLeft: 3 },
  }),
  sample('authentication/confirm-account', 'plain', { action: '/confirm', name: 'Nguyễn Thị Mỹ Hường', email }),
  sample('authentication/confirm-account', 'no-email', { action: '/confirm', name: 'Nguyễn Thị Mỹ Hường' }),
  sample('authentication/gone-back', 'signed-in', { outcome: 'signed-in', continueUrl: '/on', accountUrl: '/account' }),
  sample('authentication/gone-back', 'declined', { outcome: 'declined', continueUrl: '/on', accountUrl: '/account' }),
  sample('authentication/gone-back', 'expired', { outcome: 'expired', accountUrl: '/account' }, { withPortal: false }),
  sample('authentication/signed-in', 'signed-in', { outcome: 'signed-in', continueUrl: '/auth/1' }),
  sample('authentication/signed-in', 'declined', { outcome: 'declined', continueUrl: '/auth/1' }),
  sample('authentication/signed-in', 'stopped', { outcome: 'stopped', continueUrl: '/auth/1' }, { withPortal: false }),
  sample('authentication/second-factor', 'totp', { ...secondFactor, method: 'totp' }),
  sample('authentication/second-factor', 'totp-wrong', {
    ...secondFactor,
    method: 'totp',
    problem: { kind: 'wrong-factor-code' },
  }),
  sample('authentication/second-factor', 'totp-used', {
    ...secondFactor,
    method: 'totp',
    problem: { kind: 'factor-code-used' },
  }),
  sample('authentication/second-factor', 'recovery-code', {
    ...secondFactor,
    method: 'recovery-code',
    others: [{ method: 'totp', url: '/second-factor/totp' }],
  }),
  sample('authentication/second-factor', 'recovery-code-throttled', {
    ...secondFactor,
    method: 'recovery-code',
    others: [],
    problem: { kind: 'throttled', retryAfterSeconds: 240 },
  }),
  sample('authentication/second-factor', 'passkey', {
    ...withKey,
    others: [{ method: 'totp', url: '/second-factor/totp' }],
  }),
  sample(
    'authentication/second-factor',
    'passkey-refused',
    { ...withKey, others: [], problem: { kind: 'passkey-refused' } },
    { withPortal: false },
  ),
  sample('authentication/enroll', 'insisting', enroll),
  sample('authentication/enroll', 'later', { ...enroll, declineAction: '/later' }),
  sample(
    'authentication/enroll',
    'no-portal',
    { ...enroll, ways: enroll.ways.slice(0, 1), declineAction: '/later' },
    { withPortal: false },
  ),
];
