import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dataKeyContext } from '../../src/accounts/account-row.ts';
import { loadSettings } from '../../src/config/load.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { insertAccount } from '../support/insert-account.ts';
import { vietnameseCompany } from '../support/listed-people.ts';
import { enterprise, insertMandate, keepOrganization } from '../support/mandates.ts';
import { databaseUrl, productionEnvironment, run } from '../support/production.ts';
import { text } from '../support/relying-party.ts';

// Each command is a process of its own.
jest.setTimeout(180_000);

let database: TestDatabase;
const secrets = productionEnvironment();
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dinhdanh-mandates-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.close();
});

async function cli(...args: readonly string[]) {
  const environment = { ...secrets, DATABASE_URL: databaseUrl(database.connection), NODE_ENV: 'production' };
  const program = run('src/cli/main.ts', { args, environment });
  const code = await program.ended;
  return { code, output: program.output(), errors: program.errors() };
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

describe('mandates on the command line', () => {
  it('are listed by person and by organization, decided and ended', async () => {
    const { DINHDANH_KEY_ENCRYPTION_KEYS: keyEncryptionKeys, DINHDANH_LOOKUP_KEYS: lookupKeys } = loadSettings(
      secrets,
      {
        production: true,
      },
    );
    const encryption = createEncryption({ keyEncryptionKeys, lookupKeys });
    const tx = database.dataSource.manager;
    const accountId = await insertAccount(tx);
    const { wrapped, keyEncryptionKeyId } = await encryption.newDataKey(dataKeyContext(accountId));
    const key = 'UPDATE account SET data_key = $2, key_encryption_key_id = $3 WHERE id = $1';
    await tx.query(key, [accountId, wrapped, keyEncryptionKeyId]);
    const number = enterprise('9900100003');
    const entity = vietnameseCompany({ number, name: 'TRÀ SƯƠNG MAI' });
    const organizationId = await keepOrganization(tx, { encryption, entity });
    const id = await insertMandate(tx, { organizationId, accountId, state: 'pending-review' });
    await tx.query(
      `INSERT INTO mandate_event (id, mandate_id, to_state, by_actor, reason, note, at)
       VALUES (gen_random_uuid(), $1, 'pending-review', '{"kind": "delegate"}', 'asked-for', 'close-match', now())`,
      [id],
    );
    const byNumber = await cli('mandates', 'list', '9900100003');
    expect([byNumber.code, byNumber.errors]).toEqual([0, '']);
    expect(byNumber.output).toContain('TRÀ SƯƠNG MAI');
    expect((await cli('mandates', 'list', accountId)).output).toContain(id);
    expect((await cli('mandates', 'review')).output).toContain('close-match');
    expect((await cli('mandates', 'approve', id)).errors).toContain('--reason');
    expect((await cli('mandates', 'list', 'niemand@example.vn')).errors).toContain('Nobody signs in');
    expect((await cli('mandates', 'end', id, '--reason', 'officer-left')).errors).toContain('can’t be ended');
    expect(await cli('mandates', 'approve', id, '--reason', 'document-seen')).toMatchObject({ code: 0, errors: '' });
    expect((await cli('mandates', 'review')).output).toBe('None waits.\n');
    expect((await cli('mandates', 'refuse', id, '--reason', 'not-proved')).errors).toContain('waits for a review');
    expect(await cli('mandates', 'end', id, '--reason', 'withdrawn')).toMatchObject({ code: 0, errors: '' });
    expect((await cli('mandates', 'list', accountId)).output).toContain('revoked (withdrawn)');
    const events = await tx.query('SELECT kind, actor FROM audit_event ORDER BY sequence');
    expect(events).toEqual([
      { kind: 'mandate-established', actor: 'operator:cli' },
      { kind: 'mandate-ended', actor: 'operator:cli' },
    ]);
    expect(await tx.query(`SELECT FROM jobs.job WHERE name = 'mail'`)).toHaveLength(2);
  });
});

describe('powers on the command line', () => {
  it('are published by their agency, listed and withdrawn', async () => {
    for (const key of ['tax', 'health']) {
      const path = await file(`${key}.json`, { key, name: text(key), sectors: [`${key}-sector`] });
      expect((await cli('agencies', 'add', path)).code).toBe(0);
    }
    const powers = await file('powers.json', [{ code: 'tax:file', names: text('File returns') }]);
    expect(await cli('powers', 'publish', 'tax', powers)).toMatchObject({
      code: 0,
      output: expect.stringContaining('tax:file'),
    });
    expect((await cli('powers', 'list')).output).toMatch(/tax:file\s+substantial\s+no/);
    expect((await cli('powers', 'publish', 'health', powers)).errors).toContain('Another agency publishes in tax');
    expect((await cli('powers', 'publish', 'nobody', powers)).errors).toContain('no agency nobody');
    expect((await cli('powers', 'withdraw', 'health', 'tax:file')).errors).toContain('doesn’t publish');
    expect((await cli('powers', 'withdraw', 'tax', 'tax:file')).code).toBe(0);
    expect((await cli('powers', 'list')).output).toContain('No agency publishes');
    const events = await database.dataSource.query(
      `SELECT kind FROM audit_event WHERE kind LIKE 'powers-%' ORDER BY sequence`,
    );
    expect(events.map(({ kind }: { kind: string }) => kind)).toEqual(['powers-published', 'powers-withdrawn']);
  });
});
