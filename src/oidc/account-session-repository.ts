import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { type EndedRow, type SignedOnPortal, signedOnPortals } from './session-repository.ts';
import { storageKey } from './storage-key.ts';

/** A live session as a list of them needs it. */
export type AccountSessionRow = {
  readonly uid: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly authorizations: Readonly<Record<string, { readonly removed?: true }>>;
  readonly loginAtSeconds: number;
  readonly expiresAt: Date;
};

const isLive = `account_id = $1 AND ended_at IS NULL AND expires_at > $2 AND login_at >= $3`;

type OfAccount = {
  readonly accountId: string;
  readonly at: Date;
  /** Sessions from before are over. */
  readonly validFrom: Date;
};

const validFromSeconds = (validFrom: Date): number => Math.floor(validFrom.getTime() / 1000);

/** The live sessions of an account, `current` first, then the newest. */
export async function listAccountSessions(
  tx: Transaction,
  { accountId, at, validFrom, current, limit }: OfAccount & { readonly current: string; readonly limit: number },
): Promise<readonly AccountSessionRow[]> {
  const rows = await rowsOf<AccountSessionRow>(
    tx,
    `SELECT uid, payload, authorizations, login_at AS "loginAtSeconds", expires_at AS "expiresAt"
     FROM oidc_session WHERE ${isLive} ORDER BY (uid = $4) DESC, login_at DESC, uid LIMIT $5`,
    [accountId, at, validFromSeconds(validFrom), current, limit],
  );
  // A bigint comes as text.
  return rows.map((row) => ({ ...row, loginAtSeconds: Number(row.loginAtSeconds) }));
}

/** The uids of all of them: who holds a handle finds its session among these and nowhere else. */
export async function accountSessionUids(
  tx: Transaction,
  { accountId, at, validFrom }: OfAccount,
): Promise<readonly string[]> {
  const rows = await rowsOf<{ readonly uid: string }>(tx, `SELECT uid FROM oidc_session WHERE ${isLive}`, [
    accountId,
    at,
    validFromSeconds(validFrom),
  ]);
  return rows.map(({ uid }) => uid);
}

/**
 * Ends one session of an account for good, and what was made from it, longer-lived tokens included: a lost phone keeps
 * nothing. @returns the portals that have to be told; undefined where it had ended before, or isn't this account's
 */
export async function endAccountSession(
  tx: Transaction,
  { accountId, uid, at }: { readonly accountId: string; readonly uid: string; readonly at: Date },
): Promise<readonly SignedOnPortal[] | undefined> {
  const ended = await rowsOf<EndedRow>(
    tx,
    `UPDATE oidc_session SET ended_at = $3 WHERE uid = $2 AND account_id = $1 AND ended_at IS NULL
     RETURNING uid, account_id, authorizations`,
    [accountId, uid, at],
  );
  if (ended.length === 0) return undefined;
  const grantIds = ended.flatMap(({ authorizations }) =>
    Object.values(authorizations).flatMap(({ grantId }) => (typeof grantId === 'string' ? [grantId] : [])),
  );
  await tx.query(
    `WITH grants AS (
       UPDATE oidc_artifact SET ended_at = $2, payload = '{}'
       WHERE account_id = $1 AND model = 'Grant' AND ended_at IS NULL AND id = ANY ($3)
     )
     DELETE FROM oidc_artifact WHERE account_id = $1 AND model <> 'Grant' AND grant_id = ANY ($4)`,
    [accountId, at, grantIds.map((grantId) => storageKey('Grant', grantId)), grantIds],
  );
  return signedOnPortals(ended);
}
