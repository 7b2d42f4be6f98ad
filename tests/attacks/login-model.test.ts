import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EidWorld, startEidWorld } from '../support/eid-world.ts';
import { moves, mustNotBeStranded } from '../support/login-moves.ts';
import { finish } from '../support/login-person.ts';
import type { Portals } from '../support/login-record.ts';
import { loginWorld } from '../support/login-world.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import { equipPeople, outfits } from '../support/people.ts';
import { portalClient } from '../support/portal-client.ts';

/** A longer search: how many stories, and from which seed on, as a failure names them. */
const stories = Number(process.env['LOGIN_MODEL_STORIES'] ?? 25);
const seed = Number(process.env['LOGIN_MODEL_SEED'] ?? 20_261_122);

let provider: EidWorld;
let portals: Portals;
let time: MovableTime;

beforeAll(async () => {
  time = movableTime();
  provider = await startEidWorld();
  const portal = async (assurance: { readonly minimumAcr?: 'aal2'; readonly phishingResistant?: boolean }) =>
    portalClient(provider.issuer, await provider.addPortal({ assurance }));
  portals = {
    open: await portal({}),
    minimum: await portal({ minimumAcr: 'aal2' }),
    resistant: await portal({ phishingResistant: true }),
  };
});
afterAll(async () => {
  await provider.close();
  time.restore();
});

describe('Whatever two people do in two browsers and three tabs', () => {
  it(
    'no portal is told more than was proved, none gets less than it insists on, and nobody is stranded',
    async () => {
      const equip = equipPeople(provider);
      const outfit = fc.constantFrom(...outfits);
      const factors = fc.constantFrom<1 | 2 | undefined>(undefined, 1, 2);
      const provedBefore = fc.tuple(factors, factors);
      const codes = { count: 0 };
      await fc.assert(
        fc.asyncProperty(outfit, outfit, provedBefore, moves, async (one, other, proved, commands) => {
          time.pass(300);
          const world = loginWorld({ provider, portals, time, equipped: [await equip(one), await equip(other)] });
          for (const [index, person] of world.people.entries()) {
            const factors = proved[index];
            if (factors !== undefined) await world.linkBefore(person, factors);
          }
          await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
          codes.count += world.ends.length;
          await mustNotBeStranded(world);
        }),
        { seed, numRuns: stories },
      );
      expect(codes.count).toBeGreaterThan(0);
    },
    stories * 20_000,
  );

  it('max_age between two proofs of one session asks once more, and sends nobody in circles', async () => {
    const equip = equipPeople(provider);
    const world = loginWorld({ provider, portals, time, equipped: [await equip('password')] });
    const [tab] = world.tabs;
    if (!tab) throw new Error('no tab');
    await world.begin(tab, 'nothing');
    await finish(world, tab);
    time.pass(400);
    await world.begin(tab, 'a wish for aal2');
    await world.get(tab, `${tab.page?.url}/enroll/totp`);
    await finish(world, tab);
    await world.begin(tab, 'max_age=300');
    await finish(world, tab);
    expect(world.ends).toEqual(['code', 'code', 'code']);
  });
});
