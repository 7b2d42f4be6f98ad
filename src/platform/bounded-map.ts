type BoundedMap<Key, Value> = {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
};

/** A map of at most so many entries: one more, and whichever was put there first makes room. */
export function createBoundedMap<Key, Value>({ maxEntries }: { readonly maxEntries: number }): BoundedMap<Key, Value> {
  const entries = new Map<Key, Value>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      const [first] = entries.keys();
      if (first !== undefined && entries.size >= maxEntries && !entries.has(key)) entries.delete(first);
      entries.set(key, value);
    },
  };
}
