import { chown } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseConnection } from './database-connection.ts';
import { locateBinaries } from './embedded-database/binaries.ts';
import { openCluster, removeDrafts, superuser } from './embedded-database/cluster.ts';
import { EmbeddedDatabaseError } from './embedded-database/embedded-database-error.ts';
import { recordLauncher, refuseRunningServer } from './embedded-database/folder-claim.ts';
import { chooseServerEndpoint } from './embedded-database/server-endpoint.ts';
import { chooseServerIdentity } from './embedded-database/server-identity.ts';
import { keepServerRunning, type ServerProcess } from './embedded-database/server-process.ts';
import type { Logger } from './logger.ts';
import { newSecretToken } from './secret-token.ts';

/** A PostgreSQL of our own, on this machine only: for trying out and for tests. */
export type EmbeddedDatabase = {
  /** Signs in as superuser over a Unix socket in a 0700 folder. */
  readonly connection: Extract<DatabaseConnection, { readonly host: string }>;
  readonly stop: () => Promise<void>;
};

// Recovery after a crash may have much to read; a server that gives up ends before.
const startPatienceMs = 120_000;

/**
 * Starts PostgreSQL on `dataDirectory` (made at the first start, 0700) and resolves when it answers. It is started
 * again when it dies, ends with `stop`, and on Linux with this process however that ends.
 * @throws EmbeddedDatabaseError with one sentence for the operator.
 */
export async function startEmbeddedDatabase(options: {
  readonly dataDirectory: string;
  readonly logger?: Logger;
}): Promise<EmbeddedDatabase> {
  const folder = resolve(options.dataDirectory);
  const binaries = await locateBinaries();
  const identity = await chooseServerIdentity();
  await refuseRunningServer(folder);
  const cluster = await openCluster({ folder, binaries, identity });
  const endpoint = await chooseServerEndpoint(folder);
  if (identity.ownedBy !== undefined && endpoint.host !== folder) {
    await chown(endpoint.host, identity.ownedBy, 65534);
  }
  const clusterName = `dinhdanh-${newSecretToken(9)}`;
  const connection = {
    host: endpoint.host,
    port: endpoint.port,
    user: superuser,
    password: cluster.password,
    database: superuser,
  };
  const server = keepServerRunning({
    directory: cluster.directory,
    settings: [...endpoint.settings, `cluster_name=${clusterName}`],
    binaries,
    identity,
    logger: options.logger,
  });
  const stop = async () => {
    await server.stop();
    await endpoint.release();
  };
  try {
    await untilReady({ folder, server, connection, clusterName });
  } catch (error) {
    await stop();
    throw error;
  }
  await recordLauncher(folder);
  await removeDrafts(folder);
  return { connection, stop };
}

async function untilReady(options: {
  readonly folder: string;
  readonly server: ServerProcess;
  readonly connection: EmbeddedDatabase['connection'];
  readonly clusterName: string;
}): Promise<void> {
  const ended = options.server.firstExit.then((lastLines) => ({ lastLines }));
  for (let waitedMs = 0; waitedMs < startPatienceMs; waitedMs += 20) {
    const outcome = await Promise.race([ended, isReady(options)]);
    if (outcome === true) {
      return;
    }
    if (outcome !== false) {
      throw new EmbeddedDatabaseError('embedded-database-failed', `PostgreSQL does not start on ${options.folder}.`, {
        cause: new Error(outcome.lastLines),
      });
    }
    await delay(20);
  }
  throw new EmbeddedDatabaseError(
    'embedded-database-failed',
    `PostgreSQL on ${options.folder} does not answer after ${startPatienceMs / 1000} seconds.`,
  );
}

async function isReady({ connection, clusterName }: Parameters<typeof untilReady>[0]): Promise<boolean> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query("SELECT current_setting('cluster_name') AS name");
    // Two starts at the same moment: the answer may be the other's server, while ours is about to be refused.
    return rows[0]?.name === clusterName;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
