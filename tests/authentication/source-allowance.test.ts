import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSourceAllowance, requestsPerSource } from '../../src/authentication/source-allowance.ts';
import { createTakeAllowance } from '../../src/authentication/take-allowance.ts';
import { createThrottleKeys } from '../../src/authentication/throttle.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { testClock } from '../support/test-clock.ts';

let database: TestDatabase;
const clock = testClock();

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const allowance = () =>
  createSourceAllowance({
    take: createTakeAllowance({ run: database.runStatement, clock }),
    throttleKeys: createThrottleKeys(new Uint8Array(32).fill(3)),
  });

async function goingOn(allow: ReturnType<typeof allowance>, ips: readonly string[]): Promise<number> {
  const decisions = await Promise.all(ips.map((ip) => allow({ ip })));
  return decisions.filter(({ kind }) => kind === 'go-on').length;
}

describe('requests for mailed codes from one source', () => {
  it('are as many as the limit says, also at the same moment, and again after the hour', async () => {
    const allow = allowance();
    const ips = Array.from({ length: requestsPerSource.ipv4 + 50 }, () => '198.51.100.7');
    expect(await goingOn(allow, ips)).toBe(requestsPerSource.ipv4);
    expect(await allow({ ip: '198.51.100.7' })).toEqual({ kind: 'throttled', retryAfterSeconds: 3600 });
    expect(await allow({ ip: '198.51.100.8' })).toEqual({ kind: 'go-on' });
    clock.passSeconds(3_600);
    expect(await allow({ ip: '198.51.100.7' })).toEqual({ kind: 'go-on' });
  });

  it('count together for a whole /64 of IPv6', async () => {
    const allow = allowance();
    const ips = Array.from({ length: requestsPerSource.ipv6 + 5 }, (_, index) => `2001:db8:1:1::${index + 1}`);
    expect(await goingOn(allow, ips)).toBe(requestsPerSource.ipv6);
    expect(await allow({ ip: '2001:db8:1:2::1' })).toEqual({ kind: 'go-on' });
  });

  it('leave one row for a source, which tells nothing of it', async () => {
    const rows = await database.dataSource.query('SELECT count(*)::int AS n FROM throttle_bucket');
    expect(rows[0].n).toBe(4);
  });
});
