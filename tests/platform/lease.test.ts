import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLease, createLeaseTable } from '../../src/platform/lease.ts';
import { testDatabase } from '../support/database.ts';

const database = await testDatabase('empty');
const { manager } = database.dataSource;
beforeAll(() => manager.query(createLeaseTable));
afterAll(() => database.close());

describe('a lease', () => {
  it('has one holder, who may extend it', async () => {
    const mine = createLease({ name: 'expiry', ttlSeconds: 60 });
    const theirs = createLease({ name: 'expiry', ttlSeconds: 60 });
    expect([await mine.hold(manager), await theirs.hold(manager), await mine.hold(manager)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('is one among many', async () => {
    const other = createLease({ name: 'another', ttlSeconds: 60 });
    expect(await other.hold(manager)).toBe(true);
  });

  it('goes to one of many who ask at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => createLease({ name: 'crowd', ttlSeconds: 60 }).hold(manager)),
    );
    expect(answers.filter((held) => held)).toHaveLength(1);
  });

  it('passes on when it is released, by its holder only', async () => {
    const mine = createLease({ name: 'passed on', ttlSeconds: 60 });
    const theirs = createLease({ name: 'passed on', ttlSeconds: 60 });
    await mine.hold(manager);
    await theirs.release(manager);
    expect(await theirs.hold(manager)).toBe(false);
    await mine.release(manager);
    expect(await theirs.hold(manager)).toBe(true);
  });

  it('passes on when it expires, and its former holder learns it', async () => {
    const dead = createLease({ name: 'expired', ttlSeconds: 0.1 });
    const next = createLease({ name: 'expired', ttlSeconds: 60 });
    await dead.hold(manager);
    await delay(150);
    expect([await next.hold(manager), await dead.hold(manager)]).toEqual([true, false]);
  });

  it('stays with its holder for the length of a transaction, even past its expiry', async () => {
    const slow = createLease({ name: 'slow', ttlSeconds: 0.1 });
    const next = createLease({ name: 'slow', ttlSeconds: 60 });
    let asked: Promise<boolean> = Promise.resolve(false);
    let taken = false;
    await database.inTransaction(async (tx) => {
      await slow.hold(tx);
      asked = next.hold(manager).then((held) => {
        taken = held;
        return held;
      });
      await delay(300);
      expect(taken).toBe(false);
    });
    expect(await asked).toBe(true);
  });
});
