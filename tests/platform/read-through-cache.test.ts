import { describe, expect, it } from '@jest/globals';
import { createReadThroughCache } from '../../src/platform/read-through-cache.ts';

/** A store that counts how often it is read, and a clock that stands still until it is moved. */
function fixture(options: { readonly maxEntries?: number } = {}) {
  const stored = new Map<string, string>();
  const reads: string[] = [];
  let nowMs = Date.UTC(2026, 10, 22);
  const hold: { release: () => void; until: Promise<void> }[] = [];
  const find = createReadThroughCache<string>({
    clock: { now: () => new Date(nowMs) },
    ttlSeconds: 5,
    maxEntries: options.maxEntries ?? 10,
    load: async (key) => {
      reads.push(key);
      const value = stored.get(key);
      await hold.shift()?.until;
      if (value === 'fault') throw new Error('fault');
      return value;
    },
  });
  return {
    stored,
    reads,
    find,
    pass: (seconds: number) => {
      nowMs += seconds * 1000;
    },
    holdNextRead: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold.push({ release: resolve, until: promise });
      return resolve;
    },
  };
}

describe('the read-through cache', () => {
  it('reads once within its time, and again after it', async () => {
    const { stored, reads, find, pass } = fixture();
    stored.set('a', 'one');
    expect(await find('a')).toBe('one');
    stored.set('a', 'two');
    pass(4.9);
    expect(await find('a')).toBe('one');
    pass(0.1);
    expect(await find('a')).toBe('two');
    expect(reads).toHaveLength(2);
  });

  it('remembers that there is nothing, for no longer', async () => {
    const { stored, reads, find, pass } = fixture();
    expect(await find('a')).toBeUndefined();
    expect(await find('a')).toBeUndefined();
    expect(reads).toHaveLength(1);
    stored.set('a', 'one');
    pass(5);
    expect(await find('a')).toBe('one');
  });

  it('counts from the moment the read began', async () => {
    const { stored, find, pass, holdNextRead } = fixture();
    stored.set('a', 'one');
    const release = holdNextRead();
    const slow = find('a');
    pass(4);
    release();
    expect(await slow).toBe('one');
    stored.delete('a');
    pass(1);
    expect(await find('a')).toBeUndefined();
  });

  it('shares one read among calls of the same moment', async () => {
    const { stored, reads, find } = fixture();
    stored.set('a', 'one');
    expect(await Promise.all([find('a'), find('a'), find('a')])).toEqual(['one', 'one', 'one']);
    expect(reads).toHaveLength(1);
  });

  it('neither waits for a read that began too long ago nor believes it', async () => {
    const { stored, find, pass, holdNextRead } = fixture();
    stored.set('a', 'one');
    const release = holdNextRead();
    const stuck = find('a');
    stored.delete('a');
    pass(5);
    expect(await find('a')).toBeUndefined();
    release();
    await stuck;
    expect(await find('a')).toBeUndefined();
  });

  it('forgets a fault', async () => {
    const { stored, find } = fixture();
    stored.set('a', 'fault');
    await expect(find('a')).rejects.toThrow('fault');
    stored.set('a', 'one');
    expect(await find('a')).toBe('one');
  });

  it('does not let keys that are missing push out those that are found', async () => {
    const { stored, reads, find } = fixture({ maxEntries: 2 });
    stored.set('a', 'one');
    await find('a');
    for (const key of ['x', 'y', 'z']) await find(key);
    await find('a');
    await find('x');
    expect(reads).toEqual(['a', 'x', 'y', 'z', 'x']);
  });

  it('trusts nothing after the clock went back', async () => {
    const { stored, find, pass } = fixture();
    stored.set('a', 'one');
    await find('a');
    stored.delete('a');
    pass(-60);
    expect(await find('a')).toBeUndefined();
  });
});
