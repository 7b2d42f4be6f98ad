import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

/**
 * Whoever counts or replaces what an account has comes one after the other until the transaction ends. It has to be a
 * statement of its own, before the one that counts: a statement sees what was there when it began, not when its wait
 * was over. Rows that merely refer to the account don't wait.
 */
export async function lockAccount(tx: Transaction, accountId: string): Promise<void> {
  await rowsOf(tx, 'SELECT true AS locked FROM account WHERE id = $1 FOR NO KEY UPDATE', [accountId]);
}
