import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOrganizationRepository } from '../../src/organizations/organization-repository.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import type { LegalEntity } from '../../src/registries/legal-entity.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { household, vietnameseCompany } from '../support/listed-people.ts';
import { at, days } from '../support/mandates.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const [kek, old, current] = ['kek', 'old', 'new'].map((id) => ({ id, key: randomBytes(32) }));
if (!kek || !old || !current) throw new Error('no keys');
const before = createEncryption({ keyEncryptionKeys: [kek], lookupKeys: [old] });
const after = createEncryption({ keyEncryptionKeys: [kek], lookupKeys: [current, old] });

const keep = (entity: LegalEntity, { asOf = days(0), encryption = before, source = 'sandbox' } = {}) =>
  database.inTransaction((tx) =>
    createOrganizationRepository({ encryption }).keep(tx, { id: randomUUID(), entity, source, asOf, at }),
  );
const get = (id: string, encryption = before) =>
  createOrganizationRepository({ encryption }).get(database.dataSource.manager, id);

const company = (value: string, changes: Partial<LegalEntity> = {}) =>
  vietnameseCompany({ number: { scheme: 'vn-enterprise', value }, ...changes });

describe('an organization', () => {
  it('is one, whatever register speaks of it, and has the youngest word', async () => {
    const id = await keep(company('0000000001', { name: 'Tên Đầu' }), { asOf: days(-2) });
    expect(await keep(company('0000000001', { name: 'Tên Mới' }), { source: 'other' })).toBe(id);
    expect(await keep(company('0000000001', { name: 'Tên Cũ' }), { asOf: days(-3) })).toBe(id);
    expect(await get(id)).toMatchObject({ source: 'other', asOf: days(0), entity: { name: 'Tên Mới' } });
  });

  it('is another one under another kind of number', async () => {
    const id = await keep(company('0000000002'));
    expect(await keep({ ...company('x'), number: { scheme: 'lei', value: '0000000002' } })).not.toBe(id);
  });

  it('is one, however many tell of it at once', async () => {
    // Every connection is there from the second round on.
    for (const value of ['0000000003', '0000000004', '0000000005', '0000000006']) {
      const ids = await Promise.all(Array.from({ length: 50 }, () => keep(company(value))));
      expect(new Set(ids).size).toBe(1);
    }
  });

  it('is found again when the lookup key has changed', async () => {
    const entity = household('046165000001');
    const id = await keep(entity);
    expect(await keep(entity, { encryption: after })).toBe(id);
    expect((await get(id, after)).entity).toEqual(entity);
  });

  it('that becomes one person’s own leaves nothing in clear', async () => {
    const number = { scheme: 'fr-siren', value: '552032534' } as const;
    const id = await keep({ ...company('x'), number, name: 'LACROIX ET FILLE' });
    await keep({ ...company('x'), number, name: 'MARGAUX LACROIX', isNaturalPerson: true });
    const [row] = await database.dataSource.query('SELECT o::text AS text FROM organization o WHERE id = $1', [id]);
    expect(row.text).not.toMatch(/552032534|lacroix/i);
    expect((await get(id)).entity.name).toBe('MARGAUX LACROIX');
  });
});
