import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { origin } from '../support/accounts.ts';
import { household } from '../support/listed-people.ts';
import { at, days, type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
beforeAll(async () => {
  world = await testMandates();
});
afterAll(() => world.close());
beforeEach(() => {
  Object.assign(world.registers.state, { isDown: false, isStale: false, asOf: days(0) });
});

const idOf = (result: object): string => ('mandateId' in result ? String(result.mandateId) : '');

describe('whoever the register names alone', () => {
  it('acts from now on, with the word that it rests on', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const number = world.company([minh.listed], { name: 'TRÀ SƯƠNG MAI' });
    const result = await world.wish(minh.accountId, number);
    expect(result).toMatchObject({ kind: 'established', role: 'Người đại diện theo pháp luật' });
    const held = await world.mandates.findInForce({ id: idOf(result), at });
    expect(held).toMatchObject({
      orgLevel: 'org3',
      match: 'exact',
      organization: { entity: { name: 'TRÀ SƯƠNG MAI' } },
      mandate: {
        powers: ['*'],
        delegable: { powers: ['*'], depth: 2 },
        basis: 'statutory',
        grantedBy: { kind: 'register' },
        exercise: { kind: 'sole' },
        evidence: [
          { kind: 'register', source: 'sandbox', responseHash: 'b'.repeat(64) },
          { kind: 'register', source: 'sandbox' },
        ],
      },
    });
    expect(await world.history(idOf(result))).toEqual([' → active: asked-for by delegate']);
    expect(await world.recorded(minh.accountId)).toEqual(['mandate-established']);
    expect(world.lettersTo(minh.accountId)).toEqual(['mandate-established']);
  });

  it('asked again, is confirmed and not told again', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const number = world.company([minh.listed]);
    world.registers.state.asOf = days(-3);
    const first = await world.wish(minh.accountId, number);
    world.registers.state.asOf = days(0);
    expect(await world.wish(minh.accountId, number)).toEqual(first);
    expect(await world.mandates.findInForce({ id: idOf(first), at })).toMatchObject({ asOf: days(0) });
    expect(world.lettersTo(minh.accountId)).toEqual(['mandate-established']);
  });

  it('and who owns a household business by its number', async () => {
    const hoa = await world.person('Nguyễn Thị Hoà');
    const entity = household(hoa.value);
    world.registers.list(entity, []);
    expect(await world.establish.find({ accountId: hoa.accountId, number: entity.number })).toMatchObject({
      kind: 'found',
    });
    expect(await world.wish(hoa.accountId, entity.number)).toMatchObject({ kind: 'established' });
  });
});

describe('nothing is established', () => {
  it('for who isn’t listed; it is written down without the number', async () => {
    const [minh, lan] = [await world.person('Trần Quốc Minh'), await world.person('Nguyễn Thị Lan')];
    const number = world.company([minh.listed]);
    expect(await world.wish(lan.accountId, number)).toMatchObject({ kind: 'not-representative', reason: 'not-listed' });
    expect(await world.mandatesOf(lan.accountId)).toEqual([]);
    expect(await world.recorded(lan.accountId)).toEqual(['mandate-refused']);
    const [row] = await world.tx.query('SELECT e::text AS text FROM audit_event e WHERE about_account_id = $1', [
      lan.accountId,
    ]);
    expect(row.text).not.toContain(number.value);
  });

  it('for who is proved too little, or not at all', async () => {
    const lan = await world.person('Nguyễn Thị Lan', 'ial1');
    const number = world.company([lan.listed]);
    const refusal = { kind: 'not-representative', reason: 'identity-not-proved' };
    expect(await world.wish(lan.accountId, number)).toMatchObject(refusal);
    world.people.delete(lan.accountId);
    expect(await world.wish(lan.accountId, number)).toMatchObject(refusal);
    expect(await world.mandatesOf(lan.accountId)).toEqual([]);
  });

  it('while the register is silent', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const number = world.company([minh.listed]);
    world.registers.state.isDown = true;
    expect(await world.wish(minh.accountId, number)).toEqual({ kind: 'registry-unavailable' });
    expect(await world.recorded(minh.accountId)).toEqual([]);
  });

  it('by somebody else’s household number, and no register is asked for it', async () => {
    const [hoa, lan] = [await world.person('Nguyễn Thị Hoà'), await world.person('Nguyễn Thị Lan')];
    const { number } = household(hoa.value);
    const { asked } = world.registers.state;
    expect(await world.establish.find({ accountId: lan.accountId, number })).toEqual({ kind: 'not-yours' });
    expect(await world.wish(lan.accountId, number)).toMatchObject({ kind: 'not-representative', reason: 'not-listed' });
    expect(world.registers.state.asked).toBe(asked);
  });

  it('past the allowance, and no register is asked', async () => {
    await using other = await throttledWorld();
    const minh = await other.person('Trần Quốc Minh');
    const result = await other.wish(minh.accountId, other.company([minh.listed]));
    expect(result).toEqual({ kind: 'throttled', retryAfterSeconds: 60 });
    const look = { accountId: minh.accountId, number: other.company([minh.listed]) };
    expect(await other.establish.find(look)).toEqual({ kind: 'throttled', retryAfterSeconds: 60 });
    expect(other.registers.state.asked).toBe(0);
  });
});

async function throttledWorld() {
  const throttled = async () => ({ kind: 'throttled', retryAfterSeconds: 60 }) as const;
  const other = await testMandates({ allowEstablish: throttled, allowLook: throttled });
  return { ...other, [Symbol.asyncDispose]: () => other.close() };
}

describe('a register’s last word, while it is down', () => {
  it('makes nobody a representative, and takes nothing from who is one', async () => {
    const [minh, lan] = [await world.person('Trần Quốc Minh'), await world.person('Nguyễn Thị Lan')];
    const number = world.company([minh.listed]);
    world.registers.state.isStale = true;
    expect(await world.wish(minh.accountId, number)).toEqual({ kind: 'registry-unavailable' });
    expect(await world.mandatesOf(minh.accountId)).toEqual([]);

    world.registers.state.isStale = false;
    const result = await world.wish(minh.accountId, number);
    world.registers.list(await entityOf(number), [lan.listed]);
    world.registers.state.isStale = true;
    expect(await world.wish(minh.accountId, number)).toEqual({ kind: 'registry-unavailable' });
    expect(await world.mandates.findInForce({ id: idOf(result), at })).toBeDefined();
  });
});

describe('what a register can’t decide', () => {
  it('waits for a reviewer under the reference of the page', async () => {
    const lan = await world.person('Nguyễn Thị Lan');
    const number = world.company([{ ...lan.listed, roleCode: 'giam-doc', roleLabel: 'Giám đốc' }]);
    const result = await world.wish(lan.accountId, number);
    expect(result).toMatchObject({ kind: 'needs-review', reason: 'role-unknown', reference: origin.referenceId });
    expect(await world.wish(lan.accountId, number)).toEqual(result);
    expect(await world.mandatesOf(lan.accountId)).toMatchObject([{ state: 'pending-review' }]);
    expect(world.lettersTo(lan.accountId)).toEqual(['mandate-in-review']);
  });

  it('is settled by the register once it says so itself', async () => {
    const lan = await world.person('Nguyễn Thị Lan');
    const number = world.company([{ ...lan.listed, roleCode: 'giam-doc', roleLabel: 'Giám đốc' }]);
    const waiting = await world.wish(lan.accountId, number);
    world.registers.list({ ...(await entityOf(number)) }, [lan.listed]);
    expect(await world.wish(lan.accountId, number)).toMatchObject({ kind: 'established' });
    expect(await world.history(idOf(waiting))).toContain('pending-review → revoked: given-up by delegate');
  });
});

async function entityOf(number: Parameters<TestMandates['establish']['find']>[0]['number']) {
  const answer = await world.registers.registries.findLegalEntity(number);
  if (answer.kind !== 'found') throw new Error(answer.kind);
  return answer.value;
}

describe('who is no longer named', () => {
  it('loses what stood when they ask again, and everything that carries it', async () => {
    const [minh, lan] = [await world.person('Trần Quốc Minh'), await world.person('Nguyễn Thị Lan')];
    const number = world.company([minh.listed]);
    const result = await world.wish(minh.accountId, number);
    world.registers.list(await entityOf(number), [lan.listed]);
    expect(await world.wish(minh.accountId, number)).toMatchObject({ kind: 'not-representative' });
    expect(await world.mandates.findInForce({ id: idOf(result), at })).toBeUndefined();
    expect(await world.history(idOf(result))).toContain('active → suspended: officer-left by system');
    expect(world.ended).toContain(idOf(result));
  });

  it('doesn’t get back what people took away, though the register names them', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const number = world.company([minh.listed]);
    const result = await world.wish(minh.accountId, number);
    await world.tx.query(`UPDATE mandate SET state = 'suspended', state_reason = 'security' WHERE id = $1`, [
      idOf(result),
    ]);
    expect(await world.wish(minh.accountId, number)).toMatchObject({ kind: 'needs-review', mandateId: idOf(result) });
    expect(await world.mandates.findInForce({ id: idOf(result), at })).toBeUndefined();
  });

  it('gets it back when the register names them again', async () => {
    const [minh, lan] = [await world.person('Trần Quốc Minh'), await world.person('Nguyễn Thị Lan')];
    const number = world.company([minh.listed]);
    const result = await world.wish(minh.accountId, number);
    world.registers.list(await entityOf(number), [lan.listed]);
    await world.wish(minh.accountId, number);
    world.registers.list(await entityOf(number), [minh.listed]);
    expect(await world.wish(minh.accountId, number)).toEqual(result);
    expect(await world.mandates.findInForce({ id: idOf(result), at })).toBeDefined();
  });
});
