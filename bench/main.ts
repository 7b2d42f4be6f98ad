import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { loadSettings } from '../src/config/load.ts';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../src/platform/embedded-database.ts';
import { comparedFlows, passwordLogin, type Scene } from './flows.ts';
import { hashesPerSecond } from './hash-alone.ts';
import { benchEnvironment, type Cast, composeBench, seedCast } from './installation.ts';
import { measureFlow, withScene } from './measure.ts';
import { discoveryUnderOverload } from './overload.ts';
import { flowTable, machine, verdictTable } from './report.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { judge } from './targets.ts';

const { values: options } = parseArgs({
  options: {
    /** Runs only what has this in its name, and then fails nothing. `overload` is the flood of logins. */
    only: { type: 'string' },
    /** Keeps a CPU profile of each server in this folder. */
    profile: { type: 'string' },
  },
});

const people = 600;
const floodSeconds = 6;

async function seeded(environment: Readonly<Record<string, string>>): Promise<Cast> {
  const installation = await composeBench(loadSettings(environment, { production: true }));
  try {
    return await seedCast(installation, { people });
  } finally {
    await installation.close();
  }
}

async function postgresVersion({ connection }: EmbeddedDatabase): Promise<string> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query<{ readonly version: string }>(
    "SELECT current_setting('server_version') AS version",
  );
  await client.end();
  return rows[0]?.version ?? '?';
}

/** PostgreSQL's own note of its first process. */
async function pidOf(directory: string): Promise<number> {
  const [first] = (await readFile(join(directory, 'pg', 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(first);
}

async function measureAll(
  servers: { readonly ours: ServerProcess; readonly memory: ServerProcess },
  place: Pick<Scene, 'cast' | 'databasePid'>,
) {
  return withScene({ ...place, server: servers.ours }, (ours) =>
    withScene({ ...place, server: servers.memory }, async (memory) => {
      const chosen = [...comparedFlows, passwordLogin].filter(({ name }) => name.includes(options.only ?? ''));
      const flows = [];
      for (const flow of chosen) {
        const result = await measureFlow(flow, { ours, memory: flow === passwordLogin ? undefined : memory });
        console.log(flowTable([result]));
        flows.push(result);
      }
      if (!'overload'.includes(options.only ?? '')) return { flows, overload: undefined, hashes: Number.NaN };
      const hashes = await hashesPerSecond({ hashes: 200 });
      const overload = await discoveryUnderOverload(ours, { attemptsPerSecond: 4 * hashes, seconds: floodSeconds });
      return { flows, overload, hashes };
    }),
  );
}

async function run(database: EmbeddedDatabase, directory: string): Promise<boolean> {
  const environment = benchEnvironment(database);
  const cast = await seeded(environment);
  const castFile = join(directory, 'cast.json');
  await writeFile(castFile, JSON.stringify(cast));
  const server = (memoryCastFile: string | undefined) =>
    startServerProcess({ environment, memoryCastFile, profileInto: options.profile });
  const ours = await server(undefined);
  const memory = await server(castFile);
  const { flows, overload, hashes } = await measureAll({ ours, memory }, { cast, databasePid: await pidOf(directory) });
  const { maxRssMb } = await ours.usage();
  await Promise.all([ours.stop(), memory.stop()]);

  console.log(`\n${machine(await postgresVersion(database))}\n\n${flowTable(flows)}\n`);
  if (!overload) return true;
  const verdicts = judge({
    flows,
    loginsPerSecond: flows.find(({ name }) => name === passwordLogin.name)?.ours.perSecond ?? Number.NaN,
    hashesPerSecond: hashes,
    discoveryUnderOverload: overload.discovery,
    refusedShare: overload.refusedShare,
    maxRssMb,
    readyMs: ours.readyMs,
  });
  console.log(`the hash alone: ${hashes.toFixed(0)}/s; flood: ${overload.arrivedPerSecond.toFixed(0)} attempts/s\n`);
  console.log(`${verdictTable(verdicts)}\n`);
  return options.only !== undefined || verdicts.every(({ passed }) => passed);
}

const directory = await mkdtemp(join(tmpdir(), 'dinhdanh-bench-'));
const database = await startEmbeddedDatabase({ dataDirectory: join(directory, 'pg') });
try {
  process.exitCode = (await run(database, directory)) ? 0 : 1;
} finally {
  await database.stop();
  await rm(directory, { recursive: true, force: true });
}
