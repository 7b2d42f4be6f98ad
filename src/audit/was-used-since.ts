import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { AuditEventKind } from './audit-event.ts';

/** What only happens where the person themselves gets in. Failures don't count: a stranger makes them. */
const uses: readonly AuditEventKind[] = [
  'account-registered',
  'password-login-succeeded',
  'passkey-login-succeeded',
  'eid-login-succeeded',
  'account-recovered',
  'account-reclaimed',
  'portal-signed-on',
];

/**
 * Whether somebody got in to the account since then. Read from the events, which say so already: signing in writes
 * nothing for it.
 */
export async function wasUsedSince(
  tx: Transaction,
  { accountId, since }: { readonly accountId: string; readonly since: Date },
): Promise<boolean> {
  const used = await rowsOf(
    tx,
    `SELECT true AS used FROM audit_event
     WHERE about_account_id = $1 AND occurred_at >= $2 AND kind = ANY($3) LIMIT 1`,
    [accountId, since, uses],
  );
  return used.length > 0;
}
