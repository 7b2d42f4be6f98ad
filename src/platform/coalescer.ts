/** Runs one statement for many calls. @returns one result per call, in the order of the calls. */
export type BatchRunner<Call, Result> = (calls: readonly Call[]) => Promise<readonly Result[]>;

type Waiting<Call, Result> = {
  readonly call: Call;
  readonly resolve: (result: Result) => void;
  readonly reject: (fault: unknown) => void;
};

/**
 * Calls of the same moment share one statement: one batch is out at a time, later calls gather meanwhile. There is no
 * waiting for company, so a lone caller leaves at once. A batch that is not answered after `lateAfterMs` (it may wait for
 * a lock, or its connection be dead) is overtaken, until `maxInFlight` are out. A batch that fails is retried call by
 * call, so that one bad call doesn't fail its neighbours; a call must therefore be safe to repeat.
 */
export function createCoalescer<Call, Result>(options: {
  readonly run: BatchRunner<Call, Result>;
  readonly maxInFlight?: number;
  readonly lateAfterMs?: number;
  readonly maxBatch?: number;
}): (call: Call) => Promise<Result> {
  const { run, maxInFlight = 4, lateAfterMs = 50, maxBatch = 256 } = options;
  let waiting: Waiting<Call, Result>[] = [];
  let inFlight = 0;
  let late = 0;
  let flushing = false;

  const mayLeave = (): boolean => inFlight === late && inFlight < maxInFlight;

  function settle(batch: readonly Waiting<Call, Result>[], results: readonly Result[]): void {
    for (const [index, { resolve, reject }] of batch.entries()) {
      const result = results[index];
      if (result === undefined && index >= results.length)
        reject(new Error('a batch answered fewer calls than it was given'));
      else resolve(result as Result);
    }
  }

  async function runAlone(one: Waiting<Call, Result>): Promise<void> {
    try {
      settle([one], await run([one.call]));
    } catch (fault) {
      one.reject(fault);
    }
  }

  async function send(batch: readonly Waiting<Call, Result>[]): Promise<void> {
    try {
      settle(batch, await run(batch.map(({ call }) => call)));
    } catch (fault) {
      if (batch.length === 1) batch[0]?.reject(fault);
      else for (const one of batch) await runAlone(one);
    }
  }

  async function leave(batch: readonly Waiting<Call, Result>[]): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      late += 1;
      flush();
    }, lateAfterMs);
    inFlight += 1;
    await send(batch);
    clearTimeout(timer);
    inFlight -= 1;
    if (isLate) late -= 1;
    flush();
  }

  function flush(): void {
    flushing = false;
    while (waiting.length > 0 && mayLeave()) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      void leave(batch);
    }
  }

  return (call) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ call, resolve, reject });
      // Once every request that has arrived was read, so that calls made in the same turn of the loop leave together.
      if (!flushing && mayLeave()) {
        flushing = true;
        setImmediate(flush);
      }
    });
}
