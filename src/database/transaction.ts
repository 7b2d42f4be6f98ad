import type { DataSource } from 'typeorm';
import type { InTransaction } from '../platform/transaction.ts';
import { type RetryOptions, retryTransient } from './retry.ts';

/**
 * Transactions on a pool, each run again as a whole after a fault of the connection or a serialization failure. The
 * answer to a commit can be lost, so a unit may run again after it took effect: its ids come from outside of it.
 */
export function createInTransaction(dataSource: DataSource, options: RetryOptions): InTransaction {
  return (work) => retryTransient(() => dataSource.transaction(work), options);
}
