/** The time of this test file's whole process: the engine reads it itself, so no clock at our edges would move it. */
export type MovableTime = {
  readonly seconds: () => number;
  /** Only ever forward: what is stored stays in the past. */
  readonly pass: (seconds: number) => void;
  /** From now on only what is told to pass does. */
  readonly stop: () => void;
  readonly restore: () => void;
};

/** `Date` of this test file, ours and every library's, ahead of the real one by what has passed. */
export function movableTime(): MovableTime {
  const RealDate = globalThis.Date;
  let aheadMs = 0;
  let stoppedMs: number | undefined;
  const now = (): number => (stoppedMs ?? RealDate.now()) + aheadMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values) =>
      values.length === 0 ? new target(now()) : Reflect.construct(target, values, target),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  return {
    seconds: () => Math.floor(now() / 1000),
    pass: (seconds) => {
      aheadMs += seconds * 1000;
    },
    stop: () => {
      stoppedMs = RealDate.now();
    },
    restore: () => {
      globalThis.Date = RealDate;
    },
  };
}
