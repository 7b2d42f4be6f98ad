import { describe, expect, it } from '@jest/globals';
import { compareTimings } from '../../bench/timing-equality.ts';

/** Two paths on a clock of their own: each run takes what its list says next. */
async function compare(firstMs: readonly number[], secondMs: readonly number[]) {
  let nowMs = 0;
  const taking = (durations: readonly number[]) => {
    const left = [...durations];
    return async () => {
      nowMs += left.shift() ?? 0;
    };
  };
  const pair = { first: taking(firstMs), second: taking(secondMs) };
  return compareTimings(pair, { samples: firstMs.length, nowMs: () => nowMs });
}

const spread = Array.from({ length: 200 }, (_, index) => 20 + ((index * 7) % 100) / 10);

describe('Telling two paths apart by their time', () => {
  it('fails where both take the same, in another order', async () => {
    const comparison = await compare(spread, [...spread].reverse());
    expect(comparison).toMatchObject({ isDistinguishable: false });
    expect(Math.abs(comparison.score)).toBeLessThan(0.01);
    expect(comparison.firstMedianMs).toBeCloseTo(comparison.secondMedianMs);
  });

  it('succeeds where one hash is missing', async () => {
    const comparison = await compare(
      spread,
      spread.map((ms) => ms - 15),
    );
    expect(comparison.isDistinguishable).toBe(true);
    expect(comparison.score).toBeGreaterThan(10);
  });

  it('is not misled by a few slow answers of a busy machine', async () => {
    const withOutliers = spread.map((ms, index) => (index % 50 === 0 ? ms + 5000 : ms));
    expect(await compare(withOutliers, spread)).toMatchObject({ isDistinguishable: false });
  });
});
