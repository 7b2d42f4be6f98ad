import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { AccountsContext } from './ports.ts';
import { stopCountsDays } from './recovery-rules.ts';

type OfAccount = { readonly accountId: string; readonly at: Date };

const dayMs = 86_400_000;

/**
 * Takes away every authenticator and eID added since: it may be a stranger's way to come back. It may be the owner's
 * too, and whoever follows the link only reads their mailbox: where a second factor or a proved identity goes, recovery
 * goes on asking for more.
 */
export async function takeAddedSince(
  tx: Transaction,
  {
    accountId,
    at,
    since,
    removeAddedSince,
  }: OfAccount & { readonly since: Date } & Pick<AccountsContext, 'removeAddedSince'>,
): Promise<void> {
  const { guards } = await removeAddedSince(tx, { accountId, since });
  if (guards === 0) return;
  const until = new Date(at.getTime() + stopCountsDays * dayMs);
  await tx.query('UPDATE account SET recovery_guarded_until = $2 WHERE id = $1', [accountId, until]);
}

export async function isRecoveryGuarded(tx: Transaction, { accountId, at }: OfAccount): Promise<boolean> {
  const guarded = await rowsOf(
    tx,
    'SELECT true AS guarded FROM account WHERE id = $1 AND recovery_guarded_until > $2',
    [accountId, at],
  );
  return guarded.length === 1;
}

/** Its owner is back by more than a mailbox. */
export async function liftRecoveryGuard(tx: Transaction, accountId: string): Promise<void> {
  await tx.query('UPDATE account SET recovery_guarded_until = NULL WHERE id = $1', [accountId]);
}
