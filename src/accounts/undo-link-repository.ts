import { rowsOf } from '../platform/rows.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { AttemptMark } from './mailed-codes.ts';

/** What a link takes back: the account's login address becomes this identifier again. */
export type UndoLink = { readonly accountId: string; readonly identifierId: string; readonly createdAt: Date };

const columns = 'account_id AS "accountId", identifier_id AS "identifierId", created_at AS "createdAt"';

export async function insertUndoLink(
  tx: Transaction,
  link: UndoLink & { readonly token: string; readonly expiresAt: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO undo_link (token_hash, account_id, kind, identifier_id, created_at, expires_at)
     VALUES ($1, $2, 'email-change', $3, $4, $5) ON CONFLICT DO NOTHING`,
    [sha256(link.token), link.accountId, link.identifierId, link.createdAt, link.expiresAt],
  );
}

/** A link that would still work, for the page that asks before it does. */
export async function findUndoLink(
  tx: Transaction,
  { token, at }: { readonly token: string; readonly at: Date },
): Promise<UndoLink | undefined> {
  const [link] = await rowsOf<UndoLink>(
    tx,
    `SELECT ${columns} FROM undo_link WHERE token_hash = $1 AND consumed_at IS NULL AND expires_at > $2`,
    [sha256(token), at],
  );
  return link;
}

/** Uses a link up, and with it those of every later change: they were made by whoever made the one undone. */
export async function consumeUndoLink(
  tx: Transaction,
  { token, mark, at }: { readonly token: string; readonly mark: AttemptMark; readonly at: Date },
): Promise<UndoLink | undefined> {
  const [link] = await rowsOf<UndoLink>(
    tx,
    `UPDATE undo_link SET consumed_at = $2, consumed_by = $3
     WHERE token_hash = $1 AND expires_at > $2 AND (consumed_at IS NULL OR consumed_by = $3) RETURNING ${columns}`,
    [sha256(token), at, mark],
  );
  if (link !== undefined) {
    await tx.query(
      `UPDATE undo_link SET consumed_at = $3 WHERE account_id = $1 AND created_at >= $2 AND consumed_at IS NULL`,
      [link.accountId, link.createdAt, at],
    );
  }
  return link;
}
