import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type BucketKind, judgeReservation } from '../../src/authentication/throttle.ts';
import { type CountedAttempt, clearFailures, reserveAttempt } from '../../src/authentication/throttle-repository.ts';
import { testDatabase } from '../support/database.ts';

const database = await testDatabase();
afterAll(() => database.close());
const run = database.runStatement;
const start = new Date('2026-11-22T03:00:00Z');

function attemptOf(kind: BucketKind, changes: Partial<CountedAttempt> = {}): CountedAttempt {
  return { bucket: randomBytes(32), kind, identifier: randomBytes(32), source: undefined, ...changes };
}

function sourceWith(mostIdentifiers: number): NonNullable<CountedAttempt['source']> {
  return { key: randomBytes(32), mostIdentifiers };
}

/** Goes at the moment `seconds` after the start. */
async function go(attempt: CountedAttempt, seconds = 0) {
  const now = new Date(start.getTime() + seconds * 1000);
  return judgeReservation(await reserveAttempt(run, { attempt, now }), now);
}

async function times(count: number, work: () => Promise<{ readonly kind: string }>): Promise<readonly string[]> {
  return (await Promise.all(Array.from({ length: count }, work))).map(({ kind }) => kind);
}

const admitted = (kinds: readonly string[]): number => kinds.filter((kind) => kind === 'go-on').length;

describe('Fifty guesses at the same moment', () => {
  it('get five through, whoever’s turn it is', async () => {
    const attempt = attemptOf('anyone', { source: sourceWith(100) });
    expect(admitted(await times(50, () => go(attempt)))).toBe(5);
  });

  it('get one through when the wait is over', async () => {
    const attempt = attemptOf('anyone');
    await times(50, () => go(attempt));
    expect(admitted(await times(50, () => go(attempt, 1)))).toBe(1);
    expect(admitted(await times(50, () => go(attempt, 2)))).toBe(0);
    expect(admitted(await times(50, () => go(attempt, 3)))).toBe(1);
  });

  it('on a known device get no more through than are left of its hundred', async () => {
    const attempt = attemptOf('known-device');
    expect(admitted(await times(50, () => go(attempt)))).toBe(50);
    expect(admitted(await times(49, () => go(attempt)))).toBe(49);
    expect(admitted(await times(50, () => go(attempt)))).toBe(1);
    expect(await go(attempt)).toEqual({ kind: 'spent' });
  });
});

describe('Anyone’s failures in a row', () => {
  it('wait 1, 2, 4 … 900 seconds, and at a hundred the password waits for a mailed code', async () => {
    const attempt = attemptOf('anyone');
    let seconds = 0;
    const waits: number[] = [];
    for (let failures = 0; failures < 100; ) {
      const decision = await go(attempt, seconds);
      if (decision.kind === 'go-on') failures += 1;
      if (decision.kind !== 'wait') continue;
      waits.push(decision.retryAfterSeconds);
      seconds += decision.retryAfterSeconds;
    }
    expect(waits.slice(0, 12)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    expect(waits).toHaveLength(95);
    expect(await go(attempt, seconds)).toEqual({ kind: 'spent' });
    // Not looked at, so not counted: the memory of it ends by itself.
    expect(await go(attempt, seconds + 29 * 86_400)).toEqual({ kind: 'spent' });
    expect(await go(attempt, seconds + 30 * 86_400)).toEqual({ kind: 'go-on' });
  });

  it('are forgotten in a day when few, in thirty when more', async () => {
    const few = attemptOf('anyone');
    await times(5, () => go(few));
    expect(await go(few, 86_399)).toEqual({ kind: 'go-on' });
    const many = attemptOf('anyone');
    await times(5, () => go(many));
    await go(many, 1);
    expect(await go(many, 2 * 86_400)).toEqual({ kind: 'go-on' });
    expect(await go(many, 2 * 86_400 + 3)).toMatchObject({ kind: 'wait' });
  });

  it('end with a success', async () => {
    const attempt = attemptOf('anyone', { source: sourceWith(1) });
    await times(5, () => go(attempt));
    expect(await go(attempt)).toMatchObject({ kind: 'wait' });
    await database.inTransaction((tx) => clearFailures(tx, attempt));
    expect(admitted(await times(50, () => go(attempt)))).toBe(5);
  });

  it('are not told apart by whether an account exists: the key is all there is', async () => {
    const one = attemptOf('anyone');
    const another = attemptOf('anyone');
    await times(5, () => go(one));
    expect(await go(another)).toEqual({ kind: 'go-on' });
  });
});

describe('A source', () => {
  it('is limited by the identifiers that failed from it, not by how often', async () => {
    const source = sourceWith(3);
    const tried = Array.from({ length: 3 }, () => attemptOf('anyone', { source }));
    for (const attempt of tried) await times(3, () => go(attempt));
    expect(await go(attemptOf('anyone', { source }))).toEqual({ kind: 'wait', retryAfterSeconds: 3600 });
    for (const attempt of tried) expect(await go(attempt)).toEqual({ kind: 'go-on' });
    expect(await go(attemptOf('anyone', { source: sourceWith(3) }))).toEqual({ kind: 'go-on' });
  });

  it('forgets an identifier that then succeeded, and the rest in an hour', async () => {
    const source = sourceWith(1);
    const attempt = attemptOf('anyone', { source });
    await go(attempt);
    await database.inTransaction((tx) => clearFailures(tx, attempt));
    const another = attemptOf('anyone', { source });
    expect(await go(another)).toEqual({ kind: 'go-on' });
    expect(await go(attempt, 3599)).toMatchObject({ kind: 'wait', retryAfterSeconds: 1 });
    expect(await go(attempt, 3600)).toEqual({ kind: 'go-on' });
    expect(await go(another, 3600)).toMatchObject({ kind: 'wait' });
  });

  it('refused costs the identifier nothing', async () => {
    const source = sourceWith(1);
    await go(attemptOf('anyone', { source }));
    const victim = attemptOf('anyone', { source });
    expect(admitted(await times(50, () => go(victim)))).toBe(0);
    expect(admitted(await times(50, () => go({ ...victim, source: undefined })))).toBe(5);
  });

  it('at the same moment lets no more past its limit than there are connections', async () => {
    const source = sourceWith(20);
    const kinds = await times(100, () => go(attemptOf('anyone', { source })));
    expect(admitted(kinds)).toBeGreaterThanOrEqual(20);
    expect(admitted(kinds)).toBeLessThanOrEqual(20 + 10);
    expect(await go(attemptOf('anyone', { source }))).toMatchObject({ kind: 'wait' });
  });
});
