import type { RequestListener } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { createPace } from '../../src/registries/pace.ts';
import { recherche, rechercheCompany } from '../support/register-samples.ts';
import { answersJson, registerWorld } from '../support/register-world.ts';
import { testClock } from '../support/test-clock.ts';

const sample = {
  settings: { type: 'fr-recherche-entreprises' },
  number: { scheme: 'fr-siren', value: '302474648' },
  found: recherche(rechercheCompany()),
} as const;
const world = (requestsPerSecond: number = 1000) =>
  registerWorld({ ...sample, settings: { ...sample.settings, requests_per_second: requestsPerSecond } });
type World = Awaited<ReturnType<typeof world>>;

const ask = async ({ register }: World): Promise<string> => (await register.findLegalEntity(sample.number)).kind;
const hangsUp: RequestListener = (request) => void request.socket.destroy();
const tooMany = (retryAfter?: string): RequestListener =>
  answersJson({}, 429, retryAfter === undefined ? {} : { 'retry-after': retryAfter });

describe('the pace of a register', () => {
  it.each([
    [7, 1000],
    [1, 1000],
    [0.5, 2000],
  ])('%d a second is never exceeded, in any window', (perSecond, windowMs) => {
    const clock = testClock();
    const pace = createPace({ perSecond, clock });
    const leaving = Array.from({ length: 30 }, (_, index) => {
      clock.passSeconds(index % 5 === 0 ? 0.13 : 0);
      return clock.now().getTime() + (pace.take(600_000) ?? Number.NaN);
    });
    const most = Math.max(...leaving.map((at) => leaving.filter((one) => one >= at && one < at + windowMs).length));
    expect(most).toBe(Math.max(1, perSecond));
  });

  it('takes no place that is too far away', () => {
    const pace = createPace({ perSecond: 1, clock: testClock() });
    expect([pace.take(500), pace.take(500), pace.take(1000), pace.take(1500)]).toEqual([0, undefined, 1000, undefined]);
  });

  it('keeps a question waiting that can still be answered in time, and no other', async () => {
    await using busy = await world(0.5);
    expect([await ask(busy), await ask(busy)]).toEqual(['found', 'found']);
    expect(busy.waits).toEqual([2000]);
    await using slower = await world(0.25);
    expect([await ask(slower), await ask(slower)]).toEqual(['found', 'unavailable']);
    expect(slower.questions).toHaveLength(1);
  });
});

describe('RFC 6585 §4, RFC 9110 §10.2.3: a register that asks for a pause', () => {
  it.each([
    ['30', 30],
    ['Sun, 22 Nov 2026 08:00:45 GMT', 45],
    [undefined, 10],
    ['soon', 10],
    ['999999999', 900],
    ['-5', 1],
  ])('Retry-After %s is kept', async (retryAfter, seconds) => {
    await using asking = await world();
    asking.answerWith(tooMany(retryAfter));
    expect(await ask(asking)).toBe('unavailable');
    asking.answerWith(answersJson(sample.found));
    // A request that may leave within its deadline waits for that.
    asking.clock.passSeconds(Math.max(0, seconds - 5));
    if (seconds > 5) expect(await ask(asking)).toBe('unavailable');
    expect(asking.questions).toHaveLength(1);
    asking.clock.passSeconds(5);
    expect(await ask(asking)).toBe('found');
  });
});

describe('the circuit breaker of a register', () => {
  it('opens after three failures in a row, and closes after one good answer', async () => {
    await using down = await world();
    down.answerWith(hangsUp);
    for (let asked = 0; asked < 5; asked += 1) expect(await ask(down)).toBe('unavailable');
    expect(down.questions).toHaveLength(3);
    down.clock.passSeconds(10);
    expect(await ask(down)).toBe('unavailable');
    expect(down.questions).toHaveLength(4);
    down.answerWith(answersJson(sample.found));
    down.clock.passSeconds(9);
    expect(await ask(down)).toBe('unavailable');
    down.clock.passSeconds(1);
    const [first, ...others] = await Promise.all([ask(down), ask(down), ask(down)]);
    expect([first, ...others]).toEqual(['found', 'unavailable', 'unavailable']);
    expect(await ask(down)).toBe('found');
    const told = down.written.map((line) => JSON.parse(line).msg);
    expect(told).toEqual(['A register is down', 'A register answers again']);
  });

  it('stays closed for what one question brings: too long, not understood, somebody else', async () => {
    await using odd = await world();
    for (const listener of [answersJson({}), answersJson({ x: 'x'.repeat(3_000_000) }), answersJson({}, 400)]) {
      odd.answerWith(listener);
      expect([await ask(odd), await ask(odd), await ask(odd)]).toEqual(Array(3).fill('unavailable'));
    }
    odd.answerWith(answersJson(sample.found));
    expect(await ask(odd)).toBe('found');
  });

  it('a second attempt leaves within what is left of the deadline', async () => {
    await using slow = await world();
    let first = true;
    slow.answerWith((request, response) => {
      if (!first) return answersJson(sample.found)(request, response);
      first = false;
      slow.clock.passSeconds(2.4);
      return hangsUp(request, response);
    });
    expect(await ask(slow)).toBe('found');
    const [one = 0, two = 0] = slow.deadlines.map((deadlineMs) => deadlineMs ?? 0);
    expect(one).toBe(2500);
    expect(two).toBeLessThan(1500);
  });
});
