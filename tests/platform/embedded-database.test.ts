import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../src/platform/embedded-database.ts';

let folder: string;
let running: EmbeddedDatabase[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dinhdanh-launcher-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(dataDirectory = join(folder, 'pg')): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase({ dataDirectory });
  running.push(database);
  return database;
}

async function query(database: EmbeddedDatabase, text: string): Promise<Record<string, unknown> | undefined> {
  const client = new pg.Client(database.connection);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows[0];
  } finally {
    await client.end();
  }
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      return await attempt();
    } catch {
      await delay(50);
    }
  }
  return attempt();
}

const serverProcessId = async (dataDirectory: string) =>
  Number((await readFile(join(dataDirectory, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);

/** Ended and waiting to be reaped counts as gone. */
async function isRunning(processId: number): Promise<boolean> {
  const status = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => ') Z');
  return status.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3) !== 'Z';
}

/** Another process that starts the server and stays. */
async function launchElsewhere(dataDirectory: string): Promise<ChildProcess> {
  const module = new URL('../../src/platform/embedded-database.ts', import.meta.url).href;
  const program = `
    const { startEmbeddedDatabase } = await import(${JSON.stringify(module)});
    await startEmbeddedDatabase({ dataDirectory: ${JSON.stringify(dataDirectory)} });
    console.log('started');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

describe('a first start', () => {
  it('makes a UTF-8 database behind a password, in a folder of ours alone, without a TCP port', async () => {
    const database = await start();
    expect(await query(database, "SELECT current_setting('server_encoding') AS encoding")).toEqual({
      encoding: 'UTF8',
    });
    expect(await query(database, "SELECT current_setting('listen_addresses') AS addresses")).toEqual({ addresses: '' });
    expect((await stat(join(folder, 'pg'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'pg', 'cluster', 'superuser-password'))).mode & 0o777).toBe(0o600);
    const withoutPassword = { ...database, connection: { ...database.connection, password: 'wrong' } };
    await expect(query(withoutPassword, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('ignores what an earlier start that was cut off left behind', async () => {
    const database = await start();
    await database.stop();
    await writeFile(join(folder, 'pg', 'new-cut-off'), '');
    await rm(join(folder, 'pg', 'cluster'), { recursive: true });
    await start();
    await expect(stat(join(folder, 'pg', 'new-cut-off'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('listens in a short folder of its own where the path is too long for a socket', async () => {
    const database = await start(join(folder, 'x'.repeat(110), 'pg'));
    expect(await query(database, 'SELECT 1 AS one')).toEqual({ one: 1 });
    expect((await stat(database.connection.host)).mode & 0o777).toBe(0o700);
    await database.stop();
    await expect(stat(database.connection.host)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a later start', () => {
  it('finds the data and the password of the first', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT 7 AS number');
    await first.stop();
    const second = await start();
    expect(await query(second, 'SELECT number FROM kept')).toEqual({ number: 7 });
    expect(second.connection).toEqual(first.connection);
  });

  it('refuses data of another major version in one sentence', async () => {
    await (await start()).stop();
    await writeFile(join(folder, 'pg', 'cluster', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toMatchObject({
      code: 'embedded-database-other-major-version',
      message: expect.stringContaining('was made by PostgreSQL 17 and this is PostgreSQL 18'),
    });
  });

  it('refuses a folder whose server works, and leaves that server alone', async () => {
    const database = await start();
    await expect(start()).rejects.toMatchObject({ code: 'embedded-database-folder-in-use' });
    expect(await query(database, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });

  it('does not take the answer of another server for its own', async () => {
    await start();
    await rm(join(folder, 'pg', 'cluster', 'postmaster.pid'));
    await expect(start()).rejects.toMatchObject({ code: 'embedded-database-failed' });
  });

  it('of several at the same moment, lets one have the folder', async () => {
    await (await start()).stop();
    for (let race = 0; race < 5; race += 1) {
      const outcomes = await Promise.allSettled([start(), start(), start()]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
      await running.at(-1)?.stop();
    }
  });
});

describe('a server that is killed', () => {
  it('comes back with all that was committed', async () => {
    const database = await start();
    await query(database, 'CREATE TABLE kept AS SELECT 7 AS number');
    const before = await serverProcessId(join(folder, 'pg'));
    process.kill(before, 'SIGKILL');
    expect(await eventually(() => query(database, 'SELECT number FROM kept'))).toEqual({ number: 7 });
    expect(await serverProcessId(join(folder, 'pg'))).not.toBe(before);
  });

  it('stays down when it was told to stop', async () => {
    const database = await start();
    const processId = await serverProcessId(join(folder, 'pg'));
    await database.stop();
    expect(await isRunning(processId)).toBe(false);
    await expect(query(database, 'SELECT 1')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a process that is killed with its server running', () => {
  onLinux('leaves no orphan, and the next start has the folder', async () => {
    const dataDirectory = join(folder, 'pg');
    const launcher = await launchElsewhere(dataDirectory);
    const processId = await serverProcessId(dataDirectory);
    launcher.kill('SIGKILL');
    const database = await start();
    expect(await isRunning(processId)).toBe(false);
    expect(await query(database, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });
});
