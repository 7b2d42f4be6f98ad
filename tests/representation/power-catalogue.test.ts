import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPowerCatalogueRepository } from '../../src/representation/power-catalogue-repository.ts';
import { powersForm } from '../../src/representation/powers.forms.ts';
import type { Power } from '../../src/representation/powers.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { at } from '../support/mandates.ts';
import { testClock } from '../support/test-clock.ts';

let database: TestDatabase;
const clock = testClock();
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const catalogueOf = () => createPowerCatalogueRepository({ run: database.runStatement, clock });
const names = { vi: 'Nộp tờ khai', en: 'File returns', fr: 'Déclarer' };
const power = (code: string, changes: Partial<Power> = {}): Power => ({
  code,
  names,
  minAcr: 'substantial',
  critical: false,
  ...changes,
});

async function agency(): Promise<string> {
  const id = randomUUID();
  await database.dataSource.query(`INSERT INTO agency (id, key, name, created_at) VALUES ($1, $2, '{}', now())`, [
    id,
    id,
  ]);
  return id;
}

function publish(agencyId: string, ...powers: readonly Power[]) {
  return database.inTransaction((tx) => catalogueOf().publish(tx, { agencyId, powers, at }));
}

describe('an agency', () => {
  it('publishes powers, and changes what it published', async () => {
    const tax = await agency();
    await publish(tax, power('tax:file'), power('tax:close', { critical: true, minAcr: 'high' }));
    await publish(tax, power('tax:file', { minAcr: 'high' }));
    const catalogue = await catalogueOf().catalogue();
    expect([catalogue.get('tax:file')?.minAcr, catalogue.get('tax:close')?.critical]).toEqual(['high', true]);
    expect(await catalogueOf().namespacesOf(tax)).toEqual(['tax']);
  });

  it('has its namespaces to itself, for ever', async () => {
    const [health, other] = [await agency(), await agency()];
    await publish(health, power('health:read'));
    await database.inTransaction((tx) => catalogueOf().withdraw(tx, { agencyId: health, codes: ['health:read'], at }));
    const refusal = { kind: 'namespaces-taken', namespaces: ['health'] };
    expect(await publish(other, power('free:one'), power('health:write'))).toEqual(refusal);
    expect(await catalogueOf().namespacesOf(other)).toEqual([]);
    expect((await catalogueOf().catalogue()).has('free:one')).toBe(false);
    // Whatever the code forgets, the database doesn't take it.
    const insert = `INSERT INTO power (code, agency_id, names, min_acr, critical, published_at)
      VALUES ('health:x', $1, '{}', 'low', false, now())`;
    await expect(database.dataSource.query(insert, [other])).rejects.toThrow('power_in_own_namespace');
  });

  it('gets a namespace alone, however many claim it at once', async () => {
    const agencies = await Promise.all(Array.from({ length: 20 }, agency));
    const outcomes = await Promise.all(agencies.map((id, index) => publish(id, power(`race:p${index}`))));
    expect(outcomes.filter(({ kind }) => kind === 'published')).toHaveLength(1);
    const rows = await database.dataSource.query(`SELECT code FROM power WHERE namespace = 'race'`);
    expect(rows).toHaveLength(1);
  });

  it('withdraws its own powers, not another’s', async () => {
    const [land, other] = [await agency(), await agency()];
    await publish(land, power('land:read'), power('land:sell'));
    const withdraw = (agencyId: string) =>
      database.inTransaction((tx) => catalogueOf().withdraw(tx, { agencyId, codes: ['land:sell'], at }));
    expect(await withdraw(other)).toEqual([]);
    expect(await withdraw(land)).toEqual(['land:sell']);
    const catalogue = await catalogueOf().catalogue();
    expect([catalogue.has('land:read'), catalogue.has('land:sell')]).toEqual([true, false]);
    await publish(land, power('land:sell'));
    expect((await catalogueOf().catalogue()).has('land:sell')).toBe(true);
  });

  it('publishes nothing where a code can’t be one', async () => {
    const codes = { kind: 'codes-refused', codes: ['*'] };
    expect(await publish(await agency(), power('odd:fine'), power('*'))).toEqual(codes);
    expect((await catalogueOf().catalogue()).has('odd:fine')).toBe(false);
  });

  it('is believed for some seconds without asking', async () => {
    const repository = catalogueOf();
    const before = (await repository.catalogue()).size;
    await publish(await agency(), power('later:one'));
    expect((await repository.catalogue()).size).toBe(before);
    clock.passSeconds(5);
    expect((await repository.catalogue()).size).toBe(before + 1);
  });
});

describe('the file of an agency', () => {
  it('asks for substantial where it says nothing', () => {
    expect(powersForm.parse([{ code: 'tax:file', names }])).toEqual([power('tax:file')]);
  });

  it.each([
    [{ code: '*', names }],
    [{ code: 'tax:file', names: { vi: 'a', en: 'b' } }],
    [{ code: 'tax:file', names: { ...names, en: 'a\u202eb' } }],
    [{ code: 'tax:file', names, min_acr: 'none' }],
    [{ code: 'tax:file', names, more: 1 }],
  ])('refuses %j', (one) => {
    expect(powersForm.safeParse([one]).success).toBe(false);
  });
});
