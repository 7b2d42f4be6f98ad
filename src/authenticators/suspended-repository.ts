import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

/**
 * Takes everything the account signs in with out of use, in one statement. Nothing of it is accepted from here on, as it
 * lies where nobody looks who accepts something; nothing is lost either. Links to eIDs stay.
 * @returns the kinds of what was suspended, sorted
 */
export async function suspendAuthenticators(
  tx: Transaction,
  { accountId, at }: { readonly accountId: string; readonly at: Date },
): Promise<readonly string[]> {
  const suspended = await rowsOf<{ readonly kind: string }>(
    tx,
    `WITH passwords AS (DELETE FROM password_credential WHERE account_id = $1 RETURNING *),
       apps AS (DELETE FROM totp_authenticator WHERE account_id = $1 RETURNING *),
       codes AS (DELETE FROM recovery_code WHERE account_id = $1 RETURNING *),
       keys AS (DELETE FROM passkey WHERE account_id = $1 RETURNING *),
       moved AS (
         INSERT INTO suspended_authenticator (account_id, kind, stored, suspended_at)
         SELECT $1, kind, stored, $2 FROM (
           SELECT 'password' AS kind, to_jsonb(passwords) AS stored FROM passwords
           UNION ALL SELECT 'totp', to_jsonb(apps) FROM apps
           UNION ALL SELECT 'recovery-code', to_jsonb(codes) FROM codes
           UNION ALL SELECT 'passkey', to_jsonb(keys) FROM keys) AS gone
         RETURNING kind)
     SELECT DISTINCT kind FROM moved ORDER BY kind`,
    [accountId, at],
  );
  return suspended.map(({ kind }) => kind);
}

/** When anything of the account was last suspended; undefined where nothing ever was. */
export async function findSuspendedAt(tx: Transaction, accountId: string): Promise<Date | undefined> {
  const [row] = await rowsOf<{ readonly suspendedAt: Date | null }>(
    tx,
    'SELECT max(suspended_at) AS "suspendedAt" FROM suspended_authenticator WHERE account_id = $1',
    [accountId],
  );
  return row?.suspendedAt ?? undefined;
}
