import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

const tables = ['login_transaction', 'throttle_bucket', 'throttle_source_failure', 'mail_allowance'] as const;

/**
 * Removes at most `batch` expired rows of each table of this folder; rows that are in use wait for the next time.
 * @returns how many were removed: fewer than `batch` in every table means that none is left
 */
export async function removeExpired(
  tx: Transaction,
  { now, batch }: { readonly now: Date; readonly batch: number },
): Promise<Readonly<Record<(typeof tables)[number], number>>> {
  const removed = { login_transaction: 0, throttle_bucket: 0, throttle_source_failure: 0, mail_allowance: 0 };
  for (const table of tables) {
    const rows = await rowsOf(
      tx,
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM ${table} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING true AS removed`,
      [now, batch],
    );
    removed[table] = rows.length;
  }
  return removed;
}
