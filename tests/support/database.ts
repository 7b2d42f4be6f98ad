import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { openDataSource } from '../../src/database/data-source.ts';
import { entities } from '../../src/database/entities.ts';
import { createRunStatement } from '../../src/database/run-statement.ts';
import { createInTransaction } from '../../src/database/transaction.ts';
import type { RunStatement } from '../../src/platform/statement.ts';
import type { InTransaction } from '../../src/platform/transaction.ts';
import { asAdministrator, type HostConnection, silentLogger, type TestServer } from './test-server.ts';

/** A database of the caller's own. */
export type TestDatabase = {
  readonly connection: HostConnection;
  readonly dataSource: DataSource;
  readonly inTransaction: InTransaction;
  readonly runStatement: RunStatement;
  readonly close: () => Promise<void>;
};

/** A fresh clone of the migrated template (about 30 ms); `empty` is without any schema. Close it in `afterAll`. */
export async function testDatabase(schema: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const server = testServer();
  const database = `dinhdanh_test_${randomBytes(6).toString('hex')}`;
  const template = schema === 'migrated' ? server.template : 'template1';
  await asAdministrator(server.connection, `CREATE DATABASE ${database} TEMPLATE ${template}`);
  const connection = { ...server.connection, database };
  const dataSource = await openDataSource({ connection, poolSize: 10, entities, logger: silentLogger });
  return {
    connection,
    dataSource,
    inTransaction: createInTransaction(dataSource, { retryBudgetMs: 5_000 }),
    runStatement: createRunStatement(dataSource, { retryBudgetMs: 5_000 }),
    close: async () => {
      await dataSource.destroy();
      await asAdministrator(server.connection, `DROP DATABASE ${database} WITH (FORCE)`);
    },
  };
}

function testServer(): TestServer {
  const described = process.env['TEST_SERVER'];
  if (described === undefined) {
    throw new Error('The test server is missing: run the tests with the jest.config.js of this project.');
  }
  return JSON.parse(described);
}
