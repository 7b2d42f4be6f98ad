import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeOutlived } from '../../src/representation/expiry-repository.ts';
import { origin } from '../support/accounts.ts';
import { at, days, type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
beforeAll(async () => {
  world = await testMandates();
});
afterAll(() => world.close());

/** As the worker does it: until a round takes away less than it may. @returns how many in each round */
async function expire(now: Date, batch = 100): Promise<readonly number[]> {
  const rounds: number[] = [];
  do rounds.push(await removeOutlived(world.tx, { now, batch }));
  while ((rounds.at(-1) ?? 0) >= batch);
  return rounds;
}

const countOf = async (table: string, mandateId: string): Promise<number> => {
  const [row] = await world.tx.query(`SELECT count(*)::int AS rows FROM ${table} WHERE mandate_id = $1`, [mandateId]);
  return row.rows;
};

describe('a choice', () => {
  const clients = ['health', 'land', 'tax'];

  async function chosen(when: Date): Promise<string> {
    const { id: mandateId } = await world.held();
    for (const clientId of clients) await world.mandates.recordChoice(world.tx, { mandateId, clientId, at: when });
    return mandateId;
  }

  it('goes, in batches, once nobody has made it again for 400 days', async () => {
    const mandateId = await chosen(days(-400));
    const later = await chosen(days(-399));
    expect(await expire(at, 2)).toEqual([2, 1]);
    expect(await countOf('mandate_choice', mandateId)).toBe(0);
    expect(await countOf('mandate_choice', later)).toBe(clients.length);
  });

  it('that is made again begins anew', async () => {
    const mandateId = await chosen(days(-500));
    await world.mandates.recordChoice(world.tx, { mandateId, clientId: 'tax', at: days(-1) });
    await expire(at);
    expect(await countOf('mandate_choice', mandateId)).toBe(1);
  });
});

describe('who was asked to agree', () => {
  /** Three who represent a company; one asked, and one of the others has answered. */
  async function asked(decision: 'agree' | 'decline') {
    const people = [
      await world.person('Lê Thu Hương'),
      await world.person('Phạm Gia Bảo'),
      await world.person('Nguyễn Thị Lan'),
    ] as const;
    const number = world.company(people.map(({ listed }) => listed));
    const [{ accountId: asker }, { accountId }] = people;
    const wish = await world.wish(asker, number, 'sole');
    const mandateId = 'mandateId' in wish ? String(wish.mandateId) : '';
    await world.consents.answer({ accountId, mandateId, decision, origin });
    return { mandateId, accountId, asker };
  }

  it('is forgotten 90 days after the decision, and never what happened', async () => {
    const { mandateId, accountId, asker } = await asked('decline');
    const history = await world.history(mandateId);
    await expire(days(89));
    expect(await world.mandates.ofAccount(asker, days(89))).toMatchObject([{ consents: [{}, {}] }]);
    expect(await expire(days(90), 1)).toEqual([1, 1, 0]);
    expect(await countOf('mandate_consent', mandateId)).toBe(0);
    expect(await world.history(mandateId)).toEqual(history);
    const [event] = await world.tx.query(
      `SELECT actor, details FROM audit_event WHERE kind = 'mandate-consent-answered' AND about_account_id = $1`,
      [accountId],
    );
    expect(event).toEqual({ actor: `account:${accountId}`, details: { mandate: mandateId, answer: 'declined' } });
  });

  it('isn’t any sooner for having been asked long before', async () => {
    const { mandateId } = await asked('decline');
    await world.tx.query('UPDATE mandate SET state_at = $2 WHERE id = $1', [mandateId, days(10)]);
    await expire(days(99));
    expect(await countOf('mandate_consent', mandateId)).toBe(2);
    await expire(days(100));
    expect(await countOf('mandate_consent', mandateId)).toBe(0);
  });

  it('isn’t while the mandate waits, for them or for a reviewer, however long', async () => {
    const { mandateId } = await asked('agree');
    await expire(days(1000));
    await world.tx.query(`UPDATE mandate SET state = 'pending-review' WHERE id = $1`, [mandateId]);
    await expire(days(1000));
    expect(await countOf('mandate_consent', mandateId)).toBe(2);
  });
});
