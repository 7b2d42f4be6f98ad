import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDataSource } from '../../src/database/data-source.ts';
import { entities } from '../../src/database/entities.ts';
import { migrate } from '../../src/database/migrate.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { DatabaseConnection } from '../../src/platform/database-connection.ts';
import { startEmbeddedDatabase } from '../../src/platform/embedded-database.ts';
import { createLogger } from '../../src/platform/logger.ts';

export type HostConnection = Extract<DatabaseConnection, { readonly host: string }>;

/** The one server of a run and the migrated database every test's own is cloned from. */
export type TestServer = { readonly connection: HostConnection; readonly template: string };

export const silentLogger = createLogger({ level: 'silent' });

/** Our own launcher on a temporary folder, or the server `TEST_DATABASE_URL` names, with a template of this run. */
export async function startTestServer(url: string | undefined): Promise<TestServer & { stop: () => Promise<void> }> {
  const server = url === undefined ? await startTemporary() : { connection: parsed(url), stop: async () => {} };
  const template = `dinhdanh_template_${randomBytes(6).toString('hex')}`;
  await asAdministrator(server.connection, `CREATE DATABASE ${template}`);
  const dataSource = await openDataSource({
    connection: { ...server.connection, database: template },
    poolSize: 2,
    entities,
    logger: silentLogger,
  });
  await migrate({ dataSource, clock: systemClock, logger: silentLogger });
  await dataSource.destroy();
  return {
    connection: server.connection,
    template,
    stop: async () => {
      await asAdministrator(server.connection, `DROP DATABASE ${template}`);
      await server.stop();
    },
  };
}

/** Runs one statement outside of any test's database. */
export async function asAdministrator(connection: HostConnection, statement: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function startTemporary() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'dinhdanh-test-'));
  const { connection, stop } = await startEmbeddedDatabase({ dataDirectory });
  return {
    connection,
    stop: async () => {
      await stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

function parsed(url: string): HostConnection {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1) || 'postgres',
  };
}
