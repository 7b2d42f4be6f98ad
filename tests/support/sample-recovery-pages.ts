import type { SamplePage } from './sample-pages.ts';

const proof = { action: '/recover/proof', waitUrl: '/recover/wait', startOverUrl: '/recover' };
const wait = { action: '/recover/wait', waitSeconds: 259_200, wasStopped: false, signInUrl: '/in' };

/** The pages of a lost password: what else is asked, the wait, and how it is stopped. */
export const sampleRecoveryPages: readonly SamplePage[] = [
  {
    page: 'accounts/recover-email',
    variant: 'plain',
    withPortal: true,
    data: { action: '/recover', signInUrl: '/in' },
  },
  {
    page: 'accounts/recover-proof',
    variant: 'any',
    withPortal: true,
    data: { ...proof, proofs: ['totp', 'recovery-code'], problem: { kind: 'wrong-code', triesLeft: 4 } },
  },
  { page: 'accounts/recover-proof', variant: 'totp', withPortal: true, data: { ...proof, proofs: ['totp'] } },
  {
    page: 'accounts/recover-proof',
    variant: 'over',
    withPortal: true,
    data: { ...proof, proofs: ['recovery-code'], problem: { kind: 'proof-over' } },
  },
  { page: 'accounts/recover-wait', variant: 'plain', withPortal: true, data: wait },
  {
    page: 'accounts/recover-wait',
    variant: 'was-stopped',
    withPortal: true,
    data: { ...wait, wasStopped: true, proofUrl: '/recover/proof' },
  },
  {
    page: 'accounts/recovery-waiting',
    variant: 'plain',
    withPortal: true,
    data: { readyAt: '10:04 25/11/2026 (GMT+7)', remainingSeconds: 190_000, signInUrl: '/in' },
  },
  {
    page: 'accounts/recovery-waiting',
    variant: 'with-proof',
    withPortal: true,
    data: {
      readyAt: '10:04 25/11/2026 (GMT+7)',
      remainingSeconds: 4_000,
      signInUrl: '/in',
      proofUrl: '/recover/proof',
    },
  },
  { page: 'accounts/recovery-not-possible', variant: 'plain', withPortal: true, data: { signInUrl: '/in' } },
  { page: 'accounts/recovered', variant: 'plain', withPortal: true, data: { continueUrl: '/in' } },
  {
    page: 'accounts/stop-recovery',
    variant: 'plain',
    withPortal: false,
    data: { action: '/stop', email: 'n•••@example.vn', by: 'mailbox' },
  },
  {
    page: 'accounts/stop-recovery',
    variant: 'eid',
    withPortal: false,
    data: { action: '/stop', email: 'n•••@example.vn', by: 'eid' },
  },
  {
    page: 'accounts/recovery-stopped',
    variant: 'plain',
    withPortal: false,
    data: { accountUrl: '/account', by: 'mailbox' },
  },
  { page: 'accounts/recovery-stopped', variant: 'eid', withPortal: false, data: { accountUrl: '/account', by: 'eid' } },
];
