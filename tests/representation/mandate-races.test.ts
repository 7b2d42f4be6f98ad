import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { origin } from '../support/accounts.ts';
import { at, type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
beforeAll(async () => {
  world = await testMandates();
});
afterAll(() => world.close());

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const idOf = (result: object): string => ('mandateId' in result ? String(result.mandateId) : '');

describe('at the same moment', () => {
  it('one person establishes one mandate, told and recorded once', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const number = world.company([minh.listed]);
    const results = await times(50, () => world.wish(minh.accountId, number));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['established']));
    expect(new Set(results.map(idOf)).size).toBe(1);
    expect(await world.mandatesOf(minh.accountId)).toHaveLength(1);
    expect(await world.history(idOf(results[0] ?? {}))).toHaveLength(1);
    expect(await world.recorded(minh.accountId)).toEqual(['mandate-established']);
    expect(world.lettersTo(minh.accountId)).toEqual(['mandate-established']);
  });

  it('many people establish theirs for one organization', async () => {
    const people = await times(20, (index) => world.person(`Người Thứ ${index}`));
    // Of another country's law, where nobody has to ask the others.
    const number = world.company(
      people.map(({ listed }) => ({ ...listed, roleCode: '73' })),
      { number: { scheme: 'fr-siren', value: '552032534' }, legalForm: { code: '5710', label: 'SAS' }, country: 'FR' },
    );
    const results = await times(20, (index) => world.wish(people[index]?.accountId ?? '', number));
    expect(results.map(({ kind }) => kind)).toEqual(Array.from({ length: 20 }, () => 'established'));
    const [{ count }] = await world.tx.query(
      `SELECT count(*)::int AS count FROM organization WHERE number = '552032534'`,
    );
    expect(count).toBe(1);
  });

  it('two representatives answer, many times each: it is decided once', async () => {
    const [huong, bao, lan] = [
      await world.person('Lê Thu Hương'),
      await world.person('Phạm Gia Bảo'),
      await world.person('Nguyễn Thị Lan'),
    ];
    const number = world.company([huong.listed, bao.listed, lan.listed]);
    const mandateId = idOf(await world.wish(huong.accountId, number, 'sole'));
    const outcomes = await times(50, (index) =>
      world.consents.answer({
        accountId: (index % 2 ? bao : lan).accountId,
        mandateId,
        decision: 'agree',
        origin,
      }),
    );
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['agreed', 'complete']));
    expect(await world.history(mandateId)).toEqual([
      ' → pending-consent: asked-for by delegate',
      'pending-consent → active: consent-complete by co-representative',
    ]);
    expect(await world.recorded(bao.accountId)).toEqual(['mandate-consent-answered']);
    expect(await world.recorded(lan.accountId)).toEqual(['mandate-consent-answered']);
  });

  it('one agrees and another declines: never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [huong, bao, lan] = [
        await world.person('Lê Thu Hương'),
        await world.person('Phạm Gia Bảo'),
        await world.person('Nguyễn Thị Lan'),
      ];
      const number = world.company([huong.listed, bao.listed, lan.listed]);
      const mandateId = idOf(await world.wish(huong.accountId, number, 'sole'));
      await times(5, (index) =>
        world.consents.answer({
          accountId: (index % 2 ? bao : lan).accountId,
          mandateId,
          decision: index % 2 ? 'agree' : 'decline',
          origin,
        }),
      );
      expect(await world.mandates.findInForce({ id: mandateId, at })).toBeUndefined();
      expect((await world.history(mandateId)).filter((line) => line.includes('refused'))).toHaveLength(1);
    }
  });

  it('it is ended and established again: at most one stands, and none is in two states', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const number = world.company([minh.listed]);
    await world.wish(minh.accountId, number);
    for (let round = 0; round < 10; round += 1) {
      const [{ id: mandateId }] = await world.tx.query(
        `SELECT id FROM mandate WHERE account_id = $1 AND state = 'active'`,
        [minh.accountId],
      );
      const by = { kind: 'delegate', account: minh.accountId } as const;
      const ends = await times(50, async (index) =>
        index % 2 ? world.wish(minh.accountId, number) : world.end({ mandateId, by, reason: 'given-up', origin }),
      );
      expect(ends.filter((outcome) => outcome === 'ended')).toHaveLength(1);
      const standing = await world.tx.query(`SELECT id FROM mandate WHERE account_id = $1 AND state = 'active'`, [
        minh.accountId,
      ]);
      expect(standing.length).toBeLessThanOrEqual(1);
      expect(await world.history(mandateId)).toHaveLength(2);
      if (standing.length === 0) await world.wish(minh.accountId, number);
    }
  });

  it('lapsing and the last answer: one of them', async () => {
    const [huong, bao] = [await world.person('Lê Thu Hương'), await world.person('Phạm Gia Bảo')];
    const number = world.company([huong.listed, bao.listed]);
    const mandateId = idOf(await world.wish(huong.accountId, number, 'sole'));
    world.clock.passSeconds(31 * 86_400);
    await times(20, async (index) =>
      index % 2
        ? world.lapseConsents({ batch: 10 })
        : world.consents.answer({ accountId: bao.accountId, mandateId, decision: 'agree', origin }),
    );
    expect(await world.history(mandateId)).toHaveLength(2);
  });
});
