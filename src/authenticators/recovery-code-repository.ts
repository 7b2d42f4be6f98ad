import type { AttemptMark } from '../accounts/mailed-codes.ts';
import type { LookupHash } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

/** A set of recovery codes as its owner may see it: never the codes. */
export type RecoveryCodeSet = { readonly total: number; readonly unused: number; readonly createdAt: Date };

/** Puts a set in the place of whatever the account had. Called under the account's lock, or two sets could stay. */
export async function replaceRecoveryCodes(
  tx: Transaction,
  { accountId, hashes, at }: { readonly accountId: string; readonly hashes: readonly LookupHash[]; readonly at: Date },
): Promise<void> {
  await rowsOf(
    tx,
    `WITH removed AS (DELETE FROM recovery_code WHERE account_id = $1)
     INSERT INTO recovery_code (account_id, lookup_key_id, code_hash, created_at)
     SELECT $1, key_id, code_hash, $4 FROM unnest($2::text[], $3::bytea[]) AS new_code (key_id, code_hash)`,
    [accountId, hashes.map(({ keyId }) => keyId), hashes.map(({ hash }) => hash), at],
  );
}

/**
 * Uses a code up. Of any number of calls at once one gets it; that one gets it again when it is repeated after its
 * answer was lost. @returns how many are left, or undefined where the account has no such code to use
 */
export async function spendRecoveryCode(
  tx: Transaction,
  {
    accountId,
    hashes,
    attempt,
    at,
  }: {
    readonly accountId: string;
    readonly hashes: readonly LookupHash[];
    readonly attempt: AttemptMark;
    readonly at: Date;
  },
): Promise<number | undefined> {
  const [used] = await rowsOf<{ readonly left: number }>(
    tx,
    `UPDATE recovery_code AS c SET used_at = $3, used_by = $4
     WHERE account_id = $1 AND code_hash = ANY($2) AND (used_at IS NULL OR used_by = $4)
     RETURNING (SELECT count(*)::int FROM recovery_code AS other
       WHERE other.account_id = $1 AND other.used_at IS NULL AND other.code_hash <> c.code_hash) AS left`,
    [accountId, hashes.map(({ hash }) => hash), at, attempt],
  );
  return used?.left;
}

/** @returns undefined where the account has no set */
export async function findRecoveryCodeSet(tx: Transaction, accountId: string): Promise<RecoveryCodeSet | undefined> {
  const [set] = await rowsOf<RecoveryCodeSet>(
    tx,
    `SELECT count(*)::int AS total, (count(*) FILTER (WHERE used_at IS NULL))::int AS unused,
       max(created_at) AS "createdAt"
     FROM recovery_code WHERE account_id = $1 HAVING count(*) > 0`,
    [accountId],
  );
  return set;
}

/** The account has no set afterwards. */
export async function removeRecoveryCodes(tx: Transaction, accountId: string): Promise<void> {
  await rowsOf(tx, 'DELETE FROM recovery_code WHERE account_id = $1 RETURNING true AS removed', [accountId]);
}
