import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import { newEidEvidence } from '../authentication/evidence.ts';
import { loginTransactionId } from '../authentication/login-transaction.ts';
import type { Authentication } from '../authentication/module.ts';
import type { AssertedIdentity } from '../identity-proofing/eid-connector.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { LoginRecord } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';
import type { RecordSignIn } from './record-sign-in.ts';

/** Somebody signed in by an eID, in the transaction that says whose it is. */
export type TakeEid = (
  tx: Transaction,
  ctx: Context,
  taken: {
    readonly login: OpenLogin;
    readonly account: Account;
    readonly identity: AssertedIdentity;
    /** It has just become the account's: there is a letter of its own about that, or nobody to warn. */
    readonly isNew: boolean;
    /** The login holds another identity, which may become this account's: by this one its owner is known. */
    readonly keepsHeld: boolean;
  },
) => Promise<void>;

/** Adds to a login what an eID proves of its person. */
export function createTakeEid(dependencies: {
  readonly logins: Authentication['logins'];
  readonly record: LoginRecord;
  readonly recordSignIn: RecordSignIn;
  readonly worth: IdentityProofing['worth'];
  readonly clock: Clock;
}): TakeEid {
  const { logins, record, recordSignIn, worth, clock } = dependencies;
  return async (tx, ctx, { login, account, identity, isNew, keepsHeld }) => {
    const { source, level, authenticatedAt } = identity;
    // It may have waited here for an answer. An account that was made since counts nothing from before it was.
    const provedAt = Math.max(secondsOf(authenticatedAt), secondsOf(account.sessionsValidFrom));
    const method = worth.ofLevel(source, level).factors === 2 ? 'eid-two-factor' : 'eid';
    const evidence = newEidEvidence(method, { source, provedAt });
    await record.proved(tx, login, { accountId: account.id, evidence });
    if (!keepsHeld) await logins.dropIdentity(tx, { id: loginTransactionId(login.uid), at: clock.now() });
    if (!isNew) await recordSignIn(tx, ctx, { login, account });
  };
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
