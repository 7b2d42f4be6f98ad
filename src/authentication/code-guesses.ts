import type { CodeGuesses } from '../accounts/ports.ts';
import type { Clock } from '../platform/clock.ts';
import type { RunStatement } from '../platform/statement.ts';
import { type BucketKind, judgeReservation, spentRetryAfterSeconds, type ThrottleKeys } from './throttle.ts';
import { type CountedAttempt, clearFailures, reserveAttempt } from './throttle-repository.ts';

export type CodeGuessesDependencies = {
  readonly run: RunStatement;
  readonly clock: Clock;
  readonly throttleKeys: ThrottleKeys;
};

/**
 * The allowance of one kind of typed code. Whoever guesses has a password or the mailbox already, so that no stranger
 * can use up what is the person's. @see SP 800-63B-4 §3.2.2
 */
export function createCodeGuesses(
  kind: Extract<BucketKind, 'second-factor' | 'recovery-proof'>,
  { run, clock, throttleKeys: keys }: CodeGuessesDependencies,
): CodeGuesses {
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
