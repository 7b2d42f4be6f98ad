import { describe, expect, it } from '@jest/globals';
import { closedLoop, joined, type LoadResult, openLoop, percentile } from '../../bench/load.ts';

describe('A load', () => {
  it('gives every flow a turn of its own, and never more at once than it has callers', async () => {
    const turns: number[] = [];
    let running = 0;
    let most = 0;
    const result = await closedLoop(
      async ({ turn }) => {
        turns.push(turn);
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
      },
      { flows: 50, concurrency: 4, firstTurn: 100 },
    );
    expect(turns).toEqual(Array.from({ length: 50 }, (_, index) => 100 + index));
    expect(most).toBe(4);
    expect(result.flows).toBe(50);
  });

  it('fails where one of its flows fails', async () => {
    const failing = closedLoop(async () => Promise.reject(new Error('refused')), { flows: 3, concurrency: 1 });
    await expect(failing).rejects.toThrow('refused');
  });

  it('arrives at its own rate, however slow the answers are', async () => {
    let arrived = 0;
    const answers: (() => void)[] = [];
    const load = openLoop(
      () => {
        arrived += 1;
        return new Promise((resolve) => answers.push(resolve));
      },
      { perSecond: 1000, seconds: 0.02 },
    );
    while (arrived < 20) await new Promise(setImmediate);
    for (const answer of answers) answer();
    expect((await load).flows).toBe(20);
  });

  it('reads percentiles from the sorted latencies', () => {
    const latencies = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(latencies, 0.5), percentile(latencies, 0.99), percentile([7], 0.99)]).toEqual([51, 100, 7]);
  });

  it('joins two rounds by their time, not by the mean of their rates', () => {
    const round = (seconds: number): LoadResult => ({
      flows: 100,
      seconds,
      perSecond: 100 / seconds,
      p50Ms: seconds,
      p95Ms: seconds,
      p99Ms: seconds,
    });
    expect(joined(round(1), round(3))).toMatchObject({ flows: 200, seconds: 4, perSecond: 50, p99Ms: 2 });
  });
});
