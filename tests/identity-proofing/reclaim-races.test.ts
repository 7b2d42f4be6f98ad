import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { origin } from '../support/accounts.ts';
import { day, type TestReclaims, testReclaims } from '../support/reclaims.ts';

let world: TestReclaims;

beforeAll(async () => {
  world = await testReclaims();
});
beforeEach(() => world.guardAll({}));
afterAll(() => world.close());

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe('fifty reclaims at once', () => {
  it('by one eID give the account back once', async () => {
    const { accountId, asserted } = await world.lostAccount();
    const outcomes = await times(50, () => world.claim(asserted()));
    expect(outcomes.filter(({ kind }) => kind === 'reclaimed')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'over')).toHaveLength(49);
    expect((await world.eventsAbout(accountId)).filter((kind) => kind === 'account-reclaimed')).toHaveLength(1);
    expect(await world.letters()).toHaveLength(1);
  });

  it('by two eIDs of one number give it to one of them; the other finds it in use, and waits', async () => {
    const { accountId, asserted } = await world.lostAccount();
    const other = asserted({ subject: randomUUID() });
    const outcomes = await times(50, (index) => world.claim(index % 2 === 0 ? asserted() : other));
    expect(outcomes.filter(({ kind }) => kind === 'reclaimed')).toHaveLength(1);
    const owners = [await world.ownerOf(asserted()), await world.ownerOf(other)];
    expect(owners.filter((owner) => owner === accountId)).toHaveLength(1);
    const attempts = await world.tx.query(`SELECT FROM recovery_attempt WHERE account_id = $1`, [accountId]);
    expect(attempts).toHaveLength(1);
    await world.letters();
  });

  it('begin one wait, told once', async () => {
    const { accountId, asserted } = await world.lostAccount();
    world.guardAll({ hasSecondFactor: true });
    const outcomes = await times(50, () => world.claim(asserted()));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['waiting']));
    expect(await world.letters()).toHaveLength(1);
    expect(await world.tx.query(`SELECT FROM recovery_attempt WHERE account_id = $1`, [accountId])).toHaveLength(1);
  });
});

describe('a reclaim and a stop in the same moment', () => {
  it('are one or the other, never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      world.guardAll({});
      const { accountId, asserted } = await world.lostAccount();
      world.guardAll({ hasSecondFactor: true });
      const token = await world.startClaim(asserted());
      world.clock.passSeconds(3 * day);
      const [outcomes, stops] = await Promise.all([
        times(3, () => world.claim(asserted())),
        times(3, () => world.recoveryWaiting.stop({ token, origin })),
      ]);
      const isReclaimed = outcomes.some(({ kind }) => kind === 'reclaimed');
      expect(stops.every(({ kind }) => kind === (isReclaimed ? 'over' : 'stopped'))).toBe(true);
      expect(await world.ownerOf(asserted())).toBe(isReclaimed ? accountId : undefined);
      expect(await world.hasPassword(accountId, 'a long enough password')).toBe(!isReclaimed);
    }
  });
});

describe('a reclaim and a recovery by mailbox in the same moment', () => {
  it('end each other’s wait and leave the account with one of them', async () => {
    for (let round = 0; round < 5; round += 1) {
      world.guardAll({});
      const { accountId, address, asserted } = await world.lostAccount();
      const handle = await world.recovery.start({
        email: { display: address, lookup: address },
        origin,
      });
      await world.recovery.prove({ handle, typed: await world.mailedCode() });
      const [claimed, recovered] = await Promise.all([
        world.claim(asserted()),
        world.recovery.complete({
          handle,
          password: 'another long password',
          origin,
          whenRecovered: async () => undefined,
        }),
      ]);
      const isReclaimed = claimed.kind === 'reclaimed';
      expect(recovered.kind).toBe(isReclaimed ? 'over' : 'recovered');
      expect(claimed.kind).toBe(isReclaimed ? 'reclaimed' : 'waiting');
      expect(await world.hasPassword(accountId, 'another long password')).toBe(!isReclaimed);
    }
  });
});
