import { describe, expect, it } from '@jest/globals';
import { createHashingQueue, type HashingQueue } from '../../src/authenticators/hashing-queue.ts';

const atOnce = <T>({ withPlace }: HashingQueue, work: () => Promise<T>) => withPlace((inTurn) => inTurn(work));
const nextTick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('The hashing queue', () => {
  it('never runs more at once than it says and keeps the order', async () => {
    const queue = createHashingQueue({ maxInFlight: 2, maxQueued: 100 });
    const order: number[] = [];
    let inFlight = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        atOnce(queue, async () => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          order.push(index);
          await nextTick();
          inFlight -= 1;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('gives turn and place back when work fails, or never comes to its turn', async () => {
    const queue = createHashingQueue({ maxInFlight: 1, maxQueued: 0 });
    await expect(atOnce(queue, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(queue.withPlace(() => Promise.reject(new Error('before its turn')))).rejects.toThrow('before');
    expect(await atOnce(queue, async () => 'next')).toEqual({ kind: 'done', value: 'next' });
  });

  it('does not run what it refuses', async () => {
    const queue = createHashingQueue({ maxInFlight: 1, maxQueued: 0 });
    let ran = false;
    const first = atOnce(queue, nextTick);
    const second = await queue.withPlace(async () => {
      ran = true;
    });
    expect(second).toEqual({ kind: 'full' });
    expect(queue.isFull()).toBe(true);
    expect(ran).toBe(false);
    await first;
    expect(queue.isFull()).toBe(false);
  });

  it('keeps room for whom it let in, however long they take to come to their turn', async () => {
    const queue = createHashingQueue({ maxInFlight: 1, maxQueued: 1 });
    const preparing = Array.from({ length: 2 }, () =>
      queue.withPlace(async (inTurn) => {
        await nextTick();
        return inTurn(async () => 'hashed');
      }),
    );
    expect(await atOnce(queue, async () => 'overtaken')).toEqual({ kind: 'full' });
    expect(await Promise.all(preparing)).toEqual([
      { kind: 'done', value: 'hashed' },
      { kind: 'done', value: 'hashed' },
    ]);
  });
});
