export type HashingQueueLimits = {
  /** How many run at once. libuv has four threads and signatures need some of them. */
  readonly maxInFlight: number;
  /** How many may wait. One more is told to come back. */
  readonly maxQueued: number;
};

export type Admission<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'full' };

/** Runs `work` as soon as it is its turn. Rejects with what `work` rejects with. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export type HashingQueue = {
  /**
   * Takes a place at once and holds it while `use` runs, which waits for its turn when it comes to hashing; or answers
   * `full` without running it. Who has a place is never refused later, so nothing done before the hash is in vain.
   */
  readonly withPlace: <T>(use: (inTurn: InTurn) => Promise<T>) => Promise<Admission<T>>;
  /** Whether `withPlace` would refuse at this moment. */
  readonly isFull: () => boolean;
};

/** First come, first served, and never longer than it says: a flood is refused early instead of slowing everybody. */
export function createHashingQueue({ maxInFlight, maxQueued }: HashingQueueLimits): HashingQueue {
  const waiting: (() => void)[] = [];
  let places = 0;
  let inFlight = 0;

  const isFull = (): boolean => places >= maxInFlight + maxQueued;

  function endTurn(): void {
    const next = waiting.shift();
    // The turn is handed over, not given up, so that nobody slips in between.
    if (next) next();
    else inFlight -= 1;
  }

  const inTurn: InTurn = async (work) => {
    if (inFlight < maxInFlight) inFlight += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      endTurn();
    }
  };

  async function withPlace<T>(use: (inTurn: InTurn) => Promise<T>): Promise<Admission<T>> {
    if (isFull()) return { kind: 'full' };
    places += 1;
    try {
      return { kind: 'done', value: await use(inTurn) };
    } finally {
      places -= 1;
    }
  }

  return { withPlace, isFull };
}
