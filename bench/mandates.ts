import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDataSource } from '../src/database/data-source.ts';
import { migrate } from '../src/database/migrate.ts';
import { createRunStatement } from '../src/database/run-statement.ts';
import { createOrganizationRepository } from '../src/organizations/organization-repository.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createEncryption } from '../src/platform/encryption.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createMandateConsents } from '../src/representation/mandate-consent-repository.ts';
import { createMandateList } from '../src/representation/mandate-list-repository.ts';
import { createMandateLookups } from '../src/representation/mandate-lookup-repository.ts';
import { withDatabase } from './bench-database.ts';

// Alone: `node bench/mandates.ts [few] [many]`, by default ten thousand mandates and ten million.

const [few = 10_000, many = 10_000_000] = process.argv.slice(2).map(Number);
/** A statement may take no longer here than in the service. */
const part = 2_500;
/** Of one accountant. */
const ofOne = 2_000;
const lookups = 2_000;
const lists = 30;
const mandatesEach = 10;

const encryption = createEncryption({
  keyEncryptionKeys: [{ id: 'kek', key: randomBytes(32) }],
  lookupKeys: [{ id: 'lookup', key: randomBytes(32) }],
});

type Database = Awaited<ReturnType<typeof openDataSource>>;

const idOf = (kind: string, n: string): string => `md5('${kind}' || ${n})::uuid`;

/** Accounts with ten mandates each, for as many organizations as mandates; the first account has two thousand. */
async function fill(database: Database, range: { readonly from: number; readonly to: number }): Promise<void> {
  for (let from = range.from; from < range.to; from += part) {
    const series = `generate_series(${from}::bigint, ${Math.min(range.to, from + part) - 1}::bigint) AS n`;
    const account = `CASE WHEN n < ${ofOne} THEN 0 ELSE n / ${mandatesEach} END`;
    await database.query(`
      INSERT INTO account (id, subject_ref, state, locale, data_key, key_encryption_key_id, sessions_valid_from, created_at)
      SELECT ${idOf('a', 'n')}, md5('s' || n), 'active', 'vi', '\\x00', 'kek', now(), now()
      FROM (SELECT DISTINCT ${account} AS n FROM ${series}) AS accounts
      ON CONFLICT DO NOTHING`);
    await database.query(`
      INSERT INTO organization (id, scheme, lookup_key_id, number_hash, number, search_key, facts, source, as_of,
        created_at, updated_at)
      SELECT ${idOf('o', 'n')}, 'vn-enterprise', 'lookup', sha256(('o' || n)::bytea), lpad(n::text, 10, '0'),
        'cong ty so ' || n, jsonb_build_object('number', jsonb_build_object('scheme', 'vn-enterprise', 'value',
        lpad(n::text, 10, '0')), 'name', 'Công ty Số ' || n, 'state', 'active', 'country', 'VN', 'isNaturalPerson', false),
        'sandbox', now(), now(), now()
      FROM ${series}`);
    await database.query(`
      INSERT INTO mandate (id, organization_id, account_id, powers, delegable, basis, granted_by, exercise, org_level,
        match, evidence, rule_version, as_of, next_check_at, valid_from, state, state_at, reference, created_at)
      SELECT ${idOf('m', 'n')}, ${idOf('o', 'n')}, ${idOf('a', `(${account})`)}, '{*}', '{"powers": ["*"], "depth": 2}',
        'statutory', '{"kind": "register"}', '{"kind": "sole"}', 'org3', 'exact', '[]', 'rules', now(),
        now() + interval '1 day', now() - interval '1 day', 'active', now(), 'ABCDE12345', now()
      FROM ${series}`);
    await database.query(`
      INSERT INTO mandate_choice (mandate_id, client_id, first_chosen_at, last_chosen_at)
      SELECT ${idOf('m', 'n')}, 'tax', now(), now() - n * interval '1 second' FROM ${series} WHERE n % 5 = 0`);
  }
}

const millisecondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

async function idAt(database: Database, kind: string, n: number): Promise<string> {
  const [{ id }] = await database.query(`SELECT ${idOf(kind, String(n))} AS id`);
  return id;
}

async function measure(database: Database, size: number) {
  const run = createRunStatement(database, { retryBudgetMs: 5_000 });
  const organizations = createOrganizationRepository({ encryption });
  const consents = createMandateConsents({ encryption });
  const found = createMandateLookups({ run, pool: database.manager, organizations, consents });
  const { list } = createMandateList({ run, organizations });
  const at = systemClock.now();
  const ids: string[] = [];
  for (let count = 0; count < lookups; count += 1) {
    ids.push(await idAt(database, 'm', Math.floor(Math.random() * size)));
  }
  const byId: number[] = [];
  for (const id of ids) {
    byId.push(
      await millisecondsOf(async () => {
        if ((await found.findInForce({ id, at })) === undefined) throw new Error(`not found: ${id}`);
      }),
    );
  }
  const batched = await millisecondsOf(() => Promise.all(ids.map((id) => found.findInForce({ id, at }))));
  const accountId = await idAt(database, 'a', Math.floor(size / mandatesEach) - 1);
  const ofFew: number[] = [];
  for (let count = 0; count < lookups / 10; count += 1) {
    ofFew.push(await millisecondsOf(() => list({ accountId, clientId: 'tax', at, search: '', limit: 50 })));
  }
  const accountant = await idAt(database, 'a', 0);
  const listing = async (search: string): Promise<number> => {
    const times: number[] = [];
    for (let count = 0; count < lists; count += 1) {
      times.push(
        await millisecondsOf(async () => {
          const { total } = await list({ accountId: accountant, clientId: 'tax', at, search, limit: 50 });
          if (search === '' && total !== ofOne) throw new Error(`${total} listed`);
        }),
      );
    }
    return median(times);
  };
  return {
    'by id, alone (ms)': median(byId),
    'by id, together (ms each)': batched / ids.length,
    'choice of 10 (ms)': median(ofFew),
    'choice of 2,000 (ms)': await listing(''),
    'searched in 2,000 (ms)': await listing('so 19'),
  };
}

/** What autovacuum does in time; it may take longer than a statement of the service. */
async function analyze(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query('ANALYZE');
  await client.end();
}

await withDatabase(async ({ connection }) => {
  const logger = createLogger({ level: 'error' });
  const database = await openDataSource({ connection, poolSize: 4, entities: [], logger });
  await migrate({ dataSource: database, clock: systemClock, logger });
  await fill(database, { from: 0, to: few });
  // Prepared now, as a server's are that has run since there were few: a plan that suits only these would show.
  const small = await measure(database, few);
  console.info(few, 'mandates', small);
  await fill(database, { from: few, to: many });
  const stale = await measure(database, many);
  console.info(many, 'mandates, plans from before', stale);
  await analyze(connection);
  const large = await measure(database, many);
  console.info(many, 'mandates', large);
  for (const [what, time] of Object.entries(large)) {
    console.info(`${what}: ${(time / (small[what as keyof typeof small] || 1)).toFixed(2)} times as long`);
  }
  await database.destroy();
});
