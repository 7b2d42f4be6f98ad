import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anId, type StorePair, storePair } from '../../support/store-pair.ts';
import { inParallel } from '../../support/two-providers.ts';

const rounds = 50;
const spendable = ['AuthorizationCode', 'RefreshToken', 'DeviceCode', 'PushedAuthorizationRequest'];
let pair: StorePair;

beforeAll(async () => {
  pair = await storePair();
});
afterAll(() => pair.close());

async function spend(model: string, id: string, attempts: number) {
  const outcomes = await inParallel(attempts, (turn) =>
    pair
      .store(turn)
      .adapterOf(model)
      .consume(id)
      .then(
        () => 'spent',
        (fault: Error) => fault.name,
      ),
  );
  return outcomes.filter((outcome) => outcome !== 'spent');
}

describe('A1: what is for one use is spent once, through two pools', () => {
  it.each(spendable)('%s', async (model) => {
    for (let round = 0; round < rounds; round += 1) {
      const id = anId();
      await pair.store(round).adapterOf(model).upsert(id, { kind: model, grantId: anId() }, 60);
      const refused = await spend(model, id, 20);
      const error = model === 'PushedAuthorizationRequest' ? 'InvalidRequestUri' : 'InvalidGrant';
      expect(refused).toEqual(Array(19).fill(error));
    }
  });

  it('tells a repeated statement of its own success', async () => {
    for (const model of spendable) {
      const id = anId();
      await pair.store().adapterOf(model).upsert(id, { kind: model }, 60);
      await pair.repeating.adapterOf(model).consume(id);
      await expect(pair.store().adapterOf(model).consume(id)).rejects.toThrow();
    }
  });
});
