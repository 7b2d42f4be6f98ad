import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { openDataSource } from '../../../src/database/data-source.ts';
import { entities } from '../../../src/database/entities.ts';
import { createRunStatement } from '../../../src/database/run-statement.ts';
import { createInTransaction } from '../../../src/database/transaction.ts';
import { startEmbeddedDatabase } from '../../../src/platform/embedded-database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { freePort } from '../../support/free-port.ts';
import { portalSecret, startInstallation, type TestInstallation, type TestPerson } from '../../support/installation.ts';
import { type PlainBrowser, type PlainPage, plainBrowser } from '../../support/plain-browser.ts';
import { portalClient, signIn } from '../../support/portal-client.ts';
import { releasedByConsent } from '../../support/relying-party.ts';
import { silentLogger } from '../../support/test-server.ts';

/** What somebody was told, in so many words; it has to be true for good. */
type Acknowledged = {
  readonly accounts: string[];
  readonly consents: string[];
  readonly living: string[];
  readonly revoked: string[];
  readonly ended: PlainBrowser[];
};

type World = {
  readonly provider: TestInstallation;
  readonly issuer: string;
  readonly client: Awaited<ReturnType<typeof portalClient>>;
  readonly told: Acknowledged;
};

async function worldOver(provider: TestInstallation, issuer: string): Promise<World> {
  const portal = await provider.addPortal({ release: [releasedByConsent('name', true)] });
  const client = await portalClient(issuer, portal);
  return { provider, issuer, client, told: { accounts: [], consents: [], living: [], revoked: [], ended: [] } };
}

const ask = async ({ client, issuer }: World, path: string, token: string): Promise<Response> => {
  const { client_id: clientId } = client.configuration.clientMetadata();
  const basic = Buffer.from(`${clientId}:${encodeURIComponent(portalSecret)}`).toString('base64');
  const form = path === '/token' ? { grant_type: 'refresh_token', refresh_token: token } : { token };
  return fetch(`${issuer}${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
    body: new URLSearchParams(form),
  });
};

async function signOut({ issuer }: World, browser: PlainBrowser): Promise<boolean> {
  const asked = await browser.get(`${issuer}/session/end`);
  return (await browser.submit(asked, { logout: 'yes' })).status === 200;
}

/** One whole visit; every step that was answered is written down. */
async function visit(world: World, visitor: number): Promise<void> {
  const { provider, issuer, client, told } = world;
  const person = await provider.addPerson();
  told.accounts.push(person.accountId);
  const browser = plainBrowser([issuer]);
  const login = await client.begin({ scope: 'openid profile offline_access' });
  const page = await signIn(browser, login.url, person);
  if (!page.url.includes('code=')) return;
  told.consents.push(person.accountId);
  const { refresh_token: token } = await client.redeem(login, page.url);
  if (token === undefined) return;
  if (visitor % 3 === 0) {
    told.living.push(token);
  } else if (visitor % 3 === 1) {
    if ((await ask(world, '/token/revocation', token)).status === 200) told.revoked.push(token);
  } else if (await signOut(world, browser)) told.ended.push(browser);
}

/** Visits without end by four at a time, faults included, until told to stop. */
function crowd(world: World): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const visitors = [0, 1, 2, 3].map(async (first) => {
    for (let visitor = first; !stopping.signal.aborted; visitor += 1) {
      await visit(world, visitor).catch(() => delay(20));
    }
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(visitors);
    },
  };
}

async function expectAllTrue(world: World): Promise<void> {
  const { provider, client, told } = world;
  const { dataSource } = provider.database;
  const ids = async (sql: string) => (await dataSource.query(sql)).map(({ id }: { readonly id: string }) => id);
  expect(await ids('SELECT id FROM account')).toEqual(expect.arrayContaining(told.accounts));
  expect(await ids('SELECT account_id AS id FROM release_consent')).toEqual(expect.arrayContaining(told.consents));
  for (const token of told.living) expect((await ask(world, '/token', token)).status).toBe(200);
  for (const token of told.revoked) expect((await ask(world, '/token', token)).status).toBe(400);
  for (const browser of told.ended) {
    const { url } = await client.begin({ prompt: 'none' });
    expect((await browser.get(url)).url).toContain('error=login_required');
  }
}

/** A person who has the sign-in page before them while the lights go out. */
async function halfway({ provider, issuer, client }: World) {
  const person: TestPerson = await provider.addPerson();
  const browser = plainBrowser([issuer]);
  const login = await client.begin({ scope: 'openid profile' });
  const page: PlainPage = await browser.get(login.url);
  return {
    async goesOn(): Promise<void> {
      const typeIn = () => browser.submit(page, { identifier: person.email, password: person.password });
      let next = await typeIn();
      // While the database comes back, the page asks to try again.
      for (let tries = 0; tries < 20 && next.status >= 500; tries += 1) {
        await delay(100);
        next = await typeIn();
      }
      for (let step = 0; step < 4 && !next.url.includes('code='); step += 1) {
        if (next.refresh !== undefined) next = await browser.get(new URL(next.refresh, next.url).href);
        else next = await browser.submit(next);
      }
      expect((await client.redeem(login, next.url)).claims()?.sub).toBeDefined();
    },
  };
}

/** Until everything was said at least once more in this round. */
const enough = async ({ told }: World, round: number): Promise<void> => {
  while ([told.living, told.revoked, told.ended].some(({ length }) => length <= round)) await delay(20);
};

async function startProcess({ environment, database }: TestInstallation): Promise<ChildProcess> {
  const started = fork(new URL('../../support/provider-process.ts', import.meta.url), {
    env: { ...process.env, PROVIDER_PROCESS: JSON.stringify({ environment, connection: database.connection }) },
    execArgv: [],
    silent: true,
  });
  await once(started, 'message');
  return started;
}

async function kill(running: ChildProcess): Promise<void> {
  const exited = once(running, 'exit');
  running.kill('SIGKILL');
  await exited;
}

describe('kill -9 in the middle of logins: what was said stays true, and people get on', () => {
  it('of the provider', async () => {
    const issuer = `http://localhost:${await freePort()}`;
    const provider = await startInstallation({ DINHDANH_ISSUER: issuer });
    let running = await startProcess(provider);
    try {
      const world = await worldOver(provider, issuer);
      for (let round = 0; round < 2; round += 1) {
        const person = await halfway(world);
        const visits = crowd(world);
        await enough(world, round);
        await delay(round * 37);
        await kill(running);
        await visits.stop();
        running = await startProcess(provider);
        await person.goesOn();
      }
      await expectAllTrue(world);
    } finally {
      await kill(running);
      await provider.close();
    }
  }, 120_000);

  it('of the database', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'dinhdanh-crash-'));
    const server = await startEmbeddedDatabase({ dataDirectory });
    const database = await databaseOn(server.connection);
    const issuer = `http://localhost:${await freePort()}`;
    const provider = await startInstallation({ DINHDANH_ISSUER: issuer }, { database });
    const running = await startProcess(provider);
    try {
      const world = await worldOver(provider, issuer);
      for (let round = 0; round < 2; round += 1) {
        const person = await halfway(world);
        const visits = crowd(world);
        await enough(world, round);
        await delay(round * 37);
        const [postmaster] = (await readFile(join(dataDirectory, 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
        process.kill(Number(postmaster), 'SIGKILL');
        await visits.stop();
        await person.goesOn();
      }
      await expectAllTrue(world);
    } finally {
      await kill(running);
      await provider.close();
      await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    }
  }, 120_000);
});

async function databaseOn(connection: TestDatabase['connection']): Promise<TestDatabase> {
  const dataSource = await openDataSource({ connection, poolSize: 10, entities, logger: silentLogger });
  return {
    connection,
    dataSource,
    inTransaction: createInTransaction(dataSource, { retryBudgetMs: 10_000 }),
    runStatement: createRunStatement(dataSource, { retryBudgetMs: 10_000 }),
    close: () => dataSource.destroy(),
  };
}
