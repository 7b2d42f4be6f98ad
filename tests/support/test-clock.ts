import type { Clock } from '../../src/platform/clock.ts';

/** A clock that stands still until it is told to go on. */
export function testClock(start = '2026-11-22T08:00:00Z'): Clock & { readonly passSeconds: (seconds: number) => void } {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    passSeconds: (seconds) => {
      now += seconds * 1000;
    },
  };
}
