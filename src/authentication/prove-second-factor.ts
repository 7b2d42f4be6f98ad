import { newAttemptMark } from '../accounts/mailed-codes.ts';
import type { Origin } from '../accounts/ports.ts';
import type { RecoveryCodes } from '../authenticators/recovery-code.ts';
import type { SeedOwner, Totp } from '../authenticators/totp.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { type Evidence, newLocalEvidence } from './evidence.ts';
import { judgeReservation, spentRetryAfterSeconds, type ThrottleKeys } from './throttle.ts';
import { clearFailures, reserveAttempt } from './throttle-repository.ts';

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
  readonly runStatement: RunStatement;
  readonly throttleKeys: ThrottleKeys;
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
 * A code typed as second factor: counted before it is looked at, by the account and whatever the browser, so that any
 * number of parallel guesses gets no more tries than the allowance has. @see SP 800-63B-4 §3.2.2
 */
export function createProveSecondFactor(dependencies: SecondFactorDependencies): ProveSecondFactor {
  const { clock, inTransaction, runStatement: run, throttleKeys: keys, totp, recoveryCodes } = dependencies;

  return async ({ account, method, code, origin, whenProved }) => {
    const identifier = keys.identifier(`second factor ${account.id}`);
    const bucket = keys.bucket(identifier, { kind: 'second-factor' });
    const now = clock.now();
    const counted = { bucket, kind: 'second-factor', identifier, source: undefined } as const;
    const decision = judgeReservation(await reserveAttempt(run, { attempt: counted, now }), now);
    if (decision.kind === 'wait') return { kind: 'throttled', retryAfterSeconds: decision.retryAfterSeconds };
    if (decision.kind === 'spent') return { kind: 'throttled', retryAfterSeconds: spentRetryAfterSeconds };

    const evidence = newLocalEvidence(method, epochSeconds(clock));
    const attempt = newAttemptMark();
    return inTransaction(async (tx) => {
      const proof =
        method === 'totp'
          ? await totp.prove(tx, { account, code, attempt })
          : await recoveryCodes.use(tx, { accountId: account.id, code, attempt });
      await dependencies.recordAttempt(tx, { account, method, result: proof.kind, origin });
      if (proof.kind !== 'proved') return { kind: proof.kind };
      await clearFailures(tx, counted);
      await whenProved(tx, evidence);
      return { kind: 'proved' };
    });
  };
}
