import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { openDataSource } from '../../src/database/data-source.ts';
import { createRunStatement } from '../../src/database/run-statement.ts';
import { createInTransaction } from '../../src/database/transaction.ts';
import type { Transaction } from '../../src/platform/transaction.ts';
import { write } from '../../src/platform/write.ts';
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

describe('what a transaction writes without waiting for it', () => {
  const put = (tx: Transaction, name: string) =>
    write(tx, { text: 'INSERT INTO counter VALUES ($1, $2)', values: [name, 1] });
  const raiseTo = (tx: Transaction, name: string, least: number) =>
    write(tx, { text: 'UPDATE counter SET total = $2 WHERE name = $1', values: [name, least] });
  const drop = (tx: Transaction, name: string) =>
    write(tx, { text: 'DELETE FROM counter WHERE name = $1', values: [name] });

  /** The texts of the statements that `work` sends. */
  async function sentBy(work: (tx: Transaction) => Promise<void>): Promise<readonly string[]> {
    const texts: string[] = [];
    const logger = { logQuery: (text: string) => texts.push(text), logQueryError: () => undefined };
    const { dataSource } = database;
    const { logger: before } = dataSource;
    Object.assign(dataSource, { logger });
    try {
      await inTransaction(work);
    } finally {
      Object.assign(dataSource, { logger: before });
    }
    return texts;
  }

  it('is one statement, which needs no transaction around it', async () => {
    await add(database.dataSource.manager, 'old');
    const sent = await sentBy(async (tx) => {
      await put(tx, 'new');
      await raiseTo(tx, 'old', 7);
      await drop(tx, 'nobody');
    });
    expect(sent).toEqual([expect.stringMatching(/^WITH .*INSERT.*\$1.*\$2.*UPDATE.*\$4.*\$3.*DELETE.*\$5.*SELECT$/s)]);
    expect([await total('new'), await total('old')]).toEqual([1, 7]);
  });

  it('is kept or lost as a whole', async () => {
    await add(database.dataSource.manager, 'untouched');
    const failing = inTransaction(async (tx) => {
      await raiseTo(tx, 'untouched', 7);
      await put(tx, 'untouched');
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    const refused = inTransaction(async (tx) => {
      await raiseTo(tx, 'untouched', 7);
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await total('untouched')).toBe(1);
  });

  it('is found by whatever is asked after it, and undone with it', async () => {
    const refused = inTransaction(async (tx) => {
      await put(tx, 'seen');
      expect(await tx.query('SELECT total FROM counter WHERE name = $1', ['seen'])).toEqual([{ total: 1 }]);
      await raiseTo(tx, 'seen', 2);
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await total('seen')).toBeUndefined();
  });

  it('fails its transaction, whoever caught the fault where it came up', async () => {
    await add(database.dataSource.manager, 'taken');
    const failing = inTransaction(async (tx) => {
      await put(tx, 'beside');
      await put(tx, 'taken');
      await tx.query('SELECT 1').catch(() => undefined);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect([await total('beside'), await total('taken')]).toEqual([undefined, 1]);
  });

  it('fails only the savepoint that it was written in', async () => {
    await add(database.dataSource.manager, 'claimed');
    await inTransaction(async (tx) => {
      await put(tx, 'kept before');
      const claim = tx.transaction((savepoint) => put(savepoint, 'claimed'));
      await expect(claim).rejects.toMatchObject({ code: '23505' });
      await put(tx, 'kept after');
    });
    expect([await total('kept before'), await total('claimed'), await total('kept after')]).toEqual([1, 1, 1]);
  });

  it('leaves before whatever is asked after it, and the asking before what is written then', async () => {
    await add(database.dataSource.manager, 'ordered');
    const seen: unknown[] = [];
    const look = async (tx: Transaction) =>
      seen.push(...(await tx.query('SELECT total FROM counter WHERE name = $1', ['ordered'])));
    await inTransaction(async (tx) => {
      await look(tx);
      await raiseTo(tx, 'ordered', 2);
      await look(tx);
      await raiseTo(tx, 'ordered', 3);
      await add(tx, 'ordered');
      await look(tx);
    });
    expect(seen).toEqual([{ total: 1 }, { total: 2 }, { total: 4 }]);
  });

  it('may change one row many times at once', async () => {
    const increase = (tx: Transaction) =>
      write(tx, { text: 'UPDATE counter SET total = total + 1 WHERE name = $1', values: ['many'] });
    await add(database.dataSource.manager, 'many');
    await inTransaction(async (tx) => {
      await Promise.all(Array.from({ length: 20 }, () => increase(tx)));
    });
    expect(await total('many')).toBe(21);
  });

  it('may change one row twice', async () => {
    await inTransaction(async (tx) => {
      await put(tx, 'twice');
      await put(tx, 'twice more');
      await raiseTo(tx, 'twice', 2);
      await raiseTo(tx, 'twice', 3);
    });
    expect([await total('twice'), await total('twice more')]).toEqual([3, 1]);
  });

  it('goes with the savepoint that it was written in', async () => {
    await inTransaction(async (tx) => {
      await put(tx, 'before');
      const refused = tx.transaction(async (savepoint) => {
        await put(savepoint, 'within');
        throw new Error('refused');
      });
      await expect(refused).rejects.toThrow('refused');
      await tx.transaction((savepoint) => put(savepoint, 'after'));
    });
    expect([await total('before'), await total('within'), await total('after')]).toEqual([1, undefined, 1]);
  });

  it('is sent at once where there is no transaction', async () => {
    await put(database.dataSource.manager, 'alone');
    expect(await total('alone')).toBe(1);
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
