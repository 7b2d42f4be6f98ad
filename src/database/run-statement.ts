import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { RunStatement } from '../platform/statement.ts';
import { type RetryOptions, retryTransient } from './retry.ts';

/** Single prepared statements on the pool, without TypeORM in between, run again after a fault of the connection. */
export function createRunStatement(dataSource: DataSource, options: RetryOptions): RunStatement {
  const pool = poolOf(dataSource);
  return ({ name, text, values }) =>
    retryTransient(async () => (await pool.query({ name, text, values: [...values] })).rows, options);
}

// TypeORM keeps the pool of its PostgreSQL driver under this name; its types say so of that driver only.
function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { readonly master: Pool }).master;
}
