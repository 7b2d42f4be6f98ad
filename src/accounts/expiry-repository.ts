import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

const tables = ['mailed_code', 'undo_link', 'recovery_attempt', 'sign_in_device'] as const;

/** Removes at most `batch` rows of each table whose time is over. @returns how many */
export async function removeExpiredRequests(
  tx: Transaction,
  { now, batch }: { readonly now: Date; readonly batch: number },
): Promise<number> {
  let removed = 0;
  for (const table of tables) {
    const rows = await rowsOf(
      tx,
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM ${table} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING true AS removed`,
      [now, batch],
    );
    removed += rows.length;
  }
  return removed;
}
