import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { readDemoConfig } from '../src/demo/demo-config.ts';
import { sha256 } from '../src/platform/secret-token.ts';
import { testDatabase } from './support/database.ts';
import { insertAccount } from './support/insert-account.ts';
import { databaseUrl, type Environment, type Program, productionEnvironment, run } from './support/production.ts';

// Each start is a process of its own.
jest.setTimeout(180_000);

const database = await testDatabase();
afterAll(() => database.close());
const url = databaseUrl(database.connection);

const keys = productionEnvironment({
  DATABASE_URL: url,
  DINHDANH_PORT: '0',
  DINHDANH_OPERATIONS_PORT: '0',
  DINHDANH_TRUSTED_PROXIES: '1',
  DINHDANH_DRAIN_SECONDS: '1',
  DINHDANH_SECURITY_CONTACT: 'mailto:security@example.vn',
});

const programs: Program[] = [];
afterEach(async () => {
  for (const { process, ended } of programs.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
});

function start(changes: Environment = {}): Program {
  const program = run('src/main.ts', { environment: { ...keys, ...changes, NODE_ENV: 'production' } });
  programs.push(program);
  return program;
}

type Line = { readonly level: string; readonly msg: string; readonly port?: number; readonly route?: string };

const linesOf = ({ output }: Program): readonly Line[] =>
  output()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

async function lineSaying(program: Program, message: string): Promise<Line> {
  for (;;) {
    const line = linesOf(program).find(({ msg }) => msg === message);
    if (line) return line;
    if (program.process.exitCode !== null) throw new Error(program.errors());
    await delay(20);
  }
}

type Reply = {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
};

/** One request as the proxy in front passes it on. */
function get(port: number | undefined, path: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'login.example.vn', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
    request({ host: '127.0.0.1', port, path, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() });
    })
      .on('error', reject)
      .end();
  });
}

describe('the server of a deployment', () => {
  it('serves, tells how it is, and goes quietly', async () => {
    const program = start();
    const { port } = await lineSaying(program, 'ready');
    const { port: operationsPort } = await lineSaying(program, 'operations port open');

    const discovery = await get(port, '/.well-known/openid-configuration');
    expect(JSON.parse(discovery.body)).toMatchObject({ issuer: 'https://login.example.vn' });
    expect(await get(port, '/health/ready')).toMatchObject({ status: 200, body: '{"status":"ready"}' });
    expect(await get(port, '/metrics')).toMatchObject({ status: 404 });
    const metrics = await get(operationsPort, '/metrics');
    expect(metrics.body).toContain('database_pool_connections{state="in-use"}');
    const securityTxt = await get(port, '/.well-known/security.txt');
    expect(securityTxt.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(securityTxt.body).toMatch(
      /^Contact: mailto:security@example\.vn\nExpires: \d{4}-\d\d-\d\dT00:00:00Z\nPreferred-Languages: vi, en, fr\nCanonical: https:\/\/login\.example\.vn\/\.well-known\/security\.txt\n$/,
    );
    expect((await get(port, '/robots.txt')).body).toBe('User-agent: *\nDisallow: /\n');

    program.process.kill('SIGTERM');
    await lineSaying(program, 'draining');
    expect(await get(port, '/health/ready')).toMatchObject({ status: 503, body: '{"status":"draining"}' });
    expect(await get(port, '/.well-known/openid-configuration')).toMatchObject({ status: 200 });
    expect(await program.ended).toBe(0);
    const requests = linesOf(program).filter(({ msg }) => msg === 'request');
    expect(requests.map(({ route }) => route).slice(0, 3)).toEqual([
      '/.well-known/openid-configuration',
      '/health/ready',
      undefined,
    ]);
    expect(requests[0]).toMatchObject({
      level: 'info',
      referenceId: expect.stringMatching(/^[0-9A-Z]{10}$/),
      status: 200,
    });
  });

  it.each([
    [{}, '1'],
    [{ MALLOC_ARENA_MAX: '' }, '1'],
    [{ MALLOC_ARENA_MAX: '3' }, '3'],
  ])('keeps one arena for the memory of all its threads, unless it is told otherwise: %j', async (set, arenas) => {
    const program = start(set);
    await lineSaying(program, 'ready');
    const { pid } = program.process;
    expect((await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0')).toContain(`MALLOC_ARENA_MAX=${arenas}`);
    expect(program.errors()).toBe('');
  });

  it('does not become another installation', async () => {
    await expectRefusal({ DINHDANH_ISSUER: 'https://id.example.vn' }, 'DINHDANH_ISSUER is https://id.example.vn, but');
  });

  it('says in one sentence that its database is missing', async () => {
    await expectRefusal({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'nothing listens there');
  });

  it('says which settings are missing', async () => {
    await expectRefusal({ DINHDANH_PEPPERS: '' }, '  DINHDANH_PEPPERS: missing\n');
  });

  it.each(readDemoConfig().clients)(
    'refuses a database with the demo’s client $client_id, or its secret',
    async (client) => {
      const { inTransaction } = database;
      const insert = (clientId: string, hash: Buffer) =>
        inTransaction(async (tx) => {
          await tx.query(`INSERT INTO agency VALUES (gen_random_uuid(), 'a', '{}', now()) ON CONFLICT DO NOTHING`);
          await tx.query(
            `INSERT INTO sector SELECT gen_random_uuid(), id, 's', now() FROM agency ON CONFLICT DO NOTHING`,
          );
          await tx.query(
            `INSERT INTO relying_party (client_id, agency_id, sector_id, profile, name, metadata, secret_hash, release,
             release_version, created_at, updated_at)
           SELECT $1, agency_id, id, 'standard', '{}', '{"token_endpoint_auth_method": "client_secret_basic"}', $2, '[]',
             '1', now(), now() FROM sector LIMIT 1`,
            [clientId, hash],
          );
        });
      for (const [clientId, hash] of [
        [client.client_id, sha256('another one')],
        ['renamed', sha256(client.client_secret)],
      ] as const) {
        await insert(clientId, hash);
        await expectRefusal({}, `clients of the demo (${clientId})`);
        await database.dataSource.query('DELETE FROM relying_party');
      }
    },
  );

  it('refuses a database with people of the demo', async () => {
    const { inTransaction } = database;
    const mai = readDemoConfig().people.find(({ passkey }) => passkey);
    const accountId = await inTransaction((tx) => insertAccount(tx));
    await database.dataSource.query(
      'INSERT INTO passkey_user (account_id, user_handle, created_at) VALUES ($1, $2, now())',
      [accountId, Buffer.from(mai?.passkey?.user_handle ?? '', 'base64url')],
    );
    await expectRefusal({}, `people of the demo (${mai?.name})`);
    await database.dataSource.query('DELETE FROM passkey_user');
  });
});

/** Ends with 1 and says so in few words: no stack, no log line of a start. */
async function expectRefusal(changes: Environment, words: string): Promise<void> {
  const program = start(changes);
  expect(await program.ended).toBe(1);
  expect(program.errors()).toContain(words);
  expect(program.errors()).not.toMatch(/^ +at /m);
  expect(linesOf(program).some(({ msg }) => msg === 'ready')).toBe(false);
}
