import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { origin } from '../support/accounts.ts';
import { vietnameseCompany } from '../support/listed-people.ts';
import { type TestMandates, testMandates } from '../support/mandates.ts';

let world: TestMandates;
const day = 86_400;

beforeEach(async () => {
  world = await testMandates();
});
afterEach(() => world.close());

const idOf = (result: object): string => ('mandateId' in result ? String(result.mandateId) : '');
const watch = () => world.watchRegisters({ batch: 20, signal: new AbortController().signal });
const inForce = (id: string) => world.mandates.findInForce({ id, at: world.clock.now() });

describe('the watch over registers', () => {
  /** Somebody who acts for a company, due to be asked about, and something that happens while the register is asked. */
  async function whileAsked(happens: (mandateId: string, accountId: string) => Promise<unknown>) {
    const minh = await world.person('Trần Quốc Minh');
    const number = world.company([minh.listed]);
    const mandateId = idOf(await world.wish(minh.accountId, number));
    world.clock.passSeconds(day);
    const { registries } = world.registers;
    const { findLegalEntity } = registries;
    Object.assign(registries, {
      findLegalEntity: async (asked: typeof number) => {
        await happens(mandateId, minh.accountId);
        return findLegalEntity(asked);
      },
    });
    await watch();
    Object.assign(registries, { findLegalEntity });
    return mandateId;
  }

  it('gives nothing back that people took away meanwhile', async () => {
    const mandateId = await whileAsked((id) =>
      world.tx.query(
        `UPDATE mandate SET state = 'suspended', state_reason = 'security', next_check_at = NULL WHERE id = $1`,
        [id],
      ),
    );
    expect(await inForce(mandateId)).toBeUndefined();
    expect(await watch()).toBe(0);
  });

  it.each([false, true])('goes on about nobody who gave up meanwhile, the register silent: %s', async (isDown) => {
    await whileAsked((mandateId, account) => {
      world.registers.state.isDown = isDown;
      return world.end({ mandateId, by: { kind: 'delegate', account }, reason: 'given-up', origin });
    });
    world.registers.state.isDown = false;
    world.clock.passSeconds(2 * day);
    expect(await watch()).toBe(0);
  });

  it('isn’t held up for everybody by one that can’t be looked at', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const [first, second] = [world.company([minh.listed]), world.company([minh.listed])];
    await world.wish(minh.accountId, first);
    const mandateId = idOf(await world.wish(minh.accountId, second));
    world.clock.passSeconds(day);
    world.registers.state.asOf = world.clock.now();
    world.registers.list(vietnameseCompany({ number: first, name: 'NUL \u0000' }), [minh.listed]);
    world.registers.list(vietnameseCompany({ number: second, state: 'closed' }), [minh.listed]);
    for (let round = 0; round < 2; round += 1) await watch().catch(() => undefined);
    expect(await inForce(mandateId)).toBeUndefined();
  });

  it('takes nothing away because a register has lost a company for an hour', async () => {
    const minh = await world.person('Trần Quốc Minh');
    const number = world.company([minh.listed]);
    const mandateId = idOf(await world.wish(minh.accountId, number));
    world.clock.passSeconds(day);
    const { registries } = world.registers;
    const { findLegalEntity } = registries;
    const lost = {
      kind: 'not-found',
      source: 'sandbox',
      asOf: world.clock.now(),
      responseHash: 'c'.repeat(64),
    } as const;
    Object.assign(registries, { findLegalEntity: async () => lost });
    await watch();
    expect(await inForce(mandateId)).toMatchObject({ registerStatus: 'unavailable' });
    // Said twice, it counts.
    world.clock.passSeconds(3600);
    await watch();
    expect(await inForce(mandateId)).toBeUndefined();
    Object.assign(registries, { findLegalEntity });
  });
});
