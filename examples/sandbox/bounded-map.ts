/** A map that forgets what it was told first, so that no visitor can fill the memory. */
export function createBoundedMap<Value>(limit: number) {
  const entries = new Map<string, Value>();
  return {
    get: (key: string): Value | undefined => entries.get(key),
    set(key: string, value: Value): void {
      entries.delete(key);
      entries.set(key, value);
      const [oldest] = entries.keys();
      if (entries.size > limit && oldest !== undefined) entries.delete(oldest);
    },
    delete: (key: string): void => void entries.delete(key),
    entries: (): IterableIterator<[string, Value]> => entries.entries(),
  };
}
