import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { origin } from '../support/accounts.ts';
import { type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
const day = 86_400;

beforeEach(async () => {
  world = await testMandates();
});
afterEach(() => world.close());

const idOf = (result: object): string => ('mandateId' in result ? String(result.mandateId) : '');
const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe('whoever fills the queue of reviewers', () => {
  it('has ten cases in it at most, however many companies list nobody', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const wishes: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      wishes.push((await world.wish(minh.accountId, world.company([]))).kind);
    }
    expect(wishes).toEqual([...Array.from({ length: 10 }, () => 'needs-review'), 'throttled', 'throttled']);
    expect(await world.reviews.waiting({ limit: 100 })).toHaveLength(10);
    // Nor by asking for all of them at once.
    const lan = await world.person('Nguyễn Thị Lan');
    await times(20, async () => world.wish(lan.accountId, world.company([])));
    expect(await world.mandatesOf(lan.accountId)).toHaveLength(10);
  });
});

describe('a review beside everything else, fifty at once', () => {
  it.each([false, true])(
    'approving, refusing, giving up and asking again: decided once, approved first: %s',
    async (first) => {
      const minh = await world.person('Trần Quốc Minh');
      const number = world.company([]);
      const mandateId = idOf(await world.wish(minh.accountId, number));
      const by = { kind: 'delegate', account: minh.accountId } as const;
      const steps = [
        () => world.reviews.decide({ mandateId, reviewer: 'one', decision: 'approve', note: 'document-seen' }),
        () => world.reviews.decide({ mandateId, reviewer: 'two', decision: 'refuse', note: 'not-proved' }),
        () => world.end({ mandateId, by, reason: 'given-up', origin }),
        () => world.wish(minh.accountId, number),
        () => world.watchRegisters({ batch: 20, signal: new AbortController().signal }),
      ];
      const ordered = first ? steps : steps.toReversed();
      await times(50, async (index) => ordered[index % ordered.length]?.());
      const lines = await world.history(mandateId);
      expect(lines.filter((line) => line.startsWith('pending-review →'))).toHaveLength(1);
      expect(lines.filter((line) => / → (revoked|refused)/.test(line)).length).toBeLessThanOrEqual(1);
      const standing = (await world.mandatesOf(minh.accountId)).filter(({ state }: { readonly state: string }) =>
        ['active', 'pending-review'].includes(state),
      );
      expect(standing.length).toBeLessThanOrEqual(1);
    },
  );

  it('lapsing, agreeing, declining and deciding: one way through', async () => {
    const [huong, bao] = [await world.person('Lê Thu Hương'), await world.person('Phạm Gia Bảo')];
    const number = world.company([huong.listed, bao.listed]);
    const mandateId = idOf(await world.wish(huong.accountId, number, 'sole'));
    world.clock.passSeconds(31 * day);
    world.registers.state.asOf = world.clock.now();
    const { accountId } = bao;
    const steps = [
      () => world.lapseConsents({ batch: 10 }),
      () => world.consents.answer({ accountId, mandateId, decision: 'agree', origin }),
      () => world.consents.answer({ accountId, mandateId, decision: 'decline', origin }),
      () => world.reviews.decide({ mandateId, reviewer: 'one', decision: 'approve', note: 'others-agreed' }),
      () => world.reviews.decide({ mandateId, reviewer: 'two', decision: 'refuse', note: 'others-object' }),
    ];
    await times(50, async (index) => steps[index % steps.length]?.());
    const lines = await world.history(mandateId);
    expect(lines.filter((line) => line.startsWith('pending-consent →'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('pending-review →')).length).toBeLessThanOrEqual(1);
    // Lapsed after whoever would have decided had looked, it waits.
    expect(lines.filter((line) => / → (active|refused)/.test(line)).length).toBeLessThanOrEqual(1);
  });
});
