import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoHands } from '../support/demo-hands.ts';
import { type DemoWorld, startDemoWorld } from '../support/demo-world.ts';
import { dumpOf, tracesOf } from '../support/traces.ts';

let world: DemoWorld;
beforeAll(async () => {
  world = await startDemoWorld();
});
afterAll(() => world.close());

describe('those who have to agree', () => {
  it.each([undefined, 'sole'] as const)('rest nowhere in clear, by name or number: asked %s', async (exercise) => {
    const huong = demoHands(world, 'huong');
    const { page } = await huong.file(world.tax, 'tax-return', {
      number: world.numberOf('may-trang'),
      ...(exercise && { exercise }),
    });
    expect(page.html).toContain('HOÀNG GIA BẢO');
    const dump = await dumpOf(world.database);
    for (const word of ['HOÀNG GIA BẢO', '040181927460', '•••460']) {
      expect(tracesOf(word).filter((trace) => dump.includes(trace))).toEqual([]);
    }
  });
});

describe('what a register answered', () => {
  it('can’t be guessed from what is kept of it for good', async () => {
    const minh = demoHands(world, 'minh');
    const number = world.numberOf('suong-mai');
    expect((await minh.file(world.tax, 'tax-return', { number })).page.name).toBe('filing');
    const answer = await world.installation.registries.listRepresentatives({ scheme: 'vn-enterprise', value: number });
    const { responseHash = '' } = answer as { readonly responseHash?: string };
    expect(responseHash).toMatch(/^[0-9a-f]{64}$/);
    const kept = await world.database.dataSource.query(
      'SELECT evidence FROM mandate UNION ALL SELECT evidence FROM mandate_event',
    );
    expect(JSON.stringify(kept)).toContain('responseHash');
    expect(JSON.stringify(kept)).not.toContain(responseHash);
  });
});
