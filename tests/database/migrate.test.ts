import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { migrate } from '../../src/database/migrate.ts';
import { type Migration, migrations } from '../../src/database/migration-list.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { createLease, createLeaseTable } from '../../src/platform/lease.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { silentLogger } from '../support/test-server.ts';

const open: TestDatabase[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()));
});

async function emptyDatabase(): Promise<DataSource> {
  const database = await testDatabase('empty');
  open.push(database);
  return database.dataSource;
}

const run = (dataSource: DataSource, steps: readonly Migration[], clock: Clock = systemClock) =>
  migrate({ dataSource, clock, logger: silentLogger, steps });

/** Fails where it runs twice; writes down that it ran. */
const step = (name: string, sql = `CREATE TABLE ${name} (id int)`): Migration => ({
  name,
  up: (runner) => runner.query(sql),
  down: (runner) => runner.query(`DROP TABLE ${name}`),
});

const done = async (dataSource: DataSource) =>
  (await dataSource.query('SELECT name FROM schema_migration ORDER BY run_at')).map(({ name }: Migration) => name);

async function untilSomebodyWaits(dataSource: DataSource): Promise<void> {
  const [{ waiting }] = await dataSource.query('SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted');
  if (waiting === 0) {
    await delay(20);
    await untilSomebodyWaits(dataSource);
  }
}

describe('migrate', () => {
  it('runs what is missing, in order and once', async () => {
    const dataSource = await emptyDatabase();
    await run(dataSource, [step('zebra')]);
    await run(dataSource, [step('zebra'), step('ant'), step('bee')]);
    await run(dataSource, [step('zebra'), step('ant'), step('bee')]);
    expect(await done(dataSource)).toEqual(['zebra', 'ant', 'bee']);
  });

  it('keeps the steps before one that fails, nothing of that one, and says which', async () => {
    const dataSource = await emptyDatabase();
    const broken = step('broken', 'CREATE TABLE half (id int); SELECT nothing FROM nowhere');
    await expect(run(dataSource, [step('first'), broken])).rejects.toMatchObject({
      code: 'migration-failed',
      publicDetails: { name: 'broken' },
    });
    expect(await done(dataSource)).toEqual(['first']);
    expect(await dataSource.query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    await run(dataSource, [step('first'), step('broken', 'SELECT 1')]);
  });

  it('goes on beside what a later release has added', async () => {
    const dataSource = await emptyDatabase();
    await run(dataSource, [step('known'), step('from_the_future')]);
    await run(dataSource, [step('known')]);
    await run(dataSource, [step('known'), step('of_our_own')]);
    expect(await done(dataSource)).toEqual(['known', 'from_the_future', 'of_our_own']);
  });

  it('refuses a schema from which a later release took what this one uses', async () => {
    const dataSource = await emptyDatabase();
    const contraction = { ...step('contraction'), needs: 'expansion' };
    await run(dataSource, [step('known'), step('expansion'), contraction]);
    await run(dataSource, [step('known'), step('expansion')]);
    await expect(run(dataSource, [step('known')])).rejects.toMatchObject({
      code: 'schema-newer-than-code',
      message: expect.stringContaining('contraction'),
    });
  });

  it('lets a step take longer than a statement of a request may', async () => {
    const dataSource = await emptyDatabase();
    await run(dataSource, [step('slow', 'SELECT pg_sleep(3.5)')]);
    expect(await done(dataSource)).toEqual(['slow']);
  });

  it('undoes every step of the product, last first', async () => {
    const dataSource = await emptyDatabase();
    await run(dataSource, migrations);
    const runner = dataSource.createQueryRunner();
    for (const migration of migrations.toReversed()) await migration.down(runner);
    await runner.release();
    const left = await dataSource.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    expect(left).toEqual([{ tablename: 'database_lease' }, { tablename: 'schema_migration' }]);
  });
});

describe('several leaders', () => {
  it('run each step once, in twenty races', async () => {
    const dataSource = await emptyDatabase();
    for (let race = 0; race < 20; race += 1) {
      await dataSource.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      const steps = [step('one'), step('two', 'CREATE TABLE two (id int); SELECT pg_sleep(0.02)'), step('three')];
      await Promise.all([run(dataSource, steps), run(dataSource, steps)]);
      expect(await done(dataSource)).toEqual(['one', 'two', 'three']);
    }
  });

  it('wait for a leader that lives, and take over from one that died', async () => {
    const dataSource = await emptyDatabase();
    await dataSource.query(createLeaseTable);
    const dead = createLease({ name: 'migration', ttlSeconds: 1.5 });
    expect(await dead.hold(dataSource.manager)).toBe(true);
    const [{ expires }] = await dataSource.query('SELECT expires_at AS expires FROM database_lease');
    await run(dataSource, [step('late')]);
    const [{ ran }] = await dataSource.query('SELECT run_at AS ran FROM schema_migration');
    expect(ran.getTime()).toBeGreaterThanOrEqual(expires.getTime());
  });

  it('give up after a while where the leader neither finishes nor dies', async () => {
    const dataSource = await emptyDatabase();
    await dataSource.query(createLeaseTable);
    await createLease({ name: 'migration', ttlSeconds: 3_600 }).hold(dataSource.manager);
    let minutes = 0;
    const hurrying: Clock = { now: () => new Date(60_000 * minutes++) };
    await expect(run(dataSource, [step('never')], hurrying)).rejects.toMatchObject({
      code: 'migration-waited-too-long',
    });
  });

  it('make way for live work that holds a lock, and come back', async () => {
    const dataSource = await emptyDatabase();
    await run(dataSource, [step('busy')]);
    const reader = dataSource.createQueryRunner();
    await reader.startTransaction();
    await reader.query('SELECT * FROM busy');
    const migrating = run(dataSource, [step('busy'), step('alter', 'ALTER TABLE busy ADD COLUMN more int')]);
    await untilSomebodyWaits(dataSource);
    // Queues behind the step that waits, and would wait as long as it does.
    expect(await dataSource.query('SELECT * FROM busy')).toEqual([]);
    await reader.commitTransaction();
    await reader.release();
    await migrating;
    expect(await done(dataSource)).toEqual(['busy', 'alter']);
  });
});
