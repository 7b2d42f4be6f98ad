import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InTransaction } from '../../src/platform/transaction.ts';
import { email, nothingElse, origin, type TestAccounts, testAccounts } from '../support/accounts.ts';
import { hour, rightCode, type TestRecoveries, testRecoveries } from '../support/recoveries.ts';

const password = 'a long enough password';
let world: TestAccounts;
let guarded: TestRecoveries;

// Every commit's answer is lost, so every unit of work runs again after it took effect.
const repeating =
  (inTransaction: InTransaction): InTransaction =>
  async (work) => {
    await inTransaction(work);
    return inTransaction(work);
  };

beforeAll(async () => {
  world = await testAccounts({}, repeating);
  guarded = await testRecoveries(['totp'], repeating);
});
afterAll(async () => {
  await world.close();
  await guarded.close();
});

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
      credential: { kind: 'password', password },
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

  it('leaves a further proof proved, and a wait begun, served and stopped once', async () => {
    const { tx, clock } = guarded;
    const accountId = await registerGuarded('lan@example.org');
    const handle = await proveMailbox('lan@example.org');
    expect(await guarded.recoveryProofs.prove({ handle, code: rightCode })).toEqual({ kind: 'proved' });

    await guarded.recoveryWaiting.start({ handle: await proveMailbox('lan@example.org'), origin });
    expect((await guarded.letters()).map(({ template }) => template)).toEqual(['recovery-waiting']);
    clock.passSeconds(72 * hour);
    expect(await guarded.complete(await proveMailbox('lan@example.org'))).toEqual({ kind: 'recovered', accountId });

    await guarded.recoveryWaiting.start({ handle: await proveMailbox('lan@example.org'), origin });
    const notice = (await guarded.letters()).find(({ template }) => template === 'recovery-waiting');
    const token = notice?.template === 'recovery-waiting' ? notice.stopToken : '';
    expect(await guarded.recoveryWaiting.stop({ token, origin })).toEqual({ kind: 'stopped', by: 'mailbox' });
    const kinds = await guarded.eventsAbout(accountId);
    expect(kinds.filter((kind) => kind === 'recovery-waiting-started')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'recovery-stopped')).toHaveLength(1);
    expect(await tx.query(`SELECT state FROM recovery_attempt ORDER BY started_at`)).toEqual([
      { state: 'recovered' },
      { state: 'stopped' },
    ]);
  });
});

async function codeOf(): Promise<string> {
  const letter = (await guarded.letters()).findLast((one) => 'code' in one);
  return letter && 'code' in letter ? letter.code : '';
}

async function registerGuarded(address: string): Promise<string> {
  const handle = await guarded.registration.start({ email: email(address), origin });
  await guarded.registration.prove({ handle, typed: await codeOf() });
  const credential = { kind: 'password', password } as const;
  const form = { handle, credential, profile: {}, origin, whenRegistered: nothingElse };
  const outcome = await guarded.registration.complete(form);
  return outcome.kind === 'registered' ? outcome.accountId : '';
}

async function proveMailbox(address: string): Promise<string> {
  const handle = await guarded.recovery.start({ email: email(address), origin });
  await guarded.recovery.prove({ handle, typed: await codeOf() });
  return handle;
}
