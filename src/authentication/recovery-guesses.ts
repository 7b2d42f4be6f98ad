import type { Clock } from '../platform/clock.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import { judgeReservation, spentRetryAfterSeconds, type ThrottleKeys } from './throttle.ts';
import { type CountedAttempt, clearFailures, reserveAttempt } from './throttle-repository.ts';

/**
 * Guesses at the further proof of a recovery, counted by account before they are looked at. Whoever guesses has read
 * the mailbox already, so that no stranger can use up what is the person's.
 */
export type RecoveryGuesses = {
  readonly reserve: (
    accountId: string,
  ) => Promise<{ readonly kind: 'go-on' } | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }>;
  /** A success: those before it no longer count. */
  readonly forget: (tx: Transaction, accountId: string) => Promise<void>;
};

export function createRecoveryGuesses(dependencies: {
  readonly run: RunStatement;
  readonly clock: Clock;
  readonly throttleKeys: ThrottleKeys;
}): RecoveryGuesses {
  const { run, clock, throttleKeys: keys } = dependencies;
  const kind = 'recovery-proof';

  function attemptOf(accountId: string): CountedAttempt {
    const identifier = keys.identifier(accountId);
    return { bucket: keys.bucket(identifier, { kind }), kind, identifier, source: undefined };
  }

  return {
    async reserve(accountId) {
      const now = clock.now();
      const decision = judgeReservation(await reserveAttempt(run, { attempt: attemptOf(accountId), now }), now);
      switch (decision.kind) {
        case 'go-on':
          return decision;
        case 'wait':
          return { kind: 'throttled', retryAfterSeconds: decision.retryAfterSeconds };
        case 'spent':
          return { kind: 'throttled', retryAfterSeconds: spentRetryAfterSeconds };
      }
    },
    forget: (tx, accountId) => clearFailures(tx, attemptOf(accountId)),
  };
}
