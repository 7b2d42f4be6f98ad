import { rowsOf } from '../platform/rows.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { transientSlot, transientSlotSeconds, transientSlots } from './artifact-repository.ts';

/** The engine tells "expired" from "unknown" for this long. */
const graceSeconds = 600;

const tables = ['oidc_artifact', 'oidc_replay', 'oidc_session', 'oidc_session_alias'] as const;

// Minutes into the hour. Later, an instance whose clock is ahead, or a truncation that is late, would meet the rows of
// the next hour; earlier, one whose clock is behind those of the hour that has just become old enough.
const emptyingFromMinute = 10;
const emptyingUntilMinute = 40;

/** The slot that can be emptied: written next, last written two hours ago. @returns undefined near the hour's ends */
export function slotToEmpty(now: Date): number | undefined {
  const minute = (now.getTime() / 60_000) % (transientSlotSeconds / 60);
  if (minute < emptyingFromMinute || minute >= emptyingUntilMinute) return undefined;
  return (transientSlot(now) + 1) % transientSlots;
}

/**
 * Empties the ring's slot that is written next: its rows were made at least two hours ago, longer than any of them
 * lives. A truncation costs the same for ten rows and ten million, and waits for nobody.
 * @returns false where it wasn't done: the next round finds it again
 */
export async function emptyOldestSlot(inTransaction: InTransaction, now: Date): Promise<boolean> {
  const slot = slotToEmpty(now);
  if (slot === undefined) return false;
  const table = `oidc_transient_${slot}`;
  return inTransaction(async (tx) => {
    if ((await rowsOf(tx, `SELECT FROM ${table} LIMIT 1`, [])).length === 0) return true;
    await tx.query("SET LOCAL lock_timeout = '250ms'");
    try {
      await tx.query(`TRUNCATE ${table}`);
      return true;
    } catch (fault) {
      if ((fault as { code?: unknown }).code === lockNotAvailable) return false;
      throw fault;
    }
  });
}

const lockNotAvailable = '55P03';

/** Removes at most `batch` rows of each lasting table past their expiry. @returns how many */
export async function removeExpiredArtifacts(
  tx: Transaction,
  { now, batch }: { readonly now: Date; readonly batch: number },
): Promise<number> {
  const before = new Date(now.getTime() - graceSeconds * 1000);
  let removed = 0;
  for (const table of tables) {
    const rows = await rowsOf(
      tx,
      `WITH gone AS (
         DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM ${table} WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
         RETURNING true)
       SELECT FROM gone`,
      [before, batch],
    );
    removed += rows.length;
  }
  return removed;
}
