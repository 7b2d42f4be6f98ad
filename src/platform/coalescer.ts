/** Runs one statement for many calls. @returns one result per call, in the order of the calls. */
export type BatchRunner<Call, Result> = (calls: readonly Call[]) => Promise<readonly Result[]>;

type Waiting<Call, Result> = {
  readonly call: Call;
  readonly resolve: (result: Result) => void;
  readonly reject: (fault: unknown) => void;
};

/**
 * Calls of the same moment share one statement: a batch leaves while fewer than `maxInFlight` are out, later calls
 * gather meanwhile. There is no timer, so a lone caller waits for nobody. A batch that fails is retried call by call,
 * so that one bad call doesn't fail its neighbours; a call must therefore be safe to repeat.
 */
export function createCoalescer<Call, Result>(options: {
  readonly run: BatchRunner<Call, Result>;
  readonly maxInFlight?: number;
  readonly maxBatch?: number;
}): (call: Call) => Promise<Result> {
  const { run, maxInFlight = 2, maxBatch = 256 } = options;
  let waiting: Waiting<Call, Result>[] = [];
  let inFlight = 0;
  let flushing = false;

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

  function flush(): void {
    flushing = false;
    while (waiting.length > 0 && inFlight < maxInFlight) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      inFlight += 1;
      void send(batch).finally(() => {
        inFlight -= 1;
        flush();
      });
    }
  }

  return (call) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ call, resolve, reject });
      // A microtask later, so that calls made in the same turn leave together.
      if (!flushing && inFlight < maxInFlight) {
        flushing = true;
        queueMicrotask(flush);
      }
    });
}
