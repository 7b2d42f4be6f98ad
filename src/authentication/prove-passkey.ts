import type { Account } from '../accounts/account.ts';
import type { Origin } from '../accounts/ports.ts';
import { isChallengeOver, type Passkeys } from '../authenticators/passkey.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { type Evidence, newAuthenticatorEvidence } from './evidence.ts';

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
  readonly findAccount: (accountId: string) => Promise<Account | undefined>;
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
    // Before the credential is looked up: one that is taken away meanwhile proves nothing later than that.
    const provedAt = epochSeconds(clock);
    const found = await passkeys.authenticate({ assertion: receipt.assertion, expectedAccountId: expected });
    const account = found.accountId === undefined ? undefined : await findAccount(found.accountId);
    if (!account) return { kind: 'not-accepted' };
    const attempt = { account, asSecondFactor: expected !== undefined, origin };
    if (found.outcome === 'refused') {
      await inTransaction((tx) => recordAttempt(tx, { ...attempt, result: found.reason }));
      return { kind: 'not-accepted' };
    }
    const evidence = newAuthenticatorEvidence(found.method, { authenticator: found.credentialId, provedAt });
    await inTransaction(async (tx) => {
      await recordAttempt(tx, { ...attempt, result: 'proved' });
      await whenProved(tx, { account, evidence });
    });
    return { kind: 'proved', account };
  };
}
