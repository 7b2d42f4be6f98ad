/** Two ways through the service that must not be told apart by their time: a known account and an unknown one. */
export type TimedPair = { readonly first: () => Promise<unknown>; readonly second: () => Promise<unknown> };

export type TimingComparison = {
  readonly firstMedianMs: number;
  readonly secondMedianMs: number;
  /** Standard score of the Mann–Whitney rank sum; 0 where neither tends to be slower. */
  readonly score: number;
  /** Whether a difference this size comes about by chance less than once in a thousand runs. */
  readonly isDistinguishable: boolean;
};

const onceInAThousand = 3.29;

/**
 * Runs both in turns, in random order within each turn so that drift and warm-up fall on both alike, and compares the
 * samples by rank: outliers of a busy machine weigh no more than any other sample.
 * @param samples of each; the security rules ask for 1,000
 * @param nowMs a monotonic clock
 */
export async function compareTimings(
  { first, second }: TimedPair,
  { samples, nowMs = () => performance.now() }: { readonly samples: number; readonly nowMs?: () => number },
): Promise<TimingComparison> {
  const time = async (run: () => Promise<unknown>): Promise<number> => {
    const startedAt = nowMs();
    await run();
    return nowMs() - startedAt;
  };
  const firstMs: number[] = [];
  const secondMs: number[] = [];
  for (let turn = 0; turn < samples; turn += 1) {
    if (Math.random() < 0.5) {
      firstMs.push(await time(first));
      secondMs.push(await time(second));
    } else {
      secondMs.push(await time(second));
      firstMs.push(await time(first));
    }
  }
  const score = rankScore(firstMs, secondMs);
  return {
    firstMedianMs: medianOf(firstMs),
    secondMedianMs: medianOf(secondMs),
    score,
    isDistinguishable: Math.abs(score) > onceInAThousand,
  };
}

/** Mann–Whitney U as a standard score; ties count half. Positive where the first tends to be slower. */
function rankScore(first: readonly number[], second: readonly number[]): number {
  const wins = first.reduce(
    (sum, one) => sum + second.reduce((inner, other) => inner + (one > other ? 1 : one === other ? 0.5 : 0), 0),
    0,
  );
  const pairs = first.length * second.length;
  const deviation = Math.sqrt((pairs * (first.length + second.length + 1)) / 12);
  return deviation === 0 ? 0 : (wins - pairs / 2) / deviation;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
