import { DataSource, type EntitySchema } from 'typeorm';
import type { DatabaseConnection } from '../platform/database-connection.ts';
import type { Logger } from '../platform/logger.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { databaseHosts } from './database-hosts.ts';
import { createPostgresClient } from './postgres-client.ts';

/** How long a statement may take; the busy connection is then closed. Cancelling instead would lie on a synchronous cluster. */
export const queryTimeoutMs = 3_000;

/** Opens the pool. Close it with `destroy()`. @throws OperatorError `database-unreachable` when no host answers as primary */
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
  return dataSource.initialize().catch((cause: unknown) => {
    throw new OperatorError('database-unreachable', sentenceFor(cause), { cause });
  });
}

// The driver's message can quote the address; its code says enough.
function sentenceFor(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
  const reason = reasons[code] ?? `it could not be opened (${code})`;
  return `The database of DATABASE_URL can't be used: ${reason}.`;
}

/** @see PostgreSQL, Appendix A */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; start it or correct host and port',
  ENOTFOUND: 'its host name is unknown; correct it',
  ENOENT: 'its socket is missing; start it or correct the folder',
  'database-host-is-standby': 'it is a standby and takes no writes; name the primary too',
  '28P01': 'it refuses the password',
  '28000': 'it refuses this user from here',
  '3D000': 'there is no database of that name; create it',
};
