import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import type { Clock } from '../platform/clock.ts';
import { createLease, createLeaseTable, type Lease } from '../platform/lease.ts';
import type { Logger } from '../platform/logger.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { type Migration, migrations } from './migration-list.ts';
import { isTransient } from './retry.ts';

type MigrateOptions = {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Other than the product's own: for tests of this very function. */
  readonly steps?: readonly Migration[];
};

type Progress = 'done' | 'advanced' | 'somebody-else';

const createMigrationTable = `
  CREATE TABLE IF NOT EXISTS schema_migration (
    name   text PRIMARY KEY,
    needs  text,
    run_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`;

const leaseTtlSeconds = 10;
const patienceMs = 120_000;
const pauseMs = 100;
const undefinedTable = '42P01';
// A migration that waits for a lock makes everybody who comes after wait too.
const lockTimeout = "SET LOCAL lock_timeout = '2s'";
const lockNotAvailable = '55P03';
// CREATE … IF NOT EXISTS looks first and creates then: of two at the same moment one is told that it exists.
const createdByAnother = new Set(['23505', '42P07', '42710']);

/**
 * Brings the schema to what this code needs, each step once, however many processes start at the same moment: one
 * leads, the others wait until it is done or has died. Steps of a later release are left alone: so this code can come
 * back after it, or run beside it, until a step takes away what it uses.
 * @throws OperatorError 'schema-newer-than-code' when one did; 'migration-failed' with the step's
 * name; 'migration-waited-too-long' when another leader or the locks of live work left no room.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { clock, logger, steps = migrations } = options;
  const lease = createLease({ name: 'migration', ttlSeconds: leaseTtlSeconds });
  const deadline = clock.now().getTime() + patienceMs;
  const dataSource = await patientDataSource(options.dataSource);
  try {
    while ((await isBehind(dataSource.manager, steps)) && clock.now().getTime() < deadline) {
      const progress = await advance({ dataSource, lease, steps, logger });
      if (progress === 'somebody-else') {
        await delay(pauseMs * (0.5 + Math.random()));
      }
    }
    if (await isBehind(dataSource.manager, steps)) {
      throw new OperatorError(
        'migration-waited-too-long',
        `The schema is still behind after ${patienceMs / 1000} seconds, because another process migrates it or live work holds its locks: start again when that is over.`,
      );
    }
  } finally {
    await lease.release(dataSource.manager).catch(() => undefined);
    await dataSource.destroy();
  }
}

// A pool of its own: a step may take longer than any statement of a request.
async function patientDataSource({ options }: DataSource): Promise<DataSource> {
  if (options.type !== 'postgres') {
    throw new OperatorError('not-postgresql', 'The schema is written for PostgreSQL.');
  }
  const extra: object = options.extra ?? {};
  return new DataSource({
    ...options,
    entities: [],
    poolSize: 1,
    extra: { ...extra, query_timeout: 0 },
  }).initialize();
}

async function isBehind(tx: EntityManager, steps: readonly Migration[]): Promise<boolean> {
  const done = await stepsDone(tx).catch((error: unknown) => {
    if (codeOf(error) === undefinedTable) {
      return new Map<string, string | null>();
    }
    throw error;
  });
  return nextStep(steps, done) !== undefined;
}

/** One step at most, in one transaction with the lease: whoever lost it meanwhile waits for our row, not beside us. */
async function advance(options: {
  readonly dataSource: DataSource;
  readonly lease: Lease;
  readonly steps: readonly Migration[];
  readonly logger: Logger;
}): Promise<Progress> {
  try {
    await options.dataSource.query(createLeaseTable);
    await options.dataSource.query(createMigrationTable);
    return await options.dataSource.transaction((tx) => runNextStep(tx, options));
  } catch (error) {
    const code = codeOf(error);
    if (code === lockNotAvailable || (code !== undefined && createdByAnother.has(code)) || isTransient(error)) {
      return 'somebody-else';
    }
    throw error;
  }
}

async function runNextStep(
  tx: EntityManager,
  { lease, steps, logger }: { readonly lease: Lease; readonly steps: readonly Migration[]; readonly logger: Logger },
): Promise<Progress> {
  await tx.query(lockTimeout);
  if (!(await lease.hold(tx))) {
    return 'somebody-else';
  }
  const step = nextStep(steps, await stepsDone(tx));
  if (step === undefined || tx.queryRunner === undefined) {
    return 'done';
  }
  try {
    await step.up(tx.queryRunner);
  } catch (error) {
    if (codeOf(error) === lockNotAvailable || isTransient(error)) {
      throw error;
    }
    throw new OperatorError('migration-failed', `The migration ${step.name} failed and was undone: see the cause.`, {
      publicDetails: { name: step.name },
      cause: error,
    });
  }
  await tx.query('INSERT INTO schema_migration (name, needs) VALUES ($1, $2)', [step.name, step.needs ?? null]);
  logger.info('schema migrated', { version: step.name });
  return 'advanced';
}

/** Each step that has run, and what it needs of the code. */
type StepsDone = ReadonlyMap<string, string | null>;

function nextStep(steps: readonly Migration[], done: StepsDone): Migration | undefined {
  const known = new Set(steps.map(({ name }) => name));
  const [tooNew] = [...done].find(([name, needs]) => !known.has(name) && needs !== null && !known.has(needs)) ?? [];
  if (tooNew !== undefined) {
    throw new OperatorError(
      'schema-newer-than-code',
      `A later release took away from the database what this one uses (${tooNew}): start that release, or restore a backup from before it.`,
      { publicDetails: { unknownMigration: tooNew } },
    );
  }
  return steps.find(({ name }) => !done.has(name));
}

async function stepsDone(tx: EntityManager): Promise<StepsDone> {
  const rows: readonly { readonly name: string; readonly needs: string | null }[] = await tx.query(
    'SELECT name, needs FROM schema_migration',
  );
  return new Map(rows.map(({ name, needs }) => [name, needs]));
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
