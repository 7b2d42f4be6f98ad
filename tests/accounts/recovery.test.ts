import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecoverySituation } from '../../src/accounts/recovery-rules.ts';
import { email, nothingElse, origin, type TestAccounts, testAccounts } from '../support/accounts.ts';

const forgotten = 'a long enough password';
const password = 'another long password';
let situation: Omit<RecoverySituation, 'stops'>;
let world: TestAccounts;
const forgiven: string[] = [];

beforeAll(async () => {
  situation = { ial: 'ial0', hasSecondFactor: false, hasMandate: false };
  world = await testAccounts({
    findRecoverySituation: async () => situation,
    forgetSecondFactorFailures: async (_tx, accountId) => {
      forgiven.push(accountId);
    },
  });
});
afterAll(() => world.close());

describe('recovery', () => {
  it('sets a new password, ends every session, begins the cool-down and tells the person', async () => {
    const accountId = await world.register('lan@example.org', forgotten);
    world.clock.passSeconds(60);
    const handle = await world.recovery.start({ email: email('LAN@example.org'), origin });
    expect(await world.recovery.standing(handle)).toBeUndefined();
    expect(await world.recovery.prove({ handle, typed: await world.mailedCode() })).toEqual({ kind: 'proved' });
    expect(await world.recovery.standing(handle)).toMatchObject({ need: { kind: 'recovers' } });
    expect(await world.recovery.complete({ handle, password, origin, whenRecovered: nothingElse })).toEqual({
      kind: 'recovered',
      accountId,
    });

    expect(await world.hasPassword(accountId, password)).toBe(true);
    expect(world.endedSessions).toEqual([{ accountId, at: world.clock.now() }]);
    expect(forgiven).toEqual([accountId]);
    expect(await world.findActive(world.tx, accountId)).toMatchObject({
      sessionsValidFrom: world.clock.now(),
      coolDownUntil: new Date(world.clock.now().getTime() + 72 * 3600 * 1000),
    });
    expect(await world.letters()).toMatchObject([{ to: { accountId }, template: 'recovered' }]);
    expect(await world.eventsAbout(accountId)).toEqual(['account-registered', 'account-recovered', 'sessions-ended']);
    expect(await world.recovery.complete({ handle, password, origin, whenRecovered: nothingElse })).toEqual({
      kind: 'over',
    });
  });

  it('writes to the address on file, however the request spells it', async () => {
    const accountId = await world.register('Hoa@example.org');
    await world.recovery.start({ email: email('hOA@EXAMPLE.org'), origin });
    expect(await world.letters()).toMatchObject([{ to: { accountId }, template: 'recovery-code' }]);
  });

  it('stops at the code where the account needs more', async () => {
    const accountId = await world.register('minh@example.org', forgotten);
    const handle = await world.recovery.start({ email: email('minh@example.org'), origin });
    await world.recovery.prove({ handle, typed: await world.mailedCode() });
    situation = { ...situation, hasSecondFactor: true };
    expect(await world.recovery.standing(handle)).toMatchObject({ need: { kind: 'may-wait' } });
    expect(await world.recovery.complete({ handle, password, origin, whenRecovered: nothingElse })).toEqual({
      kind: 'more-proof-needed',
    });
    situation = { ...situation, hasSecondFactor: false };
    expect(await world.hasPassword(accountId, forgotten)).toBe(true);
  });

  it('is not for a suspended account, and says so to nobody', async () => {
    const accountId = await world.register('son@example.org', forgotten);
    const handle = await world.recovery.start({ email: email('son@example.org'), origin });
    await world.recovery.prove({ handle, typed: await world.mailedCode() });
    await world.tx.query(`UPDATE account SET state = 'suspended' WHERE id = $1`, [accountId]);
    expect(await world.recovery.complete({ handle, password, origin, whenRecovered: nothingElse })).toEqual({
      kind: 'over',
    });
    expect(await world.hasPassword(accountId, forgotten)).toBe(true);
    await world.recovery.start({ email: email('son@example.org'), origin });
    expect(await world.letters()).toMatchObject([{ template: 'no-account' }]);
  });

  it('takes the same statements for an unknown address', async () => {
    await world.register('known@example.org');
    const start = (address: string) => () => world.recovery.start({ email: email(address), origin });
    const known = await world.statementsOf(start('known@example.org'));
    const unknown = await world.statementsOf(start('unknown@example.org'));
    expect(unknown).toEqual(known);
    expect(await world.letters()).toMatchObject([
      { template: 'recovery-code' },
      { to: { address: 'unknown@example.org' }, template: 'no-account' },
    ]);
  });

  it('voids every other code that is out for the account, proved ones included', async () => {
    await world.register('an@example.org');
    const provedRecovery = async () => {
      const handle = await world.recovery.start({ email: email('an@example.org'), origin });
      await world.recovery.prove({ handle, typed: await world.mailedCode() });
      return handle;
    };
    const [theirs, mine] = [await provedRecovery(), await provedRecovery()];
    expect(await world.recovery.complete({ handle: mine, password, origin, whenRecovered: nothingElse })).toMatchObject(
      { kind: 'recovered' },
    );
    await world.letters();
    expect(await world.recovery.complete({ handle: theirs, password, origin, whenRecovered: nothingElse })).toEqual({
      kind: 'over',
    });
  });

  it('happens once when fifty complete it', async () => {
    await world.register('thu@example.org');
    const handle = await world.recovery.start({ email: email('thu@example.org'), origin });
    await world.recovery.prove({ handle, typed: await world.mailedCode() });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        world.recovery.complete({ handle, password, origin, whenRecovered: nothingElse }),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'recovered')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'over')).toHaveLength(49);
    expect(await world.letters()).toHaveLength(1);
  });
});
