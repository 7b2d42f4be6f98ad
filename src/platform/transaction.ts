import type { EntityManager } from 'typeorm';

/** The first argument of every query: a transaction, or the pool where one statement is enough. */
export type Transaction = EntityManager;

/**
 * Runs `work` in one transaction and commits when it resolves. A fault of the connection or a serialization failure
 * runs the *whole* of `work` again, so everything in it must be safe to repeat.
 */
export type InTransaction = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
