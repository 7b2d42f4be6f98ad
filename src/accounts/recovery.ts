import type { Transaction } from '../platform/transaction.ts';
import { activeAccountOf } from './account.ts';
import { createCodeFlow } from './code-flow.ts';
import { newAttemptMark } from './mailed-codes.ts';
import { type AccountsContext, askedFor, eventFrame, type Origin, type RecoverySituation } from './ports.ts';

export type RecoveryNeed = 'one-mailed-code' | 'more-proof';

export type RecoveryOutcome =
  | { readonly kind: 'recovered'; readonly accountId: string }
  | { readonly kind: 'more-proof-needed' }
  | { readonly kind: 'password-refused'; readonly reasons: readonly string[] }
  | { readonly kind: 'over' };

export type Recovery = ReturnType<typeof createRecovery>;

const purpose = 'recovery';
const coolDownSeconds = 72 * 3600;

/**
 * What brings an account back: a mailbox alone, as long as nothing hangs on the account that a mailbox could not have
 * given. @see NIST SP 800-63B-4 §4.2
 */
export function recoveryNeed({ ial, hasSecondFactor, hasMandate }: RecoverySituation): RecoveryNeed {
  return ial <= 1 && !hasSecondFactor && !hasMandate ? 'one-mailed-code' : 'more-proof';
}

/** A new password for somebody who lost theirs. Whether an address is known shows only in its mailbox. */
export function createRecovery(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, audit, enqueue, endSessions, passwords, clock } = context;
  const flow = createCodeFlow(context, {
    purpose,
    accountOf: activeAccountOf,
    letterOf: ({ email, owner, code }) => {
      const accountId = activeAccountOf(owner);
      return accountId === null
        ? { to: { address: email.display }, allowance: 'no-account', template: 'no-account' }
        : { to: { accountId }, allowance: 'code', template: 'recovery-code', code };
    },
  });

  /** What the account needs besides the proved code; undefined while it isn't proved and once it is over. */
  function next(handle: string): Promise<RecoveryNeed | undefined> {
    return inTransaction(async (tx) => {
      const request = await mailedCodes.find(tx, { purpose, handle });
      return request?.proved && request.accountId !== null ? needOf(tx, request.accountId) : undefined;
    });
  }

  async function needOf(tx: Transaction, accountId: string): Promise<RecoveryNeed> {
    return recoveryNeed(await context.findRecoverySituation(tx, accountId));
  }

  /** Sets the new password and ends every session. Asks again what the account needs: it may have changed meanwhile. */
  async function complete(form: {
    readonly handle: string;
    readonly password: string;
    readonly origin: Origin;
    /** What else belongs into the same transaction: the evidence of a login. Runs again if the transaction does. */
    readonly whenRecovered: (tx: Transaction, accountId: string) => Promise<void>;
  }): Promise<RecoveryOutcome> {
    const { handle, password, origin, whenRecovered } = form;
    const request = await flow.pending(handle);
    if (!request?.proved) {
      return { kind: 'over' };
    }
    const judgement = passwords.judge(password, { email: request.email.lookup });
    if (judgement.kind === 'refused') {
      return { kind: 'password-refused', reasons: judgement.reasons };
    }
    const hash = await passwords.hash(password);
    const mark = newAttemptMark();
    const at = clock.now();
    return inTransaction(async (tx) => {
      const consumed = await mailedCodes.consume(tx, { purpose, handle, mark });
      const account = consumed?.accountId ? await accounts.findActive(tx, consumed.accountId) : undefined;
      if (account === undefined) {
        return { kind: 'over' };
      }
      if ((await needOf(tx, account.id)) === 'more-proof') {
        return { kind: 'more-proof-needed' };
      }
      await passwords.set(tx, { ...hash, accountId: account.id, longEnough: true, at });
      await mailedCodes.voidAll(tx, account.id);
      const coolDownUntil = new Date(at.getTime() + coolDownSeconds * 1000);
      await accounts.endSessions(tx, { accountId: account.id, at, coolDownUntil });
      await endSessions(tx, { accountId: account.id, at });
      const frame = eventFrame(account, origin);
      await audit.record(tx, { ...frame, kind: 'account-recovered', details: { proofs: ['mailed-code'] } });
      await audit.record(tx, { ...frame, kind: 'sessions-ended', details: { because: 'recovered' } });
      const notice = { to: { accountId: account.id }, locale: account.locale, asked: askedFor(origin, at) } as const;
      await enqueue(tx, { kind: 'mail', letter: { ...notice, template: 'recovered' } });
      await whenRecovered(tx, account.id);
      return { kind: 'recovered', accountId: account.id };
    });
  }

  return { ...flow, next, complete };
}
