import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InTransaction } from '../../src/platform/transaction.ts';
import { email, nothingElse, origin, type TestAccounts, testAccounts } from '../support/accounts.ts';

const password = 'a long enough password';
let world: TestAccounts;

beforeAll(async () => {
  // Every commit's answer is lost, so every unit of work runs again after it took effect.
  world = await testAccounts(
    {},
    (inTransaction): InTransaction =>
      async (work) => {
        await inTransaction(work);
        return inTransaction(work);
      },
  );
});
afterAll(() => world.close());

async function aCode(): Promise<string> {
  const letter = (await world.letters()).at(-1);
  return letter && 'code' in letter ? letter.code : '';
}

describe('an answer lost after the commit', () => {
  it('leaves the person registered, and told so', async () => {
    const handle = await world.registration.start({ email: email('lan@example.org'), origin });
    expect(await world.registration.prove({ handle, typed: await aCode() })).toEqual({ kind: 'proved' });
    const outcome = await world.registration.complete({
      handle,
      password,
      profile: {},
      origin,
      whenRegistered: nothingElse,
    });
    expect(outcome).toMatchObject({ kind: 'registered' });
    expect(await world.eventsAbout(outcome.kind === 'registered' ? outcome.accountId : '')).toEqual([
      'account-registered',
    ]);
  });

  it('leaves the address changed once, and told so; and undone the same way', async () => {
    const account = await world.findActiveByEmail(world.tx, email('lan@example.org'));
    const accountId = account?.id ?? '';
    const started = await world.emailChange.start({ accountId, email: email('lan@new.example'), origin });
    const handle = started.kind === 'sent' ? started.handle : '';
    expect(await world.emailChange.confirm({ accountId, handle, typed: await aCode(), origin })).toEqual({
      kind: 'changed',
    });
    const [notice, ...others] = await world.letters();
    expect(others).toEqual([]);
    const token = notice?.template === 'email-changed' ? notice.undoToken : '';
    expect(await world.emailChangeUndo.undo({ token, origin })).toEqual({ kind: 'undone', accountId });
  });

  it('leaves the account recovered, and told so', async () => {
    await world.letters();
    const handle = await world.recovery.start({ email: email('lan@example.org'), origin });
    expect(await world.recovery.prove({ handle, typed: await aCode() })).toEqual({ kind: 'proved' });
    expect(await world.recovery.complete({ handle, password, origin, whenRecovered: nothingElse })).toMatchObject({
      kind: 'recovered',
    });
  });
});
