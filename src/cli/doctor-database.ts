import type { Settings } from '../config/schema.ts';
import { openDataSource } from '../database/data-source.ts';
import { entities } from '../database/entities.ts';
import { migrations } from '../database/migration-list.ts';
import { refuseDemoData } from '../demo/refuse-demo-data.ts';
import { systemClock } from '../platform/clock.ts';
import { createLogger } from '../platform/logger.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { type Finding, findingsAbout } from './doctor-finding.ts';

type DatabaseFacts = {
  readonly major: number;
  readonly encoding: string;
  readonly maxConnections: number;
  /** Of the database's clock before ours. */
  readonly skewSeconds: number;
};

const oldestMajor = 15;
const mostSkewSeconds = 2;
// pg-boss keeps three, the command line two, and PostgreSQL three for its superuser.
const otherConnections = 8;

const { ok, warn, fail } = findingsAbout('database');

/** What the facts mean for one instance with these settings. */
export function judgeDatabase(facts: DatabaseFacts, poolSize: number): readonly Finding[] {
  const room = facts.maxConnections - otherConnections;
  return [
    facts.major >= oldestMajor
      ? ok(`PostgreSQL ${facts.major} answers`)
      : fail(`PostgreSQL ${facts.major} is too old: bring it to ${oldestMajor} or later`),
    ...(facts.encoding === 'UTF8' ? [] : [fail(`its encoding is ${facts.encoding}: make a database with UTF8`)]),
    room >= poolSize
      ? ok(`${facts.maxConnections} connections allowed: room for ${Math.floor(room / poolSize)} instances`)
      : fail(
          `${facts.maxConnections} connections allowed: raise max_connections, or lower DINHDANH_DATABASE_CONNECTIONS`,
        ),
    Math.abs(facts.skewSeconds) <= mostSkewSeconds
      ? ok('its clock agrees with ours')
      : fail(`its clock differs by ${Math.round(facts.skewSeconds)} s: let both keep time by NTP`),
  ];
}

async function readFacts(tx: Transaction): Promise<DatabaseFacts> {
  const askedAtMs = systemClock.now().getTime();
  const [row] = await rowsOf<{ major: number; encoding: string; max: number; now: Date }>(
    tx,
    `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('server_encoding') AS encoding,
       current_setting('max_connections')::int AS max, clock_timestamp() AS now`,
  );
  if (!row) throw new TypeError('a SELECT without FROM has a row');
  const middleMs = (askedAtMs + systemClock.now().getTime()) / 2;
  return {
    major: row.major,
    encoding: row.encoding,
    maxConnections: row.max,
    skewSeconds: (row.now.getTime() - middleMs) / 1000,
  };
}

async function schemaFindings(tx: Transaction): Promise<readonly Finding[]> {
  const [table] = await rowsOf<{ there: boolean }>(tx, `SELECT to_regclass('schema_migration') IS NOT NULL AS there`);
  if (!table?.there) return [warn('no schema yet: "migrate" or the first start makes it')];
  const done = new Set(
    (await rowsOf<{ name: string }>(tx, 'SELECT name FROM schema_migration')).map(({ name }) => name),
  );
  const missing = migrations.filter(({ name }) => !done.has(name)).length;
  const later = [...done].filter((name) => !migrations.some((migration) => migration.name === name));
  if (later.length > 0) return [warn(`a later release has been here (${later[0]}): this one only stands in for it`)];
  return [
    missing === 0 ? ok('its schema is up to date') : warn(`${missing} migrations wait: "migrate" or a start runs them`),
  ];
}

async function signingKeyFindings(tx: Transaction): Promise<readonly Finding[]> {
  const [row] = await rowsOf<{ current: number }>(
    tx,
    `SELECT count(*)::int AS current FROM signing_key WHERE state = 'current'`,
  );
  return [
    row?.current ? ok(`${row.current} signing keys in use`) : warn('no signing keys yet: the first start makes them'),
  ];
}

async function examine(tx: Transaction): Promise<readonly Finding[]> {
  const schema = await schemaFindings(tx);
  if (schema.some(({ level }) => level !== 'ok')) return schema;
  await refuseDemoData(tx);
  return [...schema, ...(await signingKeyFindings(tx))];
}

/** The database of the settings: reached, young enough, with room, on time, migrated, without the demo. */
export async function checkDatabase(settings: Settings): Promise<readonly Finding[]> {
  try {
    const dataSource = await openDataSource({
      connection: { connectionString: settings.DATABASE_URL },
      poolSize: 1,
      entities,
      logger: createLogger({ level: 'silent' }),
    });
    try {
      const facts = await readFacts(dataSource.manager);
      return [...judgeDatabase(facts, settings.DINHDANH_DATABASE_CONNECTIONS), ...(await examine(dataSource.manager))];
    } finally {
      await dataSource.destroy();
    }
  } catch (fault) {
    if (fault instanceof OperatorError) return [fail(fault.message)];
    throw fault;
  }
}
