import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createPostgresClient } from '../../src/database/postgres-client.ts';
import { testDatabase } from '../support/database.ts';
import { type FakePostgres, fakeDyingServer, fakeHangingServer, fakeStandby } from '../support/fake-postgres.ts';

const database = await testDatabase('empty');
afterAll(() => database.close());

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});

function poolOver(hosts: readonly pg.ClientConfig[], options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ Client: createPostgresClient(hosts), max: 1, ...options });
  pool.on('error', () => undefined);
  cleanups.push(() => pool.end());
  return pool;
}

async function fake(starting: Promise<FakePostgres>): Promise<pg.ClientConfig> {
  const server = await starting;
  cleanups.unshift(server.close);
  return { ...database.connection, host: '127.0.0.1', port: server.port };
}

const closedPort = { ...database.connection, host: '127.0.0.1', port: 1 };
const where = "SELECT current_setting('unix_socket_directories') <> '' AS real, current_database() AS name";
const primary = { real: expect.anything(), name: database.connection.database };

describe('a statement', () => {
  it('with parameters is prepared once per connection, also without a name', async () => {
    const pool = poolOver([database.connection]);
    const ask = async (value: number) => (await pool.query('SELECT $1::int + 1 AS next', [value])).rows[0]?.next;
    expect([await ask(1), await ask(2)]).toEqual([2, 3]);
    await pool.query('SELECT 1', []);
    const kept = await pool.query<{ readonly statement: string }>('SELECT statement FROM pg_prepared_statements');
    expect(kept.rows).toEqual([{ statement: 'SELECT $1::int + 1 AS next' }]);
  });

  it('that failed once is not taken for prepared', async () => {
    // One connection, which a pool would have given up after the fault.
    const client = await poolOver([database.connection]).connect();
    const ask = () => client.query('SELECT name FROM arrives_later WHERE name = $1', ['x']);
    await expect(ask()).rejects.toThrow('does not exist');
    await client.query('CREATE TEMP TABLE arrives_later (name text)');
    expect((await ask()).rows).toEqual([]);
    client.release();
  });
});

describe('several hosts', () => {
  it('are tried in turn: a closed port, a machine that hangs, a standby, the primary', async () => {
    const hosts = [closedPort, await fake(fakeHangingServer()), await fake(fakeStandby()), database.connection];
    const pool = poolOver(hosts, { connectionTimeoutMillis: 400 });
    expect((await pool.query(where)).rows).toEqual([primary]);
  });

  it('are remembered: the next connection begins with the one that served', async () => {
    const standby = await fakeStandby();
    const pool = poolOver([await fake(Promise.resolve(standby)), database.connection], { maxUses: 1 });
    await pool.query(where);
    expect((await pool.query(where)).rows).toEqual([primary]);
    expect(standby.connections()).toBe(1);
  });

  it('are left with the last fault when none serves', async () => {
    const pool = poolOver([await fake(fakeStandby()), closedPort]);
    await expect(pool.query(where)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a hot standby', () => {
  it('is refused', async () => {
    const pool = poolOver([await fake(fakeStandby())]);
    await expect(pool.query(where)).rejects.toMatchObject({ code: 'database-host-is-standby' });
  });
});

describe('a query that takes too long', () => {
  it('ends its connection at once, and the pool goes on with another', async () => {
    const pool = poolOver([database.connection], { query_timeout: 2_000 });
    const client = await pool.connect();
    const { rows: before } = await client.query('SELECT pg_backend_pid() AS id');
    await expect(client.query('SELECT pg_sleep(30)')).rejects.toThrow('Query read timeout');
    // As TypeORM does: without the fault.
    client.release();
    const { rows: after } = await pool.query('SELECT pg_backend_pid() AS id');
    expect(after).not.toEqual(before);
    expect(pool.totalCount).toBe(1);
  });
});

describe('a connection that dies while the pool hands it on', () => {
  it('ends no process: the query of whoever gets it fails', async () => {
    const pool = poolOver([await fake(fakeDyingServer())]);
    const first = pool.query('SELECT');
    const next = pool.connect();
    await first;
    const client = await next;
    const asked = client.query('SELECT').catch(({ message }: Error) => message);
    expect(await asked).toBe('Client has encountered a connection error and is not queryable');
    client.release(true);
  });
});
