import { describe, expect, it } from '@jest/globals';
import { runCorpus, total } from '../../bench/match-corpus.ts';
import { seededRandom } from '../../bench/seeded-random.ts';

describe('generated namesakes', () => {
  const size = { seed: 7, impostorPairs: 20_000, representativePairs: 4_000 };
  const result = runCorpus(size);

  it('are never taken for each other', () => {
    expect(result.impostors.filter(({ accepted }) => accepted > 0)).toEqual([]);
    expect(total(result.impostors, 'pairs')).toBe(size.impostorPairs);
    expect(result.impostors.every(({ pairs }) => pairs > 100)).toBe(true);
  });

  it('are themselves, nineteen times of twenty, where the register has a number or a day', () => {
    const { representatives } = result;
    expect(total(representatives, 'accepted') / total(representatives, 'pairs')).toBeGreaterThan(0.95);
    expect(total(result.underdescribed, 'accepted')).toBe(0);
  });

  it('are the same for the same seed', () => {
    const small = { seed: 3, impostorPairs: 500, representativePairs: 100 };
    expect(runCorpus(small)).toEqual(runCorpus(small));
    expect(runCorpus(small)).not.toEqual(runCorpus({ ...small, seed: 4 }));
  });

  it('are drawn evenly', () => {
    const random = seededRandom(1);
    const draws = Array.from({ length: 20_000 }, () => random.below(10));
    for (let digit = 0; digit < 10; digit += 1) {
      expect(draws.filter((one) => one === digit).length / 2000).toBeCloseTo(1, 0);
    }
    expect(random.unit()).toBeLessThan(1);
  });
});
