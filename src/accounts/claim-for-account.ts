import { AppError } from '../platform/app-error.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { lockAccount } from './lock-account.ts';

// Whoever was overtaken and looks again knows by whom; only if that one has left in between is it open once more.
const triesAtMost = 5;

// @see PostgreSQL, Appendix A
const uniqueViolation = '23505';
const claimedPlaces: ReadonlySet<string> = new Set([
  'upstream_identity_one_account',
  'upstream_identity_one_per_source',
  'national_number_one_account',
  'national_number_one_of_a_kind',
]);

/**
 * Runs a statement that claims an identity or a number for an account, so that it writes everything or nothing. One that
 * was overtaken meets the other at an index, which undoes it up to its savepoint and leaves the caller's transaction as
 * it was; run again, it sees the other and can say what is taken.
 * @returns the `outcome` of the one row that the statement has to answer
 */
export async function claimForAccount<Outcome>(
  tx: Transaction,
  claim: { readonly accountId: string; readonly statement: string; readonly values: readonly unknown[] },
): Promise<Outcome> {
  for (let left = triesAtMost; ; left -= 1) {
    try {
      return await tx.transaction(async (savepoint) => {
        await lockAccount(savepoint, claim.accountId);
        const [row] = await rowsOf<{ readonly outcome: Outcome }>(savepoint, claim.statement, claim.values);
        if (row === undefined) throw new AppError('identity-not-stored');
        return row.outcome;
      });
    } catch (error) {
      if (!isOvertaken(error) || left === 1) throw error;
    }
  }
}

function isOvertaken(fault: unknown): boolean {
  // Not instanceof: an error may come from another realm.
  return (
    Error.isError(fault) &&
    'code' in fault &&
    fault.code === uniqueViolation &&
    'constraint' in fault &&
    claimedPlaces.has(String(fault.constraint))
  );
}
