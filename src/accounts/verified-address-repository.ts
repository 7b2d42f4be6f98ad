import type { Encryption } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Account } from './account.ts';
import { identifierContext } from './account-row.ts';

/** Every address the account has proved and not given up: what touches all of it is told at each. */
export async function findVerifiedAddresses(
  tx: Transaction,
  { account, encryption }: { readonly account: Pick<Account, 'id' | 'dataKey'>; readonly encryption: Encryption },
): Promise<readonly string[]> {
  const rows = await rowsOf<{ readonly id: string; readonly value_sealed: Buffer }>(
    tx,
    `SELECT id, value_sealed FROM identifier i
     WHERE account_id = $1 AND kind = 'email' AND removed_at IS NULL
       AND EXISTS (SELECT FROM verification v WHERE v.identifier_id = i.id)
     ORDER BY created_at`,
    [account.id],
  );
  return rows.map(({ id, value_sealed }) => encryption.open(account.dataKey, value_sealed, identifierContext(id)));
}
