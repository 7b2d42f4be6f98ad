import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Listed, RegistrationNumber } from '../../src/registries/legal-entity.ts';
import { vietnameseCompany } from '../support/listed-people.ts';
import { type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
const day = 86_400;

// Each has a database of its own: whoever is due in one is asked for in the others.
beforeEach(async () => {
  world = await testMandates();
});
afterEach(() => world.close());

const watch = () => world.watchRegisters({ batch: 100, signal: new AbortController().signal });

/** Somebody who acts for a company, a day later. */
async function established() {
  const minh = await world.person('Trần Quốc Minh');
  const number = world.company([minh.listed]);
  const result = await world.wish(minh.accountId, number);
  const mandateId = 'mandateId' in result ? String(result.mandateId) : '';
  const say = (listed: readonly Listed[], state: 'active' | 'in-liquidation' | 'closed' = 'active') => {
    world.registers.state.asOf = world.clock.now();
    world.registers.list(vietnameseCompany({ number, state }), listed);
  };
  const inForce = () => world.mandates.findInForce({ id: mandateId, at: world.clock.now() });
  const afterSeconds = async (seconds: number) => {
    world.clock.passSeconds(seconds);
    await watch();
  };
  return { minh, mandateId, say, inForce, afterSeconds };
}

describe('a mandate that rests on a register', () => {
  it('is asked for again after a day, not before', async () => {
    const { say, inForce, afterSeconds, minh } = await established();
    await watch();
    const { asked } = world.registers.state;
    await afterSeconds(day - 1);
    expect(world.registers.state.asked).toBe(asked);
    world.clock.passSeconds(1);
    say([minh.listed]);
    expect(await watch()).toBe(1);
    expect(await inForce()).toMatchObject({ asOf: world.clock.now(), registerStatus: 'current' });
    expect(world.lettersTo(minh.accountId)).toEqual(['mandate-established']);
  });

  it('is suspended when its holder has left, and told why', async () => {
    const { say, inForce, afterSeconds, minh, mandateId } = await established();
    const lan = await world.person('Nguyễn Thị Lan');
    say([lan.listed]);
    await afterSeconds(day);
    expect(await inForce()).toBeUndefined();
    expect(world.ended).toContain(mandateId);
    expect(await world.history(mandateId)).toContain('active → suspended: officer-left by system');
    expect(world.lettersTo(minh.accountId)).toEqual(['mandate-established', 'mandate-suspended']);
    expect(await world.recorded(minh.accountId)).toEqual(['mandate-established', 'mandate-suspended']);
  });

  it.each(['closed', 'in-liquidation'] as const)('is suspended when the company is %s', async (state) => {
    const { say, inForce, afterSeconds, minh, mandateId } = await established();
    say([minh.listed], state);
    await afterSeconds(day);
    expect(await inForce()).toBeUndefined();
    expect(await world.history(mandateId)).toContain('active → suspended: organization-ended by system');
  });

  it('is back when the register is', async () => {
    const { say, inForce, afterSeconds, minh, mandateId } = await established();
    say([]);
    say([minh.listed], 'closed');
    await afterSeconds(day);
    say([minh.listed]);
    await afterSeconds(day);
    expect(await inForce()).toMatchObject({ registerStatus: 'current' });
    expect(await world.history(mandateId)).toContain('suspended → active: cleared by system');
  });

  it('stays as it is while the register is silent, and says so', async () => {
    const { inForce, afterSeconds, say, minh, mandateId } = await established();
    world.registers.state.isDown = true;
    await afterSeconds(day);
    expect(await inForce()).toMatchObject({ registerStatus: 'unavailable' });
    world.registers.state.isDown = false;
    world.clock.passSeconds(3600);
    say([minh.listed]);
    await watch();
    expect(await inForce()).toMatchObject({ registerStatus: 'current' });
    expect(await world.history(mandateId)).toHaveLength(1);
  });

  it('loses nothing to a register’s last word, which may be old', async () => {
    const { inForce, afterSeconds, say, mandateId } = await established();
    const lan = await world.person('Nguyễn Thị Lan');
    say([lan.listed]);
    world.registers.state.isStale = true;
    await afterSeconds(day);
    expect(await inForce()).toMatchObject({ registerStatus: 'unavailable' });
    expect(await world.history(mandateId)).toHaveLength(1);
  });

  it('loses nothing to what a person has to look at, and grows old', async () => {
    const { inForce, afterSeconds, say, minh } = await established();
    for (let days = 0; days < 8; days += 1) {
      say([{ ...minh.listed, roleCode: 'giam-doc', roleLabel: 'Giám đốc' }]);
      await afterSeconds(day);
    }
    expect(await inForce()).toMatchObject({ registerStatus: 'stale' });
  });

  it('isn’t asked for while its holder’s identity doesn’t stand', async () => {
    const { minh, inForce, afterSeconds, say, mandateId } = await established();
    await watch();
    world.people.delete(minh.accountId);
    say([]);
    const { asked } = world.registers.state;
    await afterSeconds(day);
    expect([world.registers.state.asked, await world.history(mandateId)]).toEqual([asked, [expect.anything()]]);
    expect(await inForce()).toBeDefined();
  });

  it('that was suspended by people stays suspended', async () => {
    const { minh, afterSeconds, mandateId, inForce, say } = await established();
    await world.tx.query(
      `UPDATE mandate SET state = 'suspended', state_reason = 'security', next_check_at = NULL WHERE id = $1`,
      [mandateId],
    );
    say([minh.listed]);
    await afterSeconds(2 * day);
    expect(await inForce()).toBeUndefined();
  });

  it('is left for the next time when the worker stops', async () => {
    const { minh, say } = await established();
    say([minh.listed]);
    world.clock.passSeconds(day);
    const { asked } = world.registers.state;
    await world.watchRegisters({ batch: 100, signal: AbortSignal.abort() });
    expect(world.registers.state.asked).toBe(asked);
    await watch();
  });

  it('that can’t be checked keeps nobody else’s from being checked, and is tried again in an hour', async () => {
    const broken = await established();
    const lost = await established();
    const lan = await world.person('Nguyễn Thị Lan');
    await world.tx.query('UPDATE mandate SET next_check_at = next_check_at - $2::interval WHERE id = $1', [
      broken.mandateId,
      '1 minute',
    ]);
    const [{ facts }] = await world.tx.query(
      'SELECT o.facts FROM organization o JOIN mandate m ON m.organization_id = o.id WHERE m.id = $1',
      [broken.mandateId],
    );
    const setFacts = (to: unknown) =>
      world.tx.query(
        'UPDATE organization o SET facts = $2 FROM mandate m WHERE m.organization_id = o.id AND m.id = $1',
        [broken.mandateId, JSON.stringify(to)],
      );
    await setFacts({ ...facts, number: null });
    lost.say([lan.listed]);
    world.clock.passSeconds(day);
    await expect(watch()).rejects.toThrow();
    await watch();
    expect(await lost.inForce()).toBeUndefined();
    await setFacts(facts);
    broken.say([lan.listed]);
    await broken.afterSeconds(3600);
    expect(await broken.inForce()).toBeUndefined();
  });

  it('that ends while its register is asked isn’t watched any more', async () => {
    const { minh, mandateId, say, afterSeconds } = await established();
    say([]);
    const { findLegalEntity } = world.registers.registries;
    const by = { kind: 'delegate', account: minh.accountId } as const;
    Object.assign(world.registers.registries, {
      findLegalEntity: async (number: RegistrationNumber) => {
        await world.end({ mandateId, by, reason: 'given-up' });
        return findLegalEntity(number);
      },
    });
    await afterSeconds(day);
    const [{ next_check_at: nextCheckAt }] = await world.tx.query('SELECT next_check_at FROM mandate WHERE id = $1', [
      mandateId,
    ]);
    expect(nextCheckAt).toBeNull();
  });
});
