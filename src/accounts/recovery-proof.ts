import type { Transaction } from '../platform/transaction.ts';
import type { Account } from './account.ts';
import { recordFurtherProof, spendFurtherTry } from './further-proof-repository.ts';
import { type AttemptMark, newAttemptMark } from './mailed-codes.ts';
import type { AccountsContext, TypedProofs } from './ports.ts';
import { isTyped } from './recovery-rules.ts';
import { createRecoveryStanding } from './recovery-standing.ts';

export type FurtherProofOutcome =
  | { readonly kind: 'proved' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  /** The request is over, or isn't one that a further proof would serve. */
  | { readonly kind: 'over' };

type Attempt = { readonly handle: string; readonly code: string; readonly mark: AttemptMark };

const purpose = 'recovery';

/**
 * The further proof of a recovery: a code of an authenticator app, or a recovery code, in one field. A request has five
 * tries, an account as many as the throttle leaves it over all requests.
 */
export function createRecoveryProofs(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, typedProofs, recoveryGuesses, clock } = context;
  const { findStanding } = createRecoveryStanding(context);

  async function prove({ handle, code }: Omit<Attempt, 'mark'>): Promise<FurtherProofOutcome> {
    const request = await inTransaction((tx) => mailedCodes.find(tx, { purpose, handle }));
    if (!request?.proved || request.accountId === null) {
      return { kind: 'over' };
    }
    if (request.furtherProof !== null) {
      return { kind: 'proved' };
    }
    const allowance = await recoveryGuesses.reserve(request.accountId);
    if (allowance.kind === 'throttled') {
      return allowance;
    }
    const { accountId } = request;
    const mark = newAttemptMark();
    return inTransaction((tx) => tryCode(tx, { accountId, handle, code, mark }));
  }

  async function tryCode(
    tx: Transaction,
    attempt: Attempt & { readonly accountId: string },
  ): Promise<FurtherProofOutcome> {
    const { accountId, handle } = attempt;
    const at = clock.now();
    const triesLeft = await spendFurtherTry(tx, { handle, at });
    if (triesLeft === undefined) {
      return afterNoTry(tx, handle);
    }
    const account = await accounts.findActive(tx, accountId);
    const { need } = await findStanding(tx, { accountId, furtherProof: null });
    if (account === undefined || need.kind !== 'needs-one-more') {
      return { kind: 'over' };
    }
    const proof = await provedBy(tx, { ...attempt, account, proofs: need.proofs.filter(isTyped) });
    if (proof === undefined) {
      return { kind: 'wrong', triesLeft };
    }
    await recordFurtherProof(tx, { handle, at, proof });
    await recoveryGuesses.forget(tx, accountId);
    return { kind: 'proved' };
  }

  /** A double click proved it meanwhile, or there is nothing left to try with. */
  async function afterNoTry(tx: Transaction, handle: string): Promise<FurtherProofOutcome> {
    const request = await mailedCodes.find(tx, { purpose, handle });
    if (request === undefined) {
      return { kind: 'over' };
    }
    return request.furtherProof === null ? { kind: 'wrong', triesLeft: 0 } : { kind: 'proved' };
  }

  async function provedBy(
    tx: Transaction,
    attempt: Attempt & { readonly account: Account; readonly proofs: readonly (keyof TypedProofs)[] },
  ): Promise<keyof TypedProofs | undefined> {
    const { account, code, mark } = attempt;
    for (const proof of attempt.proofs) {
      const { kind } = await typedProofs[proof](tx, { account, code, attempt: mark });
      if (kind === 'proved') {
        return proof;
      }
    }
    return undefined;
  }

  return { prove };
}
