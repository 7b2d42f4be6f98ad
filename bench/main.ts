import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type BenchDatabase, withDatabase } from './bench-database.ts';
import { comparedFlows, type Flow, passkeyLogin, passwordLogin, type Scene } from './flows.ts';
import { hashesPerSecond } from './hash-alone.ts';
import { benchEnvironment, seedDatabase } from './installation.ts';
import { measureFlow, withScene } from './measure.ts';
import { discoveryUnderOverload } from './overload.ts';
import { verificationMs } from './passkey-verification.ts';
import { flowTable, machine, verdictTable } from './report.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { type FlowResult, judge } from './targets.ts';

const { values: options } = parseArgs({
  options: {
    /** Runs only what has this in its name, and then fails nothing. `overload` is the flood of logins. */
    only: { type: 'string' },
    /** Keeps a CPU profile of each server in this folder. */
    profile: { type: 'string' },
  },
});

const people = 600;
const floods = { floods: 3, seconds: 10 };

async function postgresVersion({ connection }: BenchDatabase): Promise<string> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query<{ readonly version: string }>(
    "SELECT current_setting('server_version') AS version",
  );
  await client.end();
  return rows[0]?.version ?? '?';
}

async function measureAll(
  servers: { readonly ours: ServerProcess; readonly memory: ServerProcess },
  place: Pick<Scene, 'cast' | 'databasePid'>,
) {
  return withScene({ ...place, server: servers.ours }, (ours) =>
    withScene({ ...place, server: servers.memory }, async (memory) => {
      const flows: FlowResult[] = [];
      const measure = async (flow: Flow, compared: Scene | undefined): Promise<void> => {
        if (!flow.name.includes(options.only ?? '')) return;
        const result = await measureFlow(flow, { ours, memory: compared });
        console.log(flowTable([result]));
        flows.push(result);
      };
      for (const flow of comparedFlows) await measure(flow, memory);
      // Before and after the logins: the cores are not equally free at all times.
      const hashesBefore = await hashesPerSecond({ hashes: 100 });
      await measure(passwordLogin, undefined);
      await measure(passkeyLogin, undefined);
      const hashes = (hashesBefore + (await hashesPerSecond({ hashes: 100 }))) / 2;
      if (!'overload'.includes(options.only ?? '')) return { flows, overload: undefined, hashes };
      const overload = await discoveryUnderOverload(ours, { attemptsPerSecond: 4 * hashes, ...floods });
      return { flows, overload, hashes };
    }),
  );
}

async function run(database: BenchDatabase): Promise<boolean> {
  const environment = benchEnvironment(database);
  const cast = await seedDatabase(environment, { people });
  const castFile = join(database.directory, 'cast.json');
  await writeFile(castFile, JSON.stringify(cast));
  const server = (memoryCastFile: string | undefined) =>
    startServerProcess({ environment, memoryCastFile, profileInto: options.profile });
  const ours = await server(undefined);
  const memory = await server(castFile);
  const { flows, overload, hashes } = await measureAll({ ours, memory }, { cast, databasePid: database.pid });
  const { maxRssMb } = await ours.usage();
  await Promise.all([ours.stop(), memory.stop()]);

  console.log(`\n${machine(await postgresVersion(database))}\n\n${flowTable(flows)}\n`);
  if (!overload) return true;
  const rateOf = ({ name }: Flow): number => flows.find((one) => one.name === name)?.ours.perSecond ?? Number.NaN;
  const verdicts = judge({
    flows,
    loginsPerSecond: rateOf(passwordLogin),
    hashesPerSecond: hashes,
    passkeyLoginsPerSecond: rateOf(passkeyLogin),
    verificationMs: await verificationMs({ verifications: 500 }),
    discoveryUnderOverload: overload.discovery,
    refusedShare: overload.refusedShare,
    maxRssMb,
    readyMs: ours.readyMs,
  });
  console.log(`the hash alone: ${hashes.toFixed(0)}/s; flood: ${overload.arrivedPerSecond.toFixed(0)} attempts/s\n`);
  console.log(`${verdictTable(verdicts)}\n`);
  return options.only !== undefined || verdicts.every(({ passed }) => passed);
}

process.exitCode = (await withDatabase(run)) ? 0 : 1;
