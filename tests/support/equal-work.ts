import type { PasswordHasher } from '../../src/authenticators/password.ts';
import type { RunStatement } from '../../src/platform/statement.ts';
import type { InTransaction, Transaction } from '../../src/platform/transaction.ts';
import { gatherWritesOf, write } from '../../src/platform/write.ts';

/** What one use case cost: the hashes it computed, the statements it sent outside and inside of transactions. */
export type Work = { hashes: number; statements: number; transactions: number };

/** Edges that count. A test compares the counts of two runs; a bench measures the time of the same two runs. */
export function countWork(edges: {
  readonly hasher: PasswordHasher;
  readonly runStatement: RunStatement;
  readonly inTransaction: InTransaction;
  readonly pool: Transaction;
}) {
  const work: Work = { hashes: 0, statements: 0, transactions: 0 };
  let openTransactions = 0;
  let hashedInTransaction = false;

  function counting(tx: Transaction): Transaction {
    let gathered = 0;
    const counted = new Proxy(tx, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (property === 'query') {
          work.statements += 1;
          gathered = 0;
        }
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    // What a transaction writes in a row leaves as one statement.
    if (tx !== edges.pool) {
      gatherWritesOf(counted, async (one) => {
        gathered += 1;
        if (gathered === 1) work.statements += 1;
        await write(tx, one);
      });
    }
    return counted;
  }

  async function hashing<T>(compute: () => Promise<T>): Promise<T> {
    work.hashes += 1;
    hashedInTransaction ||= openTransactions > 0;
    return compute();
  }

  const runStatement: RunStatement = (statement) => {
    work.statements += 1;
    return edges.runStatement(statement);
  };
  const inTransaction: InTransaction = async (unit) => {
    work.transactions += 1;
    openTransactions += 1;
    try {
      return await edges.inTransaction((tx) => unit(counting(tx)));
    } finally {
      openTransactions -= 1;
    }
  };
  const hasher: PasswordHasher = {
    hash: (password) => hashing(() => edges.hasher.hash(password)),
    withRoom: (use) =>
      edges.hasher.withRoom((verify) => use((stored, password) => hashing(() => verify(stored, password)))),
    overload: () => edges.hasher.overload(),
  };

  return {
    edges: { hasher, runStatement, inTransaction, pool: counting(edges.pool) },
    hashedInTransaction: () => hashedInTransaction,
    /** The work since the last call. */
    take: (): Work => {
      const done = { ...work };
      Object.assign(work, { hashes: 0, statements: 0, transactions: 0 });
      return done;
    },
  };
}
