import { randomUUID } from 'node:crypto';
import type { Transaction } from './transaction.ts';

/** Leadership over one thing, kept as a row with an expiry: it survives a failover of the database and dies with its holder. */
export type Lease = {
  /**
   * Takes the lease, or extends it where it is ours. Within a transaction the row stays locked to its end, so that
   * nobody takes over while the work of that transaction is under way, however long that is.
   * @returns false while somebody else holds it
   */
  readonly hold: (tx: Transaction) => Promise<boolean>;
  /** Gives it up, so that the next needn't wait for the expiry. Harmless where it isn't ours. */
  readonly release: (tx: Transaction) => Promise<void>;
};

/** The table of all leases; safe to repeat. */
export const createLeaseTable = `
  CREATE TABLE IF NOT EXISTS database_lease (
    name       text PRIMARY KEY,
    holder     uuid NOT NULL,
    expires_at timestamptz NOT NULL
  )`;

/** @param options.name what is led, the same for all who compete for it */
export function createLease(options: { readonly name: string; readonly ttlSeconds: number }): Lease {
  const holder = randomUUID();
  return {
    hold: async (tx) => {
      // The database's clock, the one clock all who compete share; not now(), which stands still in a transaction.
      const rows: readonly unknown[] = await tx.query(
        `INSERT INTO database_lease AS lease (name, holder, expires_at)
         VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE lease.holder = excluded.holder OR lease.expires_at <= clock_timestamp()
         RETURNING lease.name`,
        [options.name, holder, options.ttlSeconds],
      );
      return rows.length === 1;
    },
    release: async (tx) => {
      await tx.query('DELETE FROM database_lease WHERE name = $1 AND holder = $2', [options.name, holder]);
    },
  };
}
