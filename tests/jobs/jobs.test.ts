import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Attempt, JobHandlers, Letter, RequestedJob } from '../../src/jobs/job.ts';
import { createJobs, type Jobs } from '../../src/jobs/module.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { silentLogger } from '../support/test-server.ts';
import { hangingWorkerKeys } from './hanging-worker-keys.ts';

const encryption = createEncryption(hangingWorkerKeys);
const letter: Letter = {
  to: { address: 'lan@example.org' },
  locale: 'vi',
  asked: { at: '2026-11-22T08:00:00Z', ip: '192.0.2.7' },
  template: 'registration-code',
  code: 'ABCD1234',
};
const mail: RequestedJob = { kind: 'mail', letter };
let database: TestDatabase;
let started: Jobs[];
let runs: { job: string; outcome: string }[];
let worker: ChildProcess | undefined;

beforeEach(async () => {
  database = await testDatabase();
  started = [];
  runs = [];
});
afterEach(async () => {
  worker?.kill('SIGKILL');
  await Promise.all(started.map((jobs) => jobs.stop()));
  await database.close();
});

function newJobs(): Jobs {
  const jobs = createJobs({
    connection: database.connection,
    Client: pg.Client,
    encryption,
    clock: systemClock,
    logger: silentLogger,
    metrics: { jobRun: (job, outcome) => runs.push({ job, outcome }) },
  });
  started.push(jobs);
  return jobs;
}

function handlersWith(handlers: Partial<JobHandlers>): JobHandlers {
  const idle = async () => {};
  const scheduled = { expire: idle, 'rotate-keys': idle, 'watch-registers': idle };
  return { mail: idle, 'recovery-notice': idle, 'logout-notice': idle, ...scheduled, ...handlers };
}

/** Resolves with the first `count` letters taken, each with its attempt. */
function lettersTaken(count: number) {
  const taken: { letter: Letter; attempt: Attempt }[] = [];
  const enough = Promise.withResolvers<typeof taken>();
  const take: JobHandlers['mail'] = async (job, attempt) => {
    taken.push({ letter: job.letter, attempt });
    if (taken.length === count) {
      enough.resolve(taken);
    }
  };
  return { mail: take, taken, enough: enough.promise };
}

describe('a job', () => {
  it('is done when its transaction commits, with the id it was asked for under', async () => {
    const jobs = newJobs();
    const id = await database.inTransaction((tx) => jobs.enqueue(tx, mail));
    const { mail: take, enough } = lettersTaken(1);
    await jobs.start(handlersWith({ mail: take }));
    expect(await enough).toMatchObject([{ letter, attempt: { id, number: 1 } }]);
  });

  it('is forgotten with a transaction that is rolled back', async () => {
    const jobs = newJobs();
    const rolledBack = database.inTransaction(async (tx) => {
      await jobs.enqueue(tx, mail);
      throw new Error('undone');
    });
    await expect(rolledBack).rejects.toThrow('undone');
    expect(await database.dataSource.query('SELECT count(*)::int AS count FROM jobs.job')).toEqual([{ count: 0 }]);
  });

  it('holds neither address nor code in clear, before it is done and after', async () => {
    const jobs = newJobs();
    await database.inTransaction((tx) => jobs.enqueue(tx, mail));
    const rows = async () => JSON.stringify(await database.dataSource.query('SELECT * FROM jobs.job'));
    expect(await rows()).not.toMatch(/lan@|ABCD1234/);
    const refused = Promise.withResolvers<void>();
    await jobs.start(
      handlersWith({
        mail: async () => {
          refused.resolve();
          throw new Error('550 lan@example.org unknown');
        },
      }),
    );
    await refused.promise;
    await jobs.stop();
    expect(await rows()).toContain('"retry"');
    expect(await rows()).not.toMatch(/lan@|ABCD1234/);
  });

  it('does not open in the place of another', async () => {
    const jobs = newJobs();
    await database.inTransaction((tx) => jobs.enqueue(tx, mail));
    await database.dataSource.query('UPDATE jobs.job SET id = gen_random_uuid()');
    const { mail: take, taken } = lettersTaken(1);
    await jobs.start(handlersWith({ mail: take }));
    await until(() => runs.length > 0);
    expect(runs[0]).toEqual({ job: 'mail', outcome: 'failed' });
    expect(taken).toEqual([]);
  });

  it('is tried again after a failure, under the same id', async () => {
    const jobs = newJobs();
    const attempts: Attempt[] = [];
    const again = Promise.withResolvers<void>();
    const fails: JobHandlers['logout-notice'] = async (_, attempt) => {
      attempts.push(attempt);
      if (attempts.length === 2) {
        return again.resolve();
      }
      throw new Error('portal unreachable');
    };
    const notice = { kind: 'logout-notice', clientId: 'c', accountId: 'a', sid: 's', sessionUid: 'u' } as const;
    const id = await database.inTransaction((tx) => jobs.enqueue(tx, notice));
    await jobs.start(handlersWith({ 'logout-notice': fails }));
    await again.promise;
    expect(attempts).toMatchObject([
      { id, number: 1 },
      { id, number: 2 },
    ]);
  });
});

describe('several instances', () => {
  it('open an empty database at the same moment', async () => {
    await Promise.all([newJobs().open(), newJobs().open(), newJobs().open()]);
  });

  it('do each of a hundred jobs once between them', async () => {
    const [first, second] = [newJobs(), newJobs()];
    const { mail: take, enough, taken } = lettersTaken(100);
    await Promise.all([first, second].map((jobs) => jobs.start(handlersWith({ mail: take }))));
    await database.inTransaction(async (tx) => {
      for (let count = 0; count < 100; count += 1) {
        await first.enqueue(tx, mail);
      }
    });
    await enough;
    await Promise.all([first.stop(), second.stop()]);
    expect(new Set(taken.map(({ attempt }) => attempt.id)).size).toBe(100);
    expect(taken).toHaveLength(100);
  });

  it('take over from one that was killed, within seconds, and only what it had not finished', async () => {
    const jobs = newJobs();
    const quick: RequestedJob = { kind: 'mail', letter: { ...letter, to: { accountId: 'quick' } } };
    const [done, hanging] = await database.inTransaction(async (tx) => [
      await jobs.enqueue(tx, quick),
      await jobs.enqueue(tx, mail),
    ]);
    const hangingWorker = spawn(
      process.execPath,
      [fileURLToPath(new URL('./hanging-worker.ts', import.meta.url)), JSON.stringify(database.connection)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    worker = hangingWorker;
    const [line] = await once(createInterface(hangingWorker.stdout), 'line');
    expect(line).toBe(hanging);
    const finished = `SELECT id FROM jobs.job WHERE name = 'mail' AND state = 'completed'`;
    await until(async () => (await database.dataSource.query(finished)).length === 1);
    hangingWorker.kill('SIGKILL');
    const { mail: take, enough, taken } = lettersTaken(1);
    await jobs.start(handlersWith({ mail: take }));
    expect(await enough).toMatchObject([{ attempt: { id: hanging, number: 2 } }]);
    expect(taken.map(({ attempt }) => attempt.id)).not.toContain(done);
  });
});

describe('work that comes round by the clock', () => {
  it('is scheduled once, however many instances start', async () => {
    for (const jobs of [newJobs(), newJobs()]) {
      await jobs.start(handlersWith({}));
    }
    expect(await database.dataSource.query('SELECT name, cron FROM jobs.schedule ORDER BY name')).toEqual([
      { name: 'expire', cron: '* * * * *' },
      { name: 'rotate-keys', cron: '7 * * * *' },
      { name: 'watch-registers', cron: '* * * * *' },
    ]);
  });
});

describe('stopping', () => {
  it('waits for what is running', async () => {
    const jobs = newJobs();
    await database.inTransaction((tx) => jobs.enqueue(tx, mail));
    const taken = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let finished = false;
    await jobs.start(
      handlersWith({
        mail: async () => {
          taken.resolve();
          await release.promise;
          finished = true;
        },
      }),
    );
    await taken.promise;
    const stopped = jobs.stop();
    release.resolve();
    await stopped;
    expect(finished).toBe(true);
    expect(await database.dataSource.query('SELECT state FROM jobs.job')).toEqual([{ state: 'completed' }]);
  });
});

describe('a job that failed for good', () => {
  it('is told to the operator and kept', async () => {
    const jobs = newJobs();
    await database.inTransaction((tx) => jobs.enqueue(tx, mail));
    await database.dataSource.query('UPDATE jobs.job SET retry_limit = 0');
    await jobs.start(
      handlersWith({
        mail: async () => {
          throw new Error('refused');
        },
      }),
    );
    await until(() => runs.some(({ job }) => job === 'dead-letter'));
    const kept = await database.dataSource.query(`SELECT source_name FROM jobs.job WHERE name = 'dead-letter'`);
    expect(kept).toEqual([{ source_name: 'mail' }]);
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await condition()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come about in ten seconds');
}
