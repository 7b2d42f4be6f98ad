import type { DataSource } from 'typeorm';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { gatherWritesOf, together, type Write } from '../platform/write.ts';
import { type RetryOptions, retryTransient } from './retry.ts';

/**
 * Transactions on a pool, each run again as a whole after a fault of the connection or a serialization failure. The
 * answer to a commit can be lost, so a unit may run again after it took effect: its ids come from outside of it. A unit
 * that only writes, without waiting for any of it, is one statement, which is a transaction by itself.
 */
export function createInTransaction(dataSource: DataSource, options: RetryOptions): InTransaction {
  return (work) => retryTransient(() => runUnit(dataSource, work), options);
}

async function runUnit<T>(dataSource: DataSource, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const unit = openUnit(dataSource);
  try {
    const result = await work(unit.tx);
    await unit.commit();
    return result;
  } catch (fault) {
    // What went wrong first is what is told.
    await unit.rollback().catch(() => undefined);
    throw fault;
  } finally {
    await unit.release();
  }
}

/** One connection, taken with the first statement. The transaction begins with the first one that is waited for. */
function openUnit(dataSource: DataSource) {
  const runner = dataSource.createQueryRunner();
  const { manager: tx } = runner;
  const savepoint = tx.transaction.bind(tx) as InTransaction;
  let begun: Promise<void> | undefined;
  let gathered: Write[] = [];
  let lost: { readonly fault: unknown } | undefined;

  async function flush(): Promise<void> {
    if (gathered.length === 0) return;
    const { text, values } = together(gathered);
    gathered = [];
    try {
      await runner.query(text, [...values]);
    } catch (fault) {
      lost = { fault };
      throw fault;
    }
  }

  async function begin(): Promise<void> {
    begun ??= runner.startTransaction();
    await begun;
    await flush();
  }

  const query: Transaction['query'] = async (text: string, values?: unknown[]) => {
    await begin();
    return runner.query(text, values);
  };

  const transaction: InTransaction = async (work) => {
    await begin();
    try {
      return await savepoint(async (inner) => {
        const result = await work(inner);
        await flush();
        return result;
      });
    } catch (fault) {
      // Undone with all that was written in it.
      gathered = [];
      lost = undefined;
      throw fault;
    }
  };

  Object.assign(tx, { query, transaction });
  gatherWritesOf(tx, async (write) => {
    // One statement changes no row twice. Whoever else waited here may have gathered one meanwhile.
    while (gathered.some(({ text }) => text === write.text)) await begin();
    gathered.push(write);
  });

  return {
    tx,
    async commit() {
      // The fault came up with another statement: whoever caught it there knew nothing of these writes. And PostgreSQL
      // answers the COMMIT of a failed transaction without an error.
      if (lost) throw lost.fault;
      await flush();
      if (begun) await runner.commitTransaction();
    },
    async rollback() {
      if (begun) await runner.rollbackTransaction();
    },
    release: () => runner.release(),
  };
}
