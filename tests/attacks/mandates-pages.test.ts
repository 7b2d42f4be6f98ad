import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ActingHands, actingHands } from '../support/acting-hands.ts';
import { type ActingWorld, startActingWorld } from '../support/acting-world.ts';

let world: ActingWorld;
let hands: ActingHands;

beforeAll(async () => {
  world = await startActingWorld();
  hands = actingHands(world);
});
afterAll(() => world.close());

const at = (path: string): string => `${world.issuer}/account${path}`;

describe('an address of somebody’s request that is made up', () => {
  it.each([
    ['another’s', () => randomUUID()],
    ['no id', () => 'nobody'],
    ['with NUL', () => 'a%00'],
    ['with a quote', () => "'%20OR%20true--"],
    ['of 2 kB', () => 'a'.repeat(2048)],
  ])('%s answers and leaves nothing, and breaks nothing', async (_, id) => {
    const lan = await hands.mandated();
    const leaving = await lan.browser.get(at(`/organizations/${lan.mandates[0].id}/leave`));
    const csrf = leaving.forms.find(({ action }) => action.endsWith('/leave'))?.fields['csrf'] ?? '';
    const fields = { csrf, decision: 'agree' };
    const answer = await lan.browser.post(at(`/organizations/requests/${id()}`), fields);
    expect(answer.status).toBeLessThan(500);
    const left = await lan.browser.post(at(`/organizations/${id()}/leave`), { csrf, decision: 'leave' });
    expect(left.status).toBeLessThan(500);
    expect((await lan.browser.get(at(`/organizations/requests/${id()}`))).status).toBeLessThan(500);
    expect((await lan.browser.get(at('/organizations'))).html).toContain(lan.mandates[0].number);
  });
});
