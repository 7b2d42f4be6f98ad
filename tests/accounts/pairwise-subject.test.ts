import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SubjectRef } from '../../src/accounts/account.ts';
import { createPairwiseSubjects } from '../../src/accounts/pairwise-subject.ts';
import { newSecretToken } from '../../src/platform/secret-token.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { newSector } from '../support/sectors.ts';

const at = new Date('2026-11-22T08:00:00Z');
const subjectKey = { id: 'subject-1', key: randomBytes(32) };
const newRef = () => newSecretToken() as SubjectRef;
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const subjects = (key = subjectKey) => createPairwiseSubjects({ subjectKey: key, run: database.runStatement });

async function storedSubs(subjectRef: SubjectRef) {
  const rows = await database.dataSource.query('SELECT sub FROM pairwise_subject WHERE subject_ref = $1', [subjectRef]);
  return rows.map(({ sub }: { readonly sub: string }) => sub);
}

describe('OIDC Core §8.1: a subject by sector', () => {
  it('is the same every time in one sector and another in the next', async () => {
    const { subjectOf } = subjects();
    const [tax, health] = [await newSector(database.dataSource), await newSector(database.dataSource)];
    const subjectRef = newRef();
    const first = await subjectOf({ sectorId: tax.id, subjectRef, at });
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(await subjectOf({ sectorId: tax.id, subjectRef, at })).toBe(first);
    expect(await subjectOf({ sectorId: health.id, subjectRef, at })).not.toBe(first);
  });

  it('is one, stored once, when fifty first releases meet', async () => {
    const { id: sectorId } = await newSector(database.dataSource);
    const subjectRef = newRef();
    const released = await Promise.all(
      Array.from({ length: 50 }, () =>
        subjects({ id: 'any', key: randomBytes(32) }).subjectOf({ sectorId, subjectRef, at }),
      ),
    );
    expect(new Set(released).size).toBe(1);
    expect(await storedSubs(subjectRef)).toEqual([released[0]]);
  });

  it('is no fault when first releases meet under one key, hundreds of times', async () => {
    const { id: sectorId } = await newSector(database.dataSource);
    for (let round = 0; round < 300; round += 1) {
      const subjectRef = newRef();
      const release = () => subjects().subjectOf({ sectorId, subjectRef, at });
      const released = await Promise.all(Array.from({ length: 6 }, release));
      expect(new Set(released).size).toBe(1);
    }
  });

  it('stays what was imported', async () => {
    const { id: sectorId } = await newSector(database.dataSource);
    const subjectRef = newRef();
    await database.dataSource.query('INSERT INTO pairwise_subject VALUES ($1, $2, $3, NULL, now())', [
      sectorId,
      subjectRef,
      'user-4711',
    ]);
    const { subjectOf } = subjects();
    expect(await subjectOf({ sectorId, subjectRef, at })).toBe('user-4711');
  });

  it('is each one’s own where many are asked for in one moment', async () => {
    const [tax, health] = [await newSector(database.dataSource), await newSector(database.dataSource)];
    const people = Array.from({ length: 40 }, newRef);
    const asked = people.flatMap((subjectRef) => [tax, health].map(({ id }) => ({ sectorId: id, subjectRef, at })));
    const together = subjects();
    const released = await Promise.all([...asked, ...asked].map(together.subjectOf));
    expect(new Set(released).size).toBe(asked.length);
    const later = subjects();
    expect(await Promise.all(asked.map(later.subjectOf))).toEqual(released.slice(0, asked.length));
    expect(released.slice(asked.length)).toEqual(released.slice(0, asked.length));
    expect(await storedSubs(people[0] as SubjectRef)).toHaveLength(2);
  });
});
