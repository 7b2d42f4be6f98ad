import { expect, it } from '@jest/globals';
import { createBoundedMap } from '../../src/platform/bounded-map.ts';

it('holds so many entries, of which the first makes room for one more', () => {
  const map = createBoundedMap<string, number>({ maxEntries: 2 });
  map.set('a', 1);
  map.set('b', 2);
  map.set('b', 3);
  expect([map.get('a'), map.get('b')]).toEqual([1, 3]);
  map.set('c', 4);
  expect(['a', 'b', 'c'].map(map.get)).toEqual([undefined, 3, 4]);
});
