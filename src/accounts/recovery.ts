import { AppError } from '../platform/app-error.ts';
import type { Transaction } from '../platform/transaction.ts';
import { activeAccountOf } from './account.ts';
import { createBeginAnew } from './begin-anew.ts';
import { createCodeFlow } from './code-flow.ts';
import { lockAccount } from './lock-account.ts';
import { type AttemptMark, newAttemptMark } from './mailed-codes.ts';
import { type AccountsContext, askedFor, eventFrame, type Origin } from './ports.ts';
import { endWaiting, findAttempts } from './recovery-attempt-repository.ts';
import { createRecoveryStanding, type ProvedRequest, proofsOf, type RecoveryStanding } from './recovery-standing.ts';

export type RecoveryOutcome =
  | { readonly kind: 'recovered'; readonly accountId: string }
  /** What it takes has changed meanwhile: ask again where it stands. */
  | { readonly kind: 'more-proof-needed' }
  | { readonly kind: 'password-refused'; readonly reasons: readonly string[] }
  | { readonly kind: 'over' };

export type Recovery = ReturnType<typeof createRecovery>;

type NewPassword = {
  readonly handle: string;
  readonly password: string;
  readonly origin: Origin;
  /** What else belongs into the same transaction: the evidence of a login. Runs again if the transaction does. */
  readonly whenRecovered: (tx: Transaction, accountId: string) => Promise<void>;
};

const purpose = 'recovery';

/** A new password for somebody who lost theirs. Whether an address is known shows only in its mailbox. */
export function createRecovery(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, audit, enqueue, passwords, clock } = context;
  const { findNeed, findStanding } = createRecoveryStanding(context);
  const beginAnew = createBeginAnew(context);
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

  /** Where the recovery stands once its code is proved; undefined before that and when it is over. */
  function standing(handle: string): Promise<RecoveryStanding | undefined> {
    return inTransaction(async (tx) => {
      const request = await mailedCodes.find(tx, { purpose, handle });
      if (!request?.proved || request.accountId === null) {
        return undefined;
      }
      return findStanding(tx, { accountId: request.accountId, furtherProof: request.furtherProof });
    });
  }

  /** Sets the new password and ends every session. Asks again what the account needs: it may have changed meanwhile. */
  async function complete(form: NewPassword): Promise<RecoveryOutcome> {
    const { handle, password } = form;
    const request = await flow.pending(handle);
    if (!request?.proved || request.accountId === null) {
      return { kind: 'over' };
    }
    const { accountId } = request;
    const judgement = passwords.judge(password, { email: request.email.lookup });
    if (judgement.kind === 'refused') {
      return { kind: 'password-refused', reasons: judgement.reasons };
    }
    const hash = await passwords.hash(password);
    const mark = newAttemptMark();
    try {
      return await inTransaction(async (tx) => {
        // One after the other: what ends here together (codes, waits) would be taken in another order by each.
        await lockAccount(tx, accountId);
        const consumed = await mailedCodes.consume(tx, { purpose, handle, mark });
        const account = await accounts.findActive(tx, accountId);
        if (consumed === undefined || account === undefined) {
          return { kind: 'over' };
        }
        const proofs = await useProofs(tx, { accountId, furtherProof: consumed.furtherProof, mark });
        await passwords.set(tx, { ...hash, accountId, longEnough: true, at: clock.now() });
        const frame = eventFrame(account, form.origin);
        await audit.record(tx, { ...frame, kind: 'account-recovered', details: { proofs } });
        await beginAnew(tx, { account, origin: form.origin });
        const asked = askedFor(form.origin, clock.now());
        const letter = { to: { accountId }, locale: account.locale, asked, template: 'recovered' } as const;
        await enqueue(tx, { kind: 'mail', letter });
        await form.whenRecovered(tx, accountId);
        return { kind: 'recovered', accountId };
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'recovery-needs-more') {
        return { kind: 'more-proof-needed' };
      }
      throw error;
    }
  }

  /** Ends whatever wait there is: it has served, or isn't needed any more. @returns what the recovery rests on */
  async function useProofs(
    tx: Transaction,
    request: ProvedRequest & { readonly mark: AttemptMark },
  ): Promise<readonly string[]> {
    const { accountId, mark } = request;
    const at = clock.now();
    const { wasReady: hasWaited } = await endWaiting(tx, { accountId, mark, at });
    const { stops } = await findAttempts(tx, { accountId, at });
    const need = await findNeed(tx, request, { stops, hasWaited });
    if (need.kind !== 'recovers') {
      // Thrown and not returned: the code is used and the wait ended by now, and neither may be.
      throw new AppError('recovery-needs-more');
    }
    const proofs = proofsOf(request);
    return hasWaited && proofs.length === 1 ? [...proofs, 'waiting'] : proofs;
  }

  return { ...flow, standing, complete };
}
