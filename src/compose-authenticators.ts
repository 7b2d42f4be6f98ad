import type { Account } from './accounts/account.ts';
import { askedFor, eventFrame } from './accounts/ports.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { PasskeyAttempt } from './authentication/prove-passkey.ts';
import type { SecondFactorAttempt } from './authentication/prove-second-factor.ts';
import { loadAttestationMetadata } from './authenticators/attestation-metadata.ts';
import { createAuthenticatorList } from './authenticators/authenticator-list.ts';
import {
  type AuthenticatorPageDependencies,
  createPasskeyPage,
  createTotpPage,
} from './authenticators/authenticator-page.ts';
import { createEnrolment, type EnrolmentDependencies } from './authenticators/enrolment.ts';
import { createPasskeys } from './authenticators/passkey.ts';
import { createRecoveryCodes } from './authenticators/recovery-code.ts';
import { createTotp } from './authenticators/totp.ts';
import { createWebAuthnChallenges, type MarkOnce } from './authenticators/webauthn-challenge.ts';
import { relyingPartyId, type Settings } from './config/schema.ts';
import type { Jobs } from './jobs/module.ts';
import type { Clock } from './platform/clock.ts';
import type { Encryption } from './platform/encryption.ts';
import type { RunStatement } from './platform/statement.ts';
import type { InTransaction, Transaction } from './platform/transaction.ts';

export type AuthenticatorsDependencies = Pick<AuthenticatorPageDependencies, 'defaultName'> & {
  readonly settings: Settings;
  readonly challengeKey: Uint8Array;
  readonly markOnce: MarkOnce;
  readonly inTransaction: InTransaction;
  readonly encryption: Encryption;
  readonly audit: AuditLog;
  readonly jobs: Pick<Jobs, 'enqueue'>;
  readonly findAccount: (tx: Transaction, accountId: string) => Promise<Account | undefined>;
  readonly findAccountNow: (accountId: string) => Promise<Account | undefined>;
  readonly run: RunStatement;
  readonly issueReport: EnrolmentDependencies['issueReport'];
  readonly clock: Clock;
};

/** What people prove control with besides a password, and what is written down of each use. */
export function composeAuthenticators(dependencies: AuthenticatorsDependencies) {
  const { settings, inTransaction, encryption, audit, jobs, clock } = dependencies;
  const issuer = settings.DINHDANH_ISSUER;
  const totp = createTotp({ encryption, clock });
  const recoveryCodes = createRecoveryCodes({ encryption, clock });
  const { DINHDANH_WEBAUTHN_METADATA_FILE: file, DINHDANH_WEBAUTHN_METADATA_ROOTS: roots } = settings;
  const metadata = file && roots ? loadAttestationMetadata({ file, roots, at: clock.now() }) : undefined;
  const passkeys = createPasskeys({
    rpId: relyingPartyId(settings),
    rpName: settings.DINHDANH_NAME,
    origin: issuer.origin,
    challenges: createWebAuthnChallenges({ key: dependencies.challengeKey, markOnce: dependencies.markOnce, clock }),
    metadata,
    run: dependencies.run,
    clock,
  });
  const { enqueue } = jobs;
  const enrolment = createEnrolment({ ...dependencies, totp, recoveryCodes, passkeys, enqueue });
  const list = createAuthenticatorList({ ...dependencies, totp, recoveryCodes, passkeys, enrolment });
  const { defaultName } = dependencies;
  const pages = { enrolment, totp, passkeys, inTransaction, issuerName: settings.DINHDANH_NAME, defaultName };

  async function recordSecondFactor(tx: Transaction, attempt: SecondFactorAttempt): Promise<void> {
    const { account, method, result, origin } = attempt;
    const frame = eventFrame(account, origin);
    return result === 'proved'
      ? audit.record(tx, { ...frame, kind: 'second-factor-proved', details: { method } })
      : audit.record(tx, { ...frame, kind: 'second-factor-failed', details: { method, reason: result } });
  }

  async function recordPasskey(tx: Transaction, attempt: PasskeyAttempt): Promise<void> {
    const { account, result, asSecondFactor, origin } = attempt;
    const frame = eventFrame(account, origin);
    if (result !== 'proved') {
      await audit.record(tx, { ...frame, kind: 'passkey-refused', details: { reason: result } });
    } else if (asSecondFactor) {
      await audit.record(tx, { ...frame, kind: 'second-factor-proved', details: { method: 'passkey' } });
    } else {
      await audit.record(tx, { ...frame, kind: 'passkey-login-succeeded', details: {} });
    }
    if (result !== 'counter-fell') return;
    // In the owner's language: whoever tried may be somebody else.
    const { id: accountId, locale } = account;
    const asked = askedFor(origin, clock.now());
    await enqueue(tx, { kind: 'mail', letter: { template: 'passkey-copied', to: { accountId }, locale, asked } });
  }

  return {
    totp,
    recoveryCodes,
    passkeys,
    isAdditionRefused: enrolment.isAdditionRefused,
    /** Whether a key's model can be told, and so relied on. */
    attests: metadata !== undefined,
    list,
    authenticatorPages: {
      totp: createTotpPage(pages),
      passkey: createPasskeyPage('passkey', pages),
      'security-key': createPasskeyPage('security-key', pages),
    },
    secondFactor: { totp, recoveryCodes, recordAttempt: recordSecondFactor },
    passkey: { passkeys, findAccount: dependencies.findAccountNow, recordAttempt: recordPasskey },
  };
}
