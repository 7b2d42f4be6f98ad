import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { openDataSource } from '../../src/database/data-source.ts';
import { createRunStatement } from '../../src/database/run-statement.ts';
import { createInTransaction } from '../../src/database/transaction.ts';
import type { Transaction } from '../../src/platform/transaction.ts';
import { testDatabase } from '../support/database.ts';
import { silentLogger } from '../support/test-server.ts';

const database = await testDatabase('empty');
afterAll(() => database.close());
beforeAll(() => database.dataSource.query('CREATE TABLE counter (name text PRIMARY KEY, total int NOT NULL)'));

const { inTransaction } = database;
const terminateSelf = 'SELECT pg_terminate_backend(pg_backend_pid())';

const add = (tx: Transaction, name: string) =>
  tx.query('INSERT INTO counter AS c VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET total = c.total + 1', [name]);

async function total(name: string): Promise<number | undefined> {
  const [row] = await database.dataSource.query('SELECT total FROM counter WHERE name = $1', [name]);
  return row?.total;
}

async function terminateFromOutside(tx: Transaction): Promise<void> {
  const [{ id }] = await tx.query('SELECT pg_backend_pid() AS id');
  await database.dataSource.query('SELECT pg_terminate_backend($1)', [id]);
  // The news arrives between two statements, when nothing is under way.
  await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('a transaction', () => {
  it('commits when its work resolves and leaves nothing when it throws', async () => {
    await inTransaction((tx) => add(tx, 'kept'));
    const refused = inTransaction(async (tx) => {
      await add(tx, 'undone');
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect([await total('kept'), await total('undone')]).toEqual([1, undefined]);
  });

  it.each([
    ['its own statement is cut off', (tx: Transaction) => tx.query(terminateSelf)],
    ['it is cut off between two statements', terminateFromOutside],
    ['it can not be serialized', (tx: Transaction) => tx.query(raise('40001'))],
    ['it is the victim of a deadlock', (tx: Transaction) => tx.query(raise('40P01'))],
    ['the primary became a standby', (tx: Transaction) => tx.query(raise('25006'))],
    ['the server is starting', (tx: Transaction) => tx.query(raise('57P03'))],
  ])('runs again as a whole when %s', async (name, disturb) => {
    let tries = 0;
    const answer = await inTransaction(async (tx) => {
      tries += 1;
      await add(tx, name);
      if (tries < 3) await disturb(tx);
      await add(tx, name);
      return 'done';
    });
    expect({ answer, tries, total: await total(name) }).toEqual({ answer: 'done', tries: 3, total: 2 });
  });

  it('runs once where the fault is ours', async () => {
    let tries = 0;
    const failing = inTransaction(async (tx) => {
      tries += 1;
      await tx.query('SELECT nothing FROM nowhere');
    });
    await expect(failing).rejects.toMatchObject({ code: '42P01' });
    expect(tries).toBe(1);
  });

  it('gives up when its budget is spent, and says when to come back', async () => {
    const impatient = createInTransaction(database.dataSource, { retryBudgetMs: 150 });
    let tries = 0;
    const failing = impatient(async (tx) => {
      tries += 1;
      await tx.query(raise('40001'));
    });
    await expect(failing).rejects.toMatchObject({
      code: 'database-unavailable',
      publicDetails: { retryAfterSeconds: 5 },
    });
    expect(tries).toBeGreaterThan(1);
  });

  it('gets a connection that works after another was left busy', async () => {
    const dataSource = await openDataSource({
      connection: database.connection,
      poolSize: 1,
      entities: [],
      logger: silentLogger,
    });
    let tries = 0;
    const answer = await createInTransaction(dataSource, { retryBudgetMs: 10_000 })(async (tx) => {
      tries += 1;
      return tx.query(tries === 1 ? 'SELECT pg_sleep(30)' : 'SELECT 1 AS one');
    });
    expect(answer).toEqual([{ one: 1 }]);
    await dataSource.destroy();
  });
});

describe('a single statement', () => {
  it('runs again on another connection', async () => {
    const dataSource = await openDataSource({
      connection: database.connection,
      poolSize: 1,
      entities: [],
      logger: silentLogger,
    });
    const run = createRunStatement(dataSource, { retryBudgetMs: 5_000 });
    // Ends its own connection, but only once.
    const text = `WITH first AS (DELETE FROM counter WHERE name = $1 RETURNING 1)
      SELECT 1 AS one, nextval('tries') AS tries, CASE WHEN currval('tries') = 1 THEN pg_terminate_backend(pg_backend_pid()) END`;
    await database.dataSource.query('CREATE SEQUENCE tries');
    expect(await run({ name: 'once', text, values: ['nobody'] })).toMatchObject([{ one: 1, tries: '2' }]);
    await dataSource.destroy();
  });
});

describe('the pool', () => {
  it('outlives an idle connection that dies', async () => {
    const dataSource = await openDataSource({
      connection: database.connection,
      poolSize: 1,
      entities: [],
      logger: silentLogger,
    });
    expect(dataSource).toBeInstanceOf(DataSource);
    const [{ id }] = await dataSource.query('SELECT pg_backend_pid() AS id');
    await database.dataSource.query('SELECT pg_terminate_backend($1)', [id]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await dataSource.destroy();
  });
});

function raise(code: string): string {
  return `DO $$ BEGIN RAISE EXCEPTION 'disturbed' USING ERRCODE = '${code}'; END $$`;
}
