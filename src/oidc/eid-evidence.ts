import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import { newEidEvidence } from '../authentication/evidence.ts';
import type { AssertedIdentity } from '../identity-proofing/eid-connector.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
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
  },
) => Promise<void>;

/** Adds to a login what an eID proves of its person. */
export function createTakeEid(dependencies: {
  readonly record: LoginRecord;
  readonly recordSignIn: RecordSignIn;
  readonly worth: IdentityProofing['worth'];
}): TakeEid {
  const { record, recordSignIn, worth } = dependencies;
  return async (tx, ctx, { login, account, identity, isNew }) => {
    const { source, level, authenticatedAt } = identity;
    // It may have waited here for an answer. An account that was made since counts nothing from before it was.
    const provedAt = Math.max(secondsOf(authenticatedAt), secondsOf(account.sessionsValidFrom));
    const method = worth.ofLevel(source, level).factors === 2 ? 'eid-two-factor' : 'eid';
    const evidence = newEidEvidence(method, { source, provedAt });
    await record.proved(tx, login, { accountId: account.id, evidence });
    if (!isNew) await recordSignIn(tx, ctx, { login, account });
  };
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
