/** What a load showed. Rates are of whole flows, which may be several requests. */
export type LoadResult = {
  readonly flows: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
};

/** One flow from its first request to its last answer. `turn` counts up over the whole load, so no two get the same. */
export type RunFlow = (place: { readonly worker: number; readonly turn: number }) => Promise<void>;

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function summarize(latenciesMs: readonly number[], seconds: number): LoadResult {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  return {
    flows: sorted.length,
    seconds,
    perSecond: sorted.length / seconds,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
  };
}

/** `concurrency` callers, each with its next flow as soon as the last one is answered. */
export async function closedLoop(
  run: RunFlow,
  {
    flows,
    concurrency,
    firstTurn = 0,
  }: { readonly flows: number; readonly concurrency: number; readonly firstTurn?: number },
): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let next = firstTurn;
  const startedAt = performance.now();
  const worker = async (_: unknown, index: number): Promise<void> => {
    while (next < firstTurn + flows) {
      const turn = next;
      next += 1;
      const sentAt = performance.now();
      await run({ worker: index, turn });
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return summarize(latenciesMs, (performance.now() - startedAt) / 1000);
}

/** One flow every so often, whether the last one is answered or not: how strangers arrive. */
export async function openLoop(
  run: RunFlow,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const running: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let turn = 0; turn < perSecond * seconds; turn += 1) {
    const dueAt = startedAt + (turn * 1000) / perSecond;
    const waitMs = dueAt - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    // Counted from when it was due: a sender that lags hides nothing.
    running.push(run({ worker: 0, turn }).then(() => void latenciesMs.push(performance.now() - dueAt)));
  }
  await Promise.all(running);
  return summarize(latenciesMs, (performance.now() - startedAt) / 1000);
}

/** Two loads of the same flow, measured apart, as one. */
export function joined(one: LoadResult, other: LoadResult): LoadResult {
  const flows = one.flows + other.flows;
  const seconds = one.seconds + other.seconds;
  const mean = (a: number, b: number): number => (a * one.flows + b * other.flows) / flows;
  return {
    flows,
    seconds,
    perSecond: flows / seconds,
    p50Ms: mean(one.p50Ms, other.p50Ms),
    p95Ms: mean(one.p95Ms, other.p95Ms),
    p99Ms: mean(one.p99Ms, other.p99Ms),
  };
}
