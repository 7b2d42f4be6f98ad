import { newAttemptMark } from '../accounts/mailed-codes.ts';
import type { CodeGuesses, Origin } from '../accounts/ports.ts';
import type { RecoveryCodes } from '../authenticators/recovery-code.ts';
import type { SeedOwner, Totp } from '../authenticators/totp.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { type Evidence, newAuthenticatorEvidence, newLocalEvidence } from './evidence.ts';

export type TypedFactor = 'totp' | 'recovery-code';

export type SecondFactorOutcome =
  | { readonly kind: 'proved' }
  | { readonly kind: 'wrong-code' }
  /** Right, but good once: wait for the next one. */
  | { readonly kind: 'used-before' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/** One typed code that was looked at, for the record. */
export type SecondFactorAttempt = {
  readonly account: SeedOwner;
  readonly method: TypedFactor;
  readonly result: 'proved' | 'wrong-code' | 'used-before';
  readonly origin: Origin;
};

export type SecondFactorDependencies = {
  readonly clock: Clock;
  readonly inTransaction: InTransaction;
  readonly guesses: CodeGuesses;
  readonly totp: Pick<Totp, 'prove'>;
  readonly recoveryCodes: Pick<RecoveryCodes, 'use'>;
  readonly recordAttempt: (tx: Transaction, attempt: SecondFactorAttempt) => Promise<void>;
};

export type ProveSecondFactor = (submission: {
  /** Whoever has proved the first factor. */
  readonly account: SeedOwner;
  readonly method: TypedFactor;
  readonly code: string;
  readonly origin: Origin;
  /** What else belongs into the transaction of a success. Runs again if the transaction does. */
  readonly whenProved: (tx: Transaction, evidence: Evidence) => Promise<void>;
}) => Promise<SecondFactorOutcome>;

/**
 * A code typed as second factor, counted before it is looked at, by the account and whatever the browser.
 * @see SP 800-63B-4 §3.2.2
 */
export function createProveSecondFactor(dependencies: SecondFactorDependencies): ProveSecondFactor {
  const { clock, inTransaction, guesses, totp, recoveryCodes } = dependencies;

  return async ({ account, method, code, origin, whenProved }) => {
    const allowance = await guesses.reserve(account.id);
    if (allowance.kind === 'throttled') return allowance;

    const provedAt = epochSeconds(clock);
    const attempt = newAttemptMark();
    return inTransaction(async (tx) => {
      const proof =
        method === 'totp'
          ? await totp.prove(tx, { account, code, attempt })
          : await recoveryCodes.use(tx, { accountId: account.id, code, attempt });
      await dependencies.recordAttempt(tx, { account, method, result: proof.kind, origin });
      if (proof.kind !== 'proved') return { kind: proof.kind };
      await guesses.forget(tx, account.id);
      const evidence =
        'authenticatorId' in proof
          ? newAuthenticatorEvidence('totp', { authenticator: proof.authenticatorId, provedAt })
          : newLocalEvidence('recovery-code', provedAt);
      await whenProved(tx, evidence);
      return { kind: 'proved' };
    });
  };
}
