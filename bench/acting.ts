import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eidSource, eids, type Representative, seedRepresentatives } from './acting-cast.ts';
import { type BenchDatabase, withDatabase } from './bench-database.ts';
import { type Browser, csrfIn, newBrowser, pathOf } from './browser.ts';
import { timeEndings } from './ended-mandate.ts';
import { benchEnvironment, type Cast } from './installation.ts';
import {
  authorizationPath,
  basicAuthorization,
  codeForm,
  codeOf,
  createProviderClient,
  expectStatus,
  type ProviderClient,
} from './provider-client.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

// Alone: `node bench/acting.ts`. What acting for an organization costs beside a plain sign-on, how long the choice among
// two thousand takes, and how soon an ended mandate is dead on both of two processes.

const ofOne = 2_000;
const rounds = 20;
const ended = 200;
const scope = 'openid profile organization';

type Environment = Readonly<Record<string, string>>;
type Server = { readonly process: ServerProcess; readonly client: ProviderClient };
type Stage = {
  readonly servers: readonly [Server, Server];
  readonly cast: Cast;
  readonly people: readonly Representative[];
};

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const percentiles = (times: readonly number[]): string =>
  `p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`;

async function browserOf(
  { servers: [{ process, client }], cast }: Stage,
  { accountId }: Representative,
): Promise<Browser> {
  const who = [{ accountId, visited: cast.firstPortal.client_id, eid: eidSource }];
  const [cookies = ''] = await process.prepare({ kind: 'browsers', who });
  return newBrowser(client, { from: '10.0.0.1', cookies });
}

const path = ({ cast }: Stage, more: Readonly<Record<string, string>> = {}, scopes = scope): string =>
  `${authorizationPath(cast.secondPortal, scopes)}&${new URLSearchParams(more)}`;

async function tokensOf({ cast, servers: [{ client }] }: Stage, code: string) {
  const form = codeForm(cast.secondPortal, code);
  const answer = await client.send({ path: '/token', form, headers: basicAuthorization(cast.secondPortal) });
  return JSON.parse(expectStatus(answer, 200).text) as {
    readonly access_token: string;
    readonly refresh_token?: string;
  };
}

type Answered = { readonly hub: string; readonly to: string; readonly fields: Readonly<Record<string, string>> };

/** From a page that asks to the code. */
async function answerPage(browser: Browser, { hub, to, fields }: Answered): Promise<string> {
  const page = expectStatus(await browser.send({ path: hub }), 200);
  expectStatus(await browser.send({ path: `${hub}/${to}`, form: { csrf: csrfIn(page), ...fields } }), 303);
  const done = expectStatus(await browser.send({ path: hub }), 200);
  const onward = /href="([^"]*\/auth\/[\w-]+)"/.exec(done.text)?.[1] ?? '';
  return codeOf(await browser.send({ path: onward.replace(/^https:\/\/[^/]+/, '') }));
}

const choose = (browser: Browser, { hub, mandate }: { readonly hub: string; readonly mandate: string }) =>
  answerPage(browser, { hub, to: 'organization', fields: { organization: mandate } });

/** Somebody who has chosen each of their companies at the portal once. */
async function acquainted(stage: Stage, person: Representative, scopes = scope) {
  const browser = await browserOf(stage, person);
  const codes: string[] = [];
  for (const { id: mandate } of person.mandates) {
    const asking = path(stage, { prompt: 'select_organization' }, scopes);
    const hub = pathOf(expectStatus(await browser.send({ path: asking }), 303));
    codes.push(await choose(browser, { hub, mandate }));
  }
  return { browser, codes };
}

async function statementsOf({ servers: [{ process }] }: Stage, work: () => Promise<unknown>): Promise<number> {
  const before = sum(await process.statements());
  for (let round = 0; round < rounds; round += 1) await work();
  return (sum(await process.statements()) - before) / rounds;
}

async function countStatements(stage: Stage, person: Representative): Promise<void> {
  const { browser } = await acquainted(stage, person);
  const signOn = async (address: string) => tokensOf(stage, codeOf(await browser.send({ path: address })));
  let turn = 0;
  const switching = () => {
    turn += 1;
    const { number = '' } = person.mandates[turn % person.mandates.length] ?? {};
    return path(stage, { organization_hint: `vn:${number}`, prompt: 'none' });
  };
  const plain = await statementsOf(stage, () => signOn(path(stage, {}, 'openid profile')));
  const again = await statementsOf(stage, () => signOn(path(stage)));
  const switched = await statementsOf(stage, () => signOn(switching()));
  const asked = await statementsOf(stage, async () => {
    const hub = pathOf(await browser.send({ path: path(stage, { prompt: 'select_organization' }) }));
    return tokensOf(stage, await choose(browser, { hub, mandate: person.mandates[0]?.id ?? '' }));
  });
  const agreed = await statementsOf(stage, async () => {
    const hub = pathOf(await browser.send({ path: path(stage, { prompt: 'consent' }, 'openid profile') }));
    return tokensOf(stage, await answerPage(browser, { hub, to: 'release', fields: { decision: 'allow' } }));
  });
  const confirmed = await statementsOf(stage, async () => {
    const hub = pathOf(await browser.send({ path: path(stage, { prompt: 'select_account' }, 'openid profile') }));
    return tokensOf(stage, await answerPage(browser, { hub, to: 'account', fields: { decision: 'continue' } }));
  });
  const used = async (tokens: Awaited<ReturnType<typeof tokensOf>>) => {
    const [{ client }] = stage.servers;
    const headers = basicAuthorization(stage.cast.secondPortal);
    const { access_token: token, refresh_token = '' } = tokens;
    const form = { grant_type: 'refresh_token', refresh_token };
    const uses = {
      userinfo: { path: '/me', headers: { authorization: `Bearer ${token}` } },
      introspection: { path: '/token/introspection', form: { token }, headers },
      refresh: { path: '/token', form, headers },
    };
    const counts: string[] = [];
    for (const [name, request] of Object.entries(uses)) {
      const count = await statementsOf(stage, async () => expectStatus(await client.send(request), 200));
      counts.push(`${name} ${count}`);
    }
    return counts.join(', ');
  };
  const ofNobody = await used(await signOn(path(stage, {}, 'openid profile offline_access')));
  const ofCompany = await used(await signOn(path(stage, {}, `${scope} offline_access`)));
  console.info('statements, authorize and token');
  console.info(`  plain sign-on                     ${plain}`);
  console.info(`  for the company of the last time  ${again}`);
  console.info(`  switching by hint                 ${switched}`);
  console.info(`  saying that one goes on as oneself ${confirmed}`);
  console.info(`  agreeing on the release page      ${agreed}`);
  console.info(`  choosing on the page              ${asked}`);
  console.info(`using a token of the person: ${ofNobody}`);
  console.info(`using one that carries a mandate: ${ofCompany}`);
}

async function timeChoice(stage: Stage, person: Representative): Promise<void> {
  const browser = await browserOf(stage, person);
  const hub = pathOf(expectStatus(await browser.send({ path: path(stage) }), 303));
  const timesOf = async (address: string) => {
    const times: number[] = [];
    for (let round = 0; round < 100; round += 1) {
      const from = performance.now();
      expectStatus(await browser.send({ path: address }), 200);
      times.push(performance.now() - from);
    }
    return percentiles(times);
  };
  console.info(`the choice among ${person.mandates.length}: ${await timesOf(hub)}`);
  console.info(`searched in them: ${await timesOf(`${hub}?search=cong+ty+19`)}`);
}

async function timeEnding(
  stage: Stage,
  { people, environment }: { readonly people: readonly Representative[]; readonly environment: Environment },
): Promise<void> {
  const times = await timeEndings({
    environment,
    portal: stage.cast.secondPortal,
    clients: stage.servers.map(({ client }) => client),
    people,
    async issued(person) {
      const { codes } = await acquainted(stage, person, `${scope} offline_access`);
      const [one, other] = await Promise.all(codes.map((code) => tokensOf(stage, code)));
      if (!one || !other) throw new TypeError('each of these has two companies');
      return [one, other];
    },
  });
  console.info(`an ended mandate is dead at both processes after ${percentiles(times)} (${times.length} ended)`);
}

async function run(database: BenchDatabase): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-acting-'));
  const file = join(directory, 'eids.json');
  await writeFile(file, JSON.stringify(eids));
  const environment = { ...benchEnvironment(database), DINHDANH_EIDS_FILE: file };
  const { cast, people } = await seedRepresentatives(environment, {
    companies: [3, ofOne, ...Array.from({ length: ended }, () => 2)],
  });
  const serverOf = async (): Promise<Server> => {
    const process = await startServerProcess({ environment, memoryCastFile: undefined, profileInto: undefined });
    return { process, client: createProviderClient({ port: process.port, connections: 8 }) };
  };
  const stage: Stage = { servers: [await serverOf(), await serverOf()], cast, people };
  const [few, many, ...others] = people;
  if (!few || !many) throw new TypeError('these were seeded');
  await countStatements(stage, few);
  await timeChoice(stage, many);
  await timeEnding(stage, { people: others, environment });
  for (const { process, client } of stage.servers) {
    await client.close();
    await process.stop();
  }
  await rm(directory, { recursive: true });
}

await withDatabase(run);
