import type { Clock } from '../platform/clock.ts';

/** When the next request may leave. */
export type Pace = {
  /** Takes the next place. @returns milliseconds until it; undefined, and none taken, where that is too long */
  readonly take: (mostMs: number) => number | undefined;
  /** Nobody leaves for so long: the register asked for it. */
  readonly rest: (seconds: number) => void;
};

/** Never more than `perSecond` requests in any second; below one a second, one in as many seconds as it takes. */
export function createPace({ perSecond, clock }: { readonly perSecond: number; readonly clock: Clock }): Pace {
  const burst = Math.max(1, Math.floor(perSecond));
  const windowMs = (burst * 1000) / perSecond;
  let leavingAtMs: readonly number[] = [];
  let restingUntilMs = 0;

  return {
    take: (mostMs) => {
      const nowMs = clock.now().getTime();
      const [oldest] = leavingAtMs.length < burst ? [] : leavingAtMs;
      const atMs = Math.max(nowMs, restingUntilMs, oldest === undefined ? 0 : oldest + windowMs);
      if (atMs - nowMs > mostMs) return undefined;
      leavingAtMs = [...leavingAtMs, atMs].slice(-burst);
      return atMs - nowMs;
    },
    rest: (seconds) => {
      restingUntilMs = Math.max(restingUntilMs, clock.now().getTime() + seconds * 1000);
    },
  };
}
