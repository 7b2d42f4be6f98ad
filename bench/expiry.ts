import { openDataSource } from '../src/database/data-source.ts';
import { createInTransaction } from '../src/database/transaction.ts';
import { transientSlot, transientSlots } from '../src/oidc/artifact-repository.ts';
import { emptyOldestSlot, removeExpiredArtifacts } from '../src/oidc/expiry-repository.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createLogger } from '../src/platform/logger.ts';
import { type BenchDatabase, withDatabase } from './bench-database.ts';
import { comparedFlows, concurrency } from './flows.ts';
import { benchEnvironment, seedDatabase } from './installation.ts';
import { closedLoop, joined, type LoadResult } from './load.ts';
import { withScene } from './measure.ts';
import { startServerProcess } from './server-process.ts';

const transientRows = 300_000;
const artifactRows = 100_000;
/** As the worker removes them. */
const batch = 1_000;
/** What a live client does meanwhile: one write, one statement. */
const liveFlow = 'client credentials, opaque';
const flowsPerPart = 200;

async function openDatabase({ connection }: BenchDatabase) {
  const logger = createLogger({ level: 'error' });
  return openDataSource({ connection, poolSize: 2, entities: [], logger });
}

type Database = Awaited<ReturnType<typeof openDatabase>>;

/** Rows as the engine leaves them, hours past their end: masses in the ring's oldest slot, fewer in the lasting table. */
async function fillWithExpired(database: Database): Promise<void> {
  const payload = `jsonb_build_object('kind', 'AccessToken', 'scope', 'openid profile email', 'fill', repeat('x', 400))`;
  const oldest = (transientSlot(systemClock.now()) + 1) % transientSlots;
  // In parts: a statement may take no longer here than in the service.
  for (let from = 0; from < transientRows; from += 20_000) {
    await database.query(`
      INSERT INTO oidc_transient (id, slot, model, payload, grant_id, expires_at)
      SELECT sha256(('t' || n)::bytea), ${oldest}, 'AccessToken', ${payload}, md5((n / 3)::text), now() - interval '3 hours'
      FROM generate_series(${from + 1}, ${from + 20_000}) AS n`);
  }
  for (let from = 0; from < artifactRows; from += 20_000) {
    await database.query(`
      INSERT INTO oidc_artifact (id, model, payload, grant_id, account_id, client_id, expires_at)
      SELECT sha256(('a' || n)::bytea), 'RefreshToken', ${payload}, md5(n::text), md5((n / 2)::text), 'portal',
        now() - interval '3 hours'
      FROM generate_series(${from + 1}, ${from + 20_000}) AS n`);
  }
}

/** @returns how long it took, in seconds */
async function expireAll(database: Database): Promise<number> {
  const startedAt = performance.now();
  const now = systemClock.now();
  await emptyOldestSlot(createInTransaction(database, { retryBudgetMs: 5_000 }), now);
  while ((await removeExpiredArtifacts(database.manager, { now, batch })) >= batch);
  return (performance.now() - startedAt) / 1000;
}

function told({ flows, perSecond, p50Ms, p95Ms, p99Ms }: LoadResult): string {
  const times = [p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(1)).join(' / ');
  return `${perSecond.toFixed(0)} flows/s, p50/p95/p99 ${times} ms (${flows} flows)`;
}

async function run(benchDatabase: BenchDatabase): Promise<void> {
  const environment = benchEnvironment(benchDatabase);
  const cast = await seedDatabase(environment, { people: 1 });
  const server = await startServerProcess({ environment, memoryCastFile: undefined, profileInto: undefined });
  const database = await openDatabase(benchDatabase);
  const flow = comparedFlows.find(({ name }) => name === liveFlow);
  if (!flow) throw new TypeError(`there is no flow "${liveFlow}"`);

  await withScene({ server, cast, databasePid: benchDatabase.pid }, async (scene) => {
    const runFlow = await flow.prepare(scene, 0);
    const part = () => closedLoop(runFlow, { flows: flowsPerPart, concurrency });
    await fillWithExpired(database);
    await part();
    const before = joined(joined(await part(), await part()), joined(await part(), await part()));

    const expiring = expireAll(database);
    let done = false;
    void expiring.finally(() => {
      done = true;
    });
    let during = await part();
    while (!done) during = joined(during, await part());
    const seconds = await expiring;

    console.log(`${liveFlow}, ${concurrency} at once`);
    console.log(`  before   ${told(before)}`);
    console.log(`  during   ${told(during)}`);
    console.log(`  ${transientRows + artifactRows} rows expired in ${seconds.toFixed(1)} s`);
    console.log(`  of the rate before: ${(during.perSecond / before.perSecond).toFixed(2)}`);
  });
  await database.destroy();
  await server.stop();
}

await withDatabase(run);
