import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoHands } from '../support/acting-hands.ts';
import { type DemoWorld, startDemoWorld } from '../support/demo-world.ts';
import { plainText } from '../support/plain-text.ts';

let world: DemoWorld;

beforeAll(async () => {
  world = await startDemoWorld();
});
afterAll(() => world.close());

describe('Minh, who alone represents a company', () => {
  it('is recognized at once', async () => {
    const minh = demoHands(world, 'minh');
    const { page, screens } = await minh.file(world.tax, 'tax-return', { number: world.numberOf('suong-mai') });
    console.log(screens, page.name, page.url);
    console.log(plainText(page.html));
  });
});
