import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { removeExpired } from '../src/authentication/expiry-repository.ts';
import type { Transaction } from '../src/platform/transaction.ts';
import { createJobHandlers, type WorkerDependencies } from '../src/worker.ts';
import { testDatabase } from './support/database.ts';
import { testClock } from './support/test-clock.ts';

const database = await testDatabase();
afterAll(() => database.close());

async function tables(condition = 'true'): Promise<readonly string[]> {
  const rows = await database.dataSource.query(
    `SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND ${condition}
     ORDER BY relname`,
  );
  return rows.map(({ relname }: { readonly relname: string }) => relname);
}

/** What the worker says to the database when it removes what is over. */
async function saidByExpiry(): Promise<string> {
  const said: string[] = [];
  const query = async (text: string, values?: unknown[]): Promise<unknown> => {
    said.push(text);
    return database.dataSource.query(text, values);
  };
  const pool: Transaction = Object.create(database.dataSource.manager, { query: { value: query } });
  const dependencies = {
    clock: testClock(),
    pool,
    inTransaction: (work: (tx: Transaction) => Promise<unknown>) => work(pool),
    authentication: { removeExpired },
    representation: { lapseConsents: async () => 0 },
  };
  const { expire } = createJobHandlers(dependencies as unknown as WorkerDependencies);
  await expire({ kind: 'expire' }, { id: 'a job', number: 1, signal: new AbortController().signal });
  return said.join('\n');
}

describe('every table', () => {
  it('has an end to its growth, or a reason for none, in docs/production.md', async () => {
    const document = readFileSync(join(import.meta.dirname, '../docs/production.md'), 'utf8');
    const [, section = ''] = /^## What grows, and what ends$([\s\S]+?)^## /m.exec(document) ?? [];
    const cells = Array.from(section.matchAll(/^\| (`[^|]+?) +\|/gm), ([, cell = '']) => cell).join(' ');
    const stated = Array.from(cells.matchAll(/`(\w+)`/g), ([, name = '']) => name);
    expect(stated.toSorted()).toEqual(await tables());
  });

  it('whose rows have an end is one that the worker removes them from', async () => {
    const said = await saidByExpiry();
    const ending = await tables(`relname NOT LIKE 'oidc\\_transient%' AND relname <> 'database_lease' AND EXISTS (
      SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'expires_at')`);
    expect(ending.length).toBeGreaterThan(10);
    for (const table of [...ending, 'mandate_choice', 'mandate_consent']) {
      expect(said).toContain(`DELETE FROM ${table} `);
    }
  });
});
