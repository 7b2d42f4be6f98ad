import type { Account } from '../accounts/account.ts';
import type { Origin } from '../accounts/ports.ts';
import { isChallengeOver, type Passkeys } from '../authenticators/passkey.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { type Evidence, newLocalEvidence } from './evidence.ts';

export type PasskeyOutcome =
  | { readonly kind: 'proved'; readonly account: Account }
  /** The page was open too long, or its challenge was used before: once more is enough. */
  | { readonly kind: 'over' }
  | { readonly kind: 'not-accepted' };

export type ProvePasskey = (submission: {
  /** The field of the form: the browser's answer as JSON. */
  readonly response: unknown;
  /** The ceremony of this browser that the challenge was made for. */
  readonly binding: string;
  /** Whoever has proved the first factor; undefined where the passkey says who it is. */
  readonly accountId: string | undefined;
  readonly origin: Origin;
  /** What else belongs into the transaction of a success. Runs again if the transaction does. */
  readonly whenProved: (
    tx: Transaction,
    proved: { readonly account: Account; readonly evidence: Evidence },
  ) => Promise<void>;
}) => Promise<PasskeyOutcome>;

type Refusal = Extract<Awaited<ReturnType<Passkeys['authenticate']>>, { readonly outcome: 'refused' }>['reason'];

/** What became of an assertion whose credential belongs to somebody, for the record. */
export type PasskeyAttempt = {
  readonly account: Account;
  readonly result: 'proved' | Refusal;
  readonly asSecondFactor: boolean;
  readonly origin: Origin;
};

export type PasskeyDependencies = {
  readonly passkeys: Pick<Passkeys, 'receiveAssertion' | 'authenticate'>;
  readonly inTransaction: InTransaction;
  readonly findAccount: (tx: Transaction, accountId: string) => Promise<Account | undefined>;
  readonly recordAttempt: (tx: Transaction, attempt: PasskeyAttempt) => Promise<void>;
  readonly clock: Clock;
};

/** A passkey or security key, to sign in with or as second factor. Never throttled: nobody guesses a signature. */
export function createProvePasskey({
  passkeys,
  inTransaction,
  findAccount,
  recordAttempt,
  clock,
}: PasskeyDependencies): ProvePasskey {
  return async ({ response, binding, accountId: expected, origin, whenProved }) => {
    const receipt = await passkeys.receiveAssertion({ response, binding });
    if (receipt.outcome === 'refused') return { kind: isChallengeOver(receipt.reason) ? 'over' : 'not-accepted' };
    const { assertion } = receipt;
    const asSecondFactor = expected !== undefined;
    return inTransaction(async (tx) => {
      const found = await passkeys.authenticate(tx, { assertion, expectedAccountId: expected });
      // Once, and on this transaction's connection: one that waits for a second may wait for others that do the same.
      const account = found.accountId === undefined ? undefined : await findAccount(tx, found.accountId);
      if (!account) return { kind: 'not-accepted' };
      if (found.outcome === 'refused') {
        await recordAttempt(tx, { account, result: found.reason, asSecondFactor, origin });
        return { kind: 'not-accepted' };
      }
      await recordAttempt(tx, { account, result: 'proved', asSecondFactor, origin });
      await whenProved(tx, { account, evidence: newLocalEvidence(found.method, epochSeconds(clock)) });
      return { kind: 'proved', account };
    });
  };
}
