import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { origin } from '../support/accounts.ts';
import { newPassword, rightCode, type TestRecoveries, testRecoveries } from '../support/recoveries.ts';

let world: TestRecoveries;

beforeAll(async () => {
  world = await testRecoveries(['totp', 'recovery-code']);
});
afterAll(() => world.close());

const proofsOfEvent = async (accountId: string): Promise<unknown> => {
  const sql = `SELECT details FROM audit_event WHERE about_account_id = $1 AND kind = 'account-recovered'`;
  return (await world.tx.query(sql, [accountId]))[0]?.details.proofs;
};

describe('a further proof', () => {
  it('recovers the account beside the mailed code', async () => {
    const accountId = await world.register('lan@example.org');
    const handle = await world.proveMailbox('lan@example.org');
    expect(await world.recovery.standing(handle)).toMatchObject({
      need: { kind: 'needs-one-more', proofs: ['totp', 'recovery-code'] },
    });
    expect(await world.complete(handle)).toEqual({ kind: 'more-proof-needed' });
    expect(await world.recoveryProofs.prove({ handle, code: '000000' })).toEqual({ kind: 'wrong', triesLeft: 4 });
    expect(await world.complete(handle)).toEqual({ kind: 'more-proof-needed' });
    expect(await world.recoveryProofs.prove({ handle, code: rightCode })).toEqual({ kind: 'proved' });
    expect(world.guesses).toEqual([]);
    expect(await world.recoveryProofs.prove({ handle, code: 'typed again' })).toEqual({ kind: 'proved' });
    expect(await world.complete(handle)).toEqual({ kind: 'recovered', accountId });
    expect(await world.hasPassword(accountId, newPassword)).toBe(true);
    expect(await proofsOfEvent(accountId)).toEqual(['mailed-code', 'totp']);
    await world.letters();
  });

  it('comes after the mailed code, not before', async () => {
    await world.register('minh@example.org');
    const handle = await world.recovery.start({
      email: { display: 'minh@example.org', lookup: 'minh@example.org' },
      origin,
    });
    expect(await world.recoveryProofs.prove({ handle, code: rightCode })).toEqual({ kind: 'over' });
    expect(await world.recoveryProofs.prove({ handle: 'never there', code: rightCode })).toEqual({ kind: 'over' });
    await world.letters();
  });

  it('belongs to one request: another one begins without it', async () => {
    await world.register('hoa@example.org');
    const mine = await world.proveMailbox('hoa@example.org');
    const theirs = await world.proveMailbox('hoa@example.org');
    expect(await world.recoveryProofs.prove({ handle: mine, code: rightCode })).toEqual({ kind: 'proved' });
    expect(await world.complete(theirs)).toEqual({ kind: 'more-proof-needed' });
  });

  it('gives a request five tries, whether one by one or fifty at once, each counted for the account before', async () => {
    await world.register('an@example.org');
    const handle = await world.proveMailbox('an@example.org');
    world.guesses.length = 0;
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => world.recoveryProofs.prove({ handle, code: '000000' })),
    );
    expect(outcomes.filter((one) => one.kind === 'wrong' && one.triesLeft > 0)).toHaveLength(4);
    expect(world.guesses).toHaveLength(50);
    expect(await world.recoveryProofs.prove({ handle, code: rightCode })).toEqual({ kind: 'wrong', triesLeft: 0 });
    expect(await world.complete(handle)).toEqual({ kind: 'more-proof-needed' });
  });

  it('ends a wait that is running, and does not count it', async () => {
    const accountId = await world.register('thu@example.org');
    const token = await world.startWaiting('thu@example.org');
    const handle = await world.proveMailbox('thu@example.org');
    await world.recoveryProofs.prove({ handle, code: rightCode });
    expect(await world.complete(handle)).toEqual({ kind: 'recovered', accountId });
    expect(await proofsOfEvent(accountId)).toEqual(['mailed-code', 'totp']);
    expect(await world.recoveryWaiting.stop({ token, origin })).toEqual({ kind: 'over' });
    await world.letters();
  });

  it('is not looked at after two stops', async () => {
    await world.register('son@example.org');
    for (let stops = 0; stops < 2; stops += 1) {
      await world.recoveryWaiting.stop({ token: await world.startWaiting('son@example.org'), origin });
    }
    const handle = await world.proveMailbox('son@example.org');
    expect(await world.recoveryProofs.prove({ handle, code: rightCode })).toEqual({ kind: 'over' });
    expect(await world.complete(handle)).toEqual({ kind: 'more-proof-needed' });
  });
});
