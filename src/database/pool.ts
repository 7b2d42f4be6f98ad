import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

// TypeORM keeps the pool of its PostgreSQL driver under this name; its types say so of that driver only.
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { readonly master: Pool }).master;
}

/** Connections at this moment, and requests waiting for one. */
export function poolState(dataSource: DataSource) {
  const { totalCount, idleCount, waitingCount } = poolOf(dataSource);
  return { total: totalCount, idle: idleCount, waiting: waitingCount };
}
