import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { removeExpired } from '../../src/authentication/expiry-repository.ts';
import { reserveAttempt } from '../../src/authentication/throttle-repository.ts';
import { testDatabase } from '../support/database.ts';

const database = await testDatabase();
afterAll(() => database.close());
const now = new Date('2026-11-22T03:00:00Z');

describe('Expiry', () => {
  it('removes in batches what is past its time, and nothing else', async () => {
    const source = { key: randomBytes(32), mostIdentifiers: 100 };
    for (let index = 0; index < 5; index += 1) {
      const attempt = { bucket: randomBytes(32), kind: 'anyone', identifier: randomBytes(32), source } as const;
      await reserveAttempt(database.runStatement, { attempt, now });
    }
    const expire = (hours: number) =>
      removeExpired(database.dataSource.manager, { now: new Date(now.getTime() + hours * 3_600_000), batch: 3 });
    expect(await expire(0)).toMatchObject({ throttle_bucket: 0, throttle_source_failure: 0 });
    expect(await expire(1)).toMatchObject({ throttle_bucket: 0, throttle_source_failure: 3 });
    expect(await expire(24)).toMatchObject({ throttle_bucket: 3, throttle_source_failure: 2 });
    expect(await expire(24)).toMatchObject({ throttle_bucket: 2, throttle_source_failure: 0, mail_allowance: 0 });
  });
});
