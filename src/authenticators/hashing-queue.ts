export type HashingQueueLimits = {
  /** How many run at once. libuv has four threads and signatures need some of them. */
  readonly maxInFlight: number;
  /** How many may wait. One more is told to come back. */
  readonly maxQueued: number;
};

export type Admission<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'full' };

export type HashingQueue = {
  /** Runs `work` in its turn, or answers `full` at once without running it. Rejects with what `work` rejects with. */
  readonly run: <T>(work: () => Promise<T>) => Promise<Admission<T>>;
  /** Whether `run` would refuse at this moment. */
  readonly isFull: () => boolean;
};

/** First come, first served, and never longer than it says: a flood is refused early instead of slowing everybody. */
export function createHashingQueue({ maxInFlight, maxQueued }: HashingQueueLimits): HashingQueue {
  const waiting: (() => void)[] = [];
  let inFlight = 0;

  const isFull = (): boolean => inFlight >= maxInFlight && waiting.length >= maxQueued;

  function leave(): void {
    const next = waiting.shift();
    // The place is handed over, not freed, so that nobody slips in between.
    if (next) next();
    else inFlight -= 1;
  }

  async function run<T>(work: () => Promise<T>): Promise<Admission<T>> {
    if (isFull()) return { kind: 'full' };
    if (inFlight < maxInFlight) inFlight += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return { kind: 'done', value: await work() };
    } finally {
      leave();
    }
  }

  return { run, isFull };
}
