import { type Account, coolDownSecondsLeft } from '../accounts/account.ts';
import { lockAccount } from '../accounts/lock-account.ts';
import { newAttemptMark } from '../accounts/mailed-codes.ts';
import { askedFor, eventFrame, type Origin } from '../accounts/ports.ts';
import { coolDownSeconds } from '../accounts/recovery-rules.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AddedMethod } from '../http/authenticator-pages.ts';
import type { Jobs } from '../jobs/module.ts';
import type { Clock } from '../platform/clock.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { countAddedSince } from './enrolled-repository.ts';
import { isChallengeOver, type Passkeys } from './passkey.ts';
import type { PasskeyKind } from './passkey-repository.ts';
import type { RecoveryCodes } from './recovery-code.ts';
import type { Totp, TotpEnrolment } from './totp.ts';

/** A kind of authenticator, as events and letters name it. */
type AuthenticatorKind = AddedMethod | 'recovery-code';

/** What was added, and a set of recovery codes where it is the account's first second factor: shown this once. */
export type Added = { readonly kind: 'added'; readonly recoveryCodes: readonly string[] | undefined };

/** After a recovery one authenticator may be added until things have settled, not a second one. */
type CoolingDown = { readonly kind: 'cooling-down'; readonly remainingSeconds: number };

export type TotpAddition = Added | CoolingDown | Exclude<TotpEnrolment, { readonly kind: 'enrolled' }>;

export type PasskeyAddition =
  | Added
  | CoolingDown
  | { readonly kind: 'already-added' }
  | { readonly kind: 'too-many' }
  /** The page was open too long: once more is enough. */
  | { readonly kind: 'offer-over' }
  | { readonly kind: 'not-accepted' };

type Addition = {
  readonly account: Account;
  readonly name: string;
  readonly origin: Origin;
  /** What else belongs into the transaction of a success. Runs again if the transaction does. */
  readonly whenAdded: WhenAdded;
};

/** @param added.id as lists of authenticators tell it */
export type WhenAdded = (
  tx: Transaction,
  added: { readonly method: AddedMethod; readonly id: string },
) => Promise<void>;

export type Enrolment = ReturnType<typeof createEnrolment>;

export type EnrolmentDependencies = {
  readonly inTransaction: InTransaction;
  readonly totp: Totp;
  readonly recoveryCodes: RecoveryCodes;
  readonly passkeys: Passkeys;
  readonly audit: AuditLog;
  readonly enqueue: Jobs['enqueue'];
  /** A link by which whoever reads the letter takes an addition back. */
  readonly issueReport: (
    tx: Transaction,
    about: { readonly account: Account; readonly origin: Origin },
  ) => Promise<string | undefined>;
  readonly clock: Clock;
};

/**
 * Adding and taking away what a person signs in with. The caller has asked for fresh proof of the account; every change
 * is an event and a letter. @see SP 800-63B-4 §4.1.2
 */
export function createEnrolment(dependencies: EnrolmentDependencies) {
  const { inTransaction, totp, recoveryCodes, passkeys, audit, enqueue, clock } = dependencies;

  async function findCoolingDown(tx: Transaction, account: Account): Promise<CoolingDown | undefined> {
    const { id: accountId, coolDownUntil } = account;
    const remainingSeconds = coolDownSecondsLeft(account, clock.now());
    if (coolDownUntil === null || remainingSeconds === undefined) return undefined;
    const since = new Date(coolDownUntil.getTime() - coolDownSeconds * 1000);
    await lockAccount(tx, accountId);
    if ((await countAddedSince(tx, { accountId, since })) === 0) return undefined;
    return { kind: 'cooling-down', remainingSeconds };
  }

  async function tell(
    tx: Transaction,
    { account, origin }: Pick<Addition, 'account' | 'origin'>,
    change: { readonly kind: 'authenticator-added' | 'authenticator-removed'; readonly method: AuthenticatorKind },
  ): Promise<void> {
    const { kind, method } = change;
    await audit.record(tx, { ...eventFrame(account, origin), kind, details: { method } });
    const reportToken =
      kind === 'authenticator-added' ? await dependencies.issueReport(tx, { account, origin }) : undefined;
    const letter = { template: kind, method, reportToken, asked: askedFor(origin, clock.now()) } as const;
    await enqueue(tx, { kind: 'mail', letter: { ...letter, to: { accountId: account.id }, locale: account.locale } });
  }

  /** What nobody has asked for is still needed on the day the second factor is gone. */
  async function issueFirstCodes(tx: Transaction, { account, origin }: Addition): Promise<Added['recoveryCodes']> {
    const present = await recoveryCodes.remaining(tx, account.id);
    return present ? undefined : issueCodes(tx, { account, origin });
  }

  async function issueCodes(
    tx: Transaction,
    { account, origin }: Pick<Addition, 'account' | 'origin'>,
  ): Promise<readonly string[]> {
    const codes = await recoveryCodes.issue(tx, account.id);
    const details = { count: codes.length };
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'recovery-codes-issued', details });
    return codes;
  }

  async function added(tx: Transaction, addition: Addition, authenticator: Parameters<WhenAdded>[1]): Promise<Added> {
    const { method } = authenticator;
    await tell(tx, addition, { kind: 'authenticator-added', method });
    const codes = method === 'passkey' ? undefined : await issueFirstCodes(tx, addition);
    await addition.whenAdded(tx, authenticator);
    return { kind: 'added', recoveryCodes: codes };
  }

  function addTotp(addition: Addition & { readonly sealed: string; readonly code: string }): Promise<TotpAddition> {
    const { account, sealed, code, name } = addition;
    const attempt = newAttemptMark();
    return inTransaction(async (tx) => {
      const cooling = await findCoolingDown(tx, account);
      if (cooling) return cooling;
      const enrolled = await totp.enrol(tx, { account, sealed, code, name, attempt });
      if (enrolled.kind !== 'enrolled') return enrolled;
      return added(tx, addition, { method: 'totp', id: enrolled.authenticatorId });
    });
  }

  async function addPasskey(
    addition: Addition & {
      readonly response: unknown;
      readonly binding: string;
      readonly passkeyKind: PasskeyKind;
    },
  ): Promise<PasskeyAddition> {
    const { account, response, binding, name, passkeyKind: kind } = addition;
    const verification = await passkeys.verifyRegistration({ response, binding, kind });
    if (verification.outcome === 'refused') {
      return { kind: isChallengeOver(verification.reason) ? 'offer-over' : 'not-accepted' };
    }
    const { registration } = verification;
    return inTransaction(async (tx): Promise<PasskeyAddition> => {
      const cooling = await findCoolingDown(tx, account);
      if (cooling) return cooling;
      const outcome = await passkeys.register(tx, { registration, accountId: account.id, name });
      if (outcome.outcome === 'registered') return added(tx, addition, { method: kind, id: outcome.credentialId });
      switch (outcome.reason) {
        case 'already-registered':
          return { kind: 'already-added' };
        case 'too-many':
          return { kind: 'too-many' };
        case 'account-inactive':
          return { kind: 'not-accepted' };
      }
    });
  }

  return {
    addTotp,
    addPasskey,
    issueCodes,
    tell,
    /** Whether nothing more may be added now: something was, since the account was recovered. */
    isAdditionRefused: async (tx: Transaction, account: Account) => (await findCoolingDown(tx, account)) !== undefined,
  };
}
