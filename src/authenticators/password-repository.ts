import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { PasswordHash } from './password.ts';

/** The password of this account, if it has one. */
export async function findPassword(tx: Transaction, accountId: string): Promise<PasswordHash | undefined> {
  const [row] = await rowsOf<PasswordHash>(
    tx,
    'SELECT hash, pepper_id AS "pepperId" FROM password_credential WHERE account_id = $1',
    [accountId],
  );
  return row;
}

/** Sets the first password of an account or replaces it. `longEnough` is false for an imported short one only. */
export async function setPassword(
  tx: Transaction,
  password: PasswordHash & { readonly accountId: string; readonly longEnough: boolean; readonly at: Date },
): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO password_credential (account_id, hash, pepper_id, long_enough, created_at, changed_at)
     VALUES ($1, $2, $3, $4, $5, $5)
     ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, pepper_id = excluded.pepper_id,
       long_enough = excluded.long_enough, changed_at = excluded.changed_at`,
    [password.accountId, password.hash, password.pepperId, password.longEnough, password.at],
  );
}

/**
 * Stores the same password under current parameters. Does nothing when `from` is no longer the stored hash, so that a
 * sign-in running beside a change of password can't bring the old one back.
 */
export async function replaceHash(
  tx: Transaction,
  replacement: {
    readonly accountId: string;
    readonly from: string;
    readonly to: PasswordHash;
    readonly longEnough: boolean;
  },
): Promise<void> {
  const { accountId, from, to, longEnough } = replacement;
  await rowsOf(
    tx,
    'UPDATE password_credential SET hash = $3, pepper_id = $4, long_enough = $5 WHERE account_id = $1 AND hash = $2',
    [accountId, from, to.hash, to.pepperId, longEnough],
  );
}

/** The account has no password afterwards: only recovery leads back. */
export async function removePassword(tx: Transaction, accountId: string): Promise<void> {
  await rowsOf(tx, 'DELETE FROM password_credential WHERE account_id = $1 RETURNING true AS removed', [accountId]);
}
