import { DataSource, type EntitySchema } from 'typeorm';
import type { DatabaseConnection } from '../platform/database-connection.ts';
import type { Logger } from '../platform/logger.ts';
import { databaseHosts } from './database-hosts.ts';
import { createPostgresClient } from './postgres-client.ts';

/** How long a statement may take; the busy connection is then closed. Cancelling instead would lie on a synchronous cluster. */
export const queryTimeoutMs = 3_000;

/** Opens the pool. @throws when no host answers as primary. Close it with `destroy()`. */
export async function openDataSource(options: {
  readonly connection: DatabaseConnection;
  readonly poolSize: number;
  readonly entities: readonly EntitySchema[];
  readonly logger: Logger;
}): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    entities: [...options.entities],
    synchronize: false,
    logging: false,
    installExtensions: false,
    applicationName: 'dinhdanh',
    poolSize: options.poolSize,
    // An idle connection that dies would otherwise end the process.
    poolErrorHandler: (error: unknown) => options.logger.warn('idle database connection lost', { error }),
    extra: {
      Client: createPostgresClient(databaseHosts(options.connection)),
      connectionTimeoutMillis: 1_500,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // After a failover everyone is back on the right machine within this time, even who never noticed it.
      maxLifetimeSeconds: 300,
    },
  });
  return dataSource.initialize();
}
