import type { Clock } from './clock.ts';

type Entry<Value> = { readonly value: Value | undefined; readonly readAtMs: number };

/**
 * Remembers what `load` answered, found or not, for at most `ttlSeconds` counted from the moment it began to read.
 * Calls for one key share one load while it is under way; a load that fails is not remembered. Found and missing keys
 * have room for `maxEntries` each, so that asking for many that don't exist pushes nothing out.
 */
export function createReadThroughCache<Value>(options: {
  readonly load: (key: string) => Promise<Value | undefined>;
  readonly clock: Clock;
  readonly ttlSeconds: number;
  readonly maxEntries: number;
}): (key: string) => Promise<Value | undefined> {
  const { load, clock, ttlSeconds, maxEntries } = options;
  const found = new Map<string, Entry<Value>>();
  const missing = new Map<string, Entry<Value>>();
  const underWay = new Map<string, { readonly readAtMs: number; readonly loading: Promise<Value | undefined> }>();

  function isFresh({ readAtMs }: { readonly readAtMs: number }, nowMs: number): boolean {
    const ageMs = nowMs - readAtMs;
    return ageMs >= 0 && ageMs < ttlSeconds * 1000;
  }

  function remember(key: string, entry: Entry<Value>): void {
    const [into, from] = entry.value === undefined ? [missing, found] : [found, missing];
    from.delete(key);
    into.delete(key);
    into.set(key, entry);
    for (const oldest of into.keys()) {
      if (into.size <= maxEntries) break;
      into.delete(oldest);
    }
  }

  async function read(key: string, readAtMs: number): Promise<Value | undefined> {
    const value = await load(key);
    remember(key, { value, readAtMs });
    return value;
  }

  return async (key) => {
    const nowMs = clock.now().getTime();
    const entry = found.get(key) ?? missing.get(key);
    if (entry && isFresh(entry, nowMs)) return entry.value;
    const shared = underWay.get(key);
    if (shared && isFresh(shared, nowMs)) return shared.loading;
    const loading = read(key, nowMs);
    const own = { readAtMs: nowMs, loading };
    underWay.set(key, own);
    try {
      return await loading;
    } finally {
      if (underWay.get(key) === own) underWay.delete(key);
    }
  };
}
