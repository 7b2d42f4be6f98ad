import type pg from 'pg';
import { type Db, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Clock } from '../platform/clock.ts';
import type { DatabaseConnection } from '../platform/database-connection.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { JobHandlers, JobKind, RequestedJob } from './job.ts';
import { openPayload, sealPayload } from './payload.ts';
import { attemptDeadlineMs, deadLetterQueue, openQueues, queues, schedules, workOptions } from './queues.ts';
import { dispatch, runAttempt } from './run-attempt.ts';

export type JobsDependencies = {
  readonly connection: DatabaseConnection;
  /** The `pg.Client` that finds the primary among the hosts. */
  readonly Client: typeof pg.Client;
  readonly encryption: Encryption;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'jobRun'>;
};

export type Jobs = ReturnType<typeof createJobs>;

// pg-boss hands these to the pool it makes, also those its types don't know.
const pool = {
  max: 3,
  connectionTimeoutMillis: 5_000,
  query_timeout: 30_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  maxLifetimeSeconds: 300,
};

const stopPatienceMs = 25_000;

/**
 * Work that outlives its request: kept in PostgreSQL (schema `jobs`, three connections of its own), asked for in the
 * caller's transaction, and done at least once by whichever instance takes it first.
 */
export function createJobs({ connection, Client, encryption, clock, logger, metrics }: JobsDependencies) {
  const settings = {
    ...connection,
    ...pool,
    Client,
    schema: 'jobs',
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    maintenanceIntervalSeconds: 60,
    registerInstance: false,
    openTelemetry: { enabled: false },
  };
  const boss = new PgBoss(settings);
  boss.on('error', (error) => logger.error('job queue fault', { error }));
  boss.on('warning', ({ data }) => logger.warn('job queue warning', { errorCode: warningTypeOf(data) }));
  let opening: Promise<void> | undefined;

  /** Makes or updates the schema and its queues; several instances may do so at once. `enqueue` and `start` wait for it. */
  function open(): Promise<void> {
    opening ??= openQueues(boss).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  /**
   * Asks for a job in the caller's transaction: a rollback forgets it, a commit keeps it. @returns the job's id.
   * @param when.notBefore it waits until then
   */
  async function enqueue(
    tx: Transaction,
    job: RequestedJob,
    { notBefore }: { readonly notBefore?: Date } = {},
  ): Promise<string> {
    await open();
    const id = newUuid(clock);
    const options = { id, db: within(tx), ...(notBefore && { startAfter: notBefore }) };
    await boss.send(job.kind, await sealPayload(encryption, { id, job }), options);
    return id;
  }

  /** Begins to take jobs, and to have the scheduled ones come round. */
  async function start(handlers: JobHandlers): Promise<void> {
    await open();
    for (const kind of Object.keys(queues) as JobKind[]) {
      await boss.work(kind, workOptions(kind), (jobs: JobWithMetadata<unknown>[]) =>
        Promise.all(jobs.map((job) => attempt({ handlers, kind, job }))),
      );
    }
    await boss.work(deadLetterQueue, { includeMetadata: true, pollingIntervalSeconds: 5 }, async (jobs) => {
      jobs.forEach(reportGivenUp);
    });
    await Promise.all(Object.entries(schedules).map(([kind, cron]) => boss.schedule(kind, cron)));
  }

  async function attempt(options: {
    readonly handlers: JobHandlers;
    readonly kind: JobKind;
    readonly job: JobWithMetadata<unknown>;
  }) {
    const { handlers, kind, job } = options;
    const { id, data } = job;
    const number = job.retryCount + 1;
    const result = await runAttempt({
      deadlineMs: attemptDeadlineMs(kind),
      signal: job.signal,
      run: async (signal) =>
        dispatch(handlers, await openPayload(encryption, { id, kind, data }), { id, number, signal }),
    });
    metrics.jobRun(kind, result.outcome);
    if (result.outcome === 'failed') {
      logger.warn('job attempt failed', { job: kind, jobId: id, attempt: number, errorCode: result.code });
      return { id, status: 'failed' as const, output: { code: result.code } };
    }
    // Settled now and not with its batch: a crash while a slow neighbour runs must not do this one again.
    await boss.complete(kind, job);
    return { id, status: 'completed' as const };
  }

  function reportGivenUp({ sourceName, sourceRootId, sourceRetryCount }: JobWithMetadata<unknown>): void {
    metrics.jobRun(deadLetterQueue, 'failed');
    logger.error('job given up', {
      job: sourceName ?? undefined,
      jobId: sourceRootId ?? undefined,
      attempt: (sourceRetryCount ?? 0) + 1,
    });
  }

  /** Takes no more jobs, waits for the running ones (25 s at most; what is cut off is done again) and disconnects. */
  async function stop(): Promise<void> {
    await opening?.catch(() => undefined);
    await boss.stop({ graceful: true, timeout: stopPatienceMs });
  }

  return { open, enqueue, start, stop };
}

function within(tx: Transaction): Db {
  return { executeSql: async (sql, values) => ({ rows: [...(await rowsOf<unknown>(tx, sql, values))] }) };
}

function warningTypeOf(data: object): string {
  return 'type' in data && typeof data.type === 'string' ? data.type : 'unknown';
}
