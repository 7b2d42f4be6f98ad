import type { DataSource } from 'typeorm';
import type { RunStatement } from '../platform/statement.ts';
import { poolOf } from './pool.ts';
import { type RetryOptions, retryTransient } from './retry.ts';

/** Single prepared statements on the pool, without TypeORM in between, run again after a fault of the connection. */
export function createRunStatement(dataSource: DataSource, options: RetryOptions): RunStatement {
  const pool = poolOf(dataSource);
  return ({ name, text, values }) =>
    retryTransient(async () => (await pool.query({ name, text, values: [...values] })).rows, options);
}
