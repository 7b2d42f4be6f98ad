import { describe, expect, it } from '@jest/globals';
import { createHashingQueue } from '../../src/authenticators/hashing-queue.ts';

describe('The hashing queue', () => {
  it('never runs more at once than it says and keeps the order', async () => {
    const queue = createHashingQueue({ maxInFlight: 2, maxQueued: 100 });
    const order: number[] = [];
    let inFlight = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        queue.run(async () => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          order.push(index);
          await new Promise(setImmediate);
          inFlight -= 1;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('gives the place back when work fails', async () => {
    const queue = createHashingQueue({ maxInFlight: 1, maxQueued: 0 });
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.run(async () => 'next')).toEqual({ kind: 'done', value: 'next' });
  });

  it('does not run what it refuses', async () => {
    const queue = createHashingQueue({ maxInFlight: 1, maxQueued: 0 });
    let ran = false;
    const first = queue.run(() => new Promise<void>((resolve) => setImmediate(resolve)));
    const second = await queue.run(async () => {
      ran = true;
    });
    expect(second).toEqual({ kind: 'full' });
    expect(queue.isFull()).toBe(true);
    expect(ran).toBe(false);
    await first;
    expect(queue.isFull()).toBe(false);
  });
});
