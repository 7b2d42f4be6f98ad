import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Listed } from '../../src/registries/legal-entity.ts';
import { origin } from '../support/accounts.ts';
import { vietnameseCompany } from '../support/listed-people.ts';
import { days, type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
const day = 86_400;

beforeEach(async () => {
  world = await testMandates();
});
afterEach(() => world.close());

const idOf = (result: object): string => ('mandateId' in result ? String(result.mandateId) : '');
const inForce = (id: string) => world.mandates.findInForce({ id, at: world.clock.now() });

/** Two who represent a company; one asks the other. */
async function asked(exercise: 'sole' | 'joint' = 'sole') {
  const [huong, bao] = [await world.person('Lê Thu Hương'), await world.person('Phạm Gia Bảo')];
  const number = world.company([huong.listed, bao.listed]);
  const mandateId = idOf(await world.wish(huong.accountId, number, exercise));
  const agree = ({ accountId }: { readonly accountId: string }) =>
    world.consents.answer({ accountId, mandateId, decision: 'agree', origin });
  const say = (listed: readonly Listed[], state: 'active' | 'closed' = 'active') => {
    world.registers.state.asOf = world.clock.now();
    world.registers.list(vietnameseCompany({ number, state }), listed);
  };
  return { huong, bao, number, mandateId, agree, say };
}

describe('what the register says once the last has agreed', () => {
  it('counts: who asked and has left since doesn’t act', async () => {
    const { bao, mandateId, agree, say } = await asked();
    say([bao.listed]);
    expect(await agree(bao)).toEqual({ kind: 'over' });
    expect(await inForce(mandateId)).toBeUndefined();
  });

  it('counts: who has left since agrees to nothing', async () => {
    const { huong, bao, mandateId, agree, say } = await asked();
    const lan = await world.person('Nguyễn Thị Lan');
    say([huong.listed, lan.listed]);
    await agree(bao);
    expect(await inForce(mandateId)).toBeUndefined();
    // Who came in their place is asked, and is enough.
    expect(world.lettersTo(lan.accountId)).toEqual(['mandate-consent-asked']);
    expect(await agree(lan)).toEqual({ kind: 'complete' });
    expect(await inForce(mandateId)).toBeDefined();
  });

  it('ends what waits, where who asked asks again and is listed no longer', async () => {
    const { huong, bao, number, mandateId, agree, say } = await asked();
    say([bao.listed]);
    expect(await world.wish(huong.accountId, number)).toMatchObject({ kind: 'not-representative' });
    say([huong.listed, bao.listed]);
    expect(await agree(bao)).toEqual({ kind: 'over' });
    expect(await inForce(mandateId)).toBeUndefined();
  });
});

describe('an account that becomes another person’s while the register is asked', () => {
  it('gets nothing by the word on the first', async () => {
    const [minh, thief] = [await world.person('Trần Quốc Minh'), await world.person('Kẻ Trộm')];
    const number = world.company([minh.listed]);
    const { registries } = world.registers;
    const { findLegalEntity } = registries;
    Object.assign(registries, {
      findLegalEntity: async (asked: typeof number) => {
        const other = world.people.get(thief.accountId);
        if (other) world.people.set(minh.accountId, other);
        return findLegalEntity(asked);
      },
    });
    expect(await world.wish(minh.accountId, number)).toEqual({ kind: 'registry-unavailable' });
    expect(await world.mandatesOf(minh.accountId)).toEqual([]);
  });
});

describe('whoever asks again and again', () => {
  it('has one letter a day sent to each of the others', async () => {
    const { huong, bao, number, mandateId } = await asked();
    const by = { kind: 'delegate', account: huong.accountId } as const;
    let standing = mandateId;
    for (let round = 0; round < 5; round += 1) {
      await world.end({ mandateId: standing, by, reason: 'given-up', origin });
      standing = idOf(await world.wish(huong.accountId, number, 'sole'));
    }
    expect(world.lettersTo(bao.accountId)).toEqual(['mandate-consent-asked']);
    await world.end({ mandateId: standing, by, reason: 'given-up', origin });
    world.clock.passSeconds(day);
    await world.wish(huong.accountId, number, 'sole');
    expect(world.lettersTo(bao.accountId)).toHaveLength(2);
  });

  it('hides nobody else’s wish from who has to answer', async () => {
    const { bao, mandateId } = await asked();
    const lan = await world.person('Nguyễn Thị Lan');
    const other = world.company([lan.listed, bao.listed]);
    const id = idOf(await world.wish(lan.accountId, other, 'sole'));
    await world.end({ mandateId: id, by: { kind: 'delegate', account: lan.accountId }, reason: 'given-up', origin });
    await world.tx.query(
      `WITH more AS (
         INSERT INTO mandate (SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid()))).*
           FROM mandate m, generate_series(1, 250) WHERE m.id = $1) RETURNING id)
       INSERT INTO mandate_consent (SELECT (jsonb_populate_record(c, jsonb_build_object(
           'id', gen_random_uuid(), 'mandate_id', more.id, 'created_at', $2::timestamptz))).*
         FROM mandate_consent c, more WHERE c.mandate_id = $1)`,
      [id, days(1)],
    );
    expect(await world.consents.waitingFor(bao.accountId)).toMatchObject([{ mandateId }]);
  });
});
