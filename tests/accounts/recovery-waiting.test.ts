import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeExpiredRequests } from '../../src/accounts/expiry-repository.ts';
import { email, origin } from '../support/accounts.ts';
import { hour, newPassword, type TestRecoveries, testRecoveries } from '../support/recoveries.ts';

let world: TestRecoveries;

beforeAll(async () => {
  world = await testRecoveries();
});
afterAll(() => world.close());

const attemptsOf = (accountId: string): Promise<readonly { readonly state: string; readonly ready_at: Date }[]> =>
  world.tx.query('SELECT state, ready_at FROM recovery_attempt WHERE account_id = $1 ORDER BY started_at', [accountId]);

/** An address that the account has besides the one it signs in with. */
async function addContact(
  accountId: string,
  address: string,
  { proved, removed }: { readonly proved: boolean; readonly removed: boolean },
): Promise<void> {
  const account = await world.findActive(world.tx, accountId);
  if (!account) throw new Error('no account');
  const id = randomUUID();
  const sealed = world.encryption.seal(account.dataKey, address, `identifier:value_sealed:${id}`);
  const now = world.clock.now();
  await world.tx.query(
    `INSERT INTO identifier (id, account_id, kind, value_sealed, lookup_key_id, lookup_hash, is_login, created_at, removed_at)
     VALUES ($1, $2, 'email', $3, 'lookup-1', $4, false, $5, $6)`,
    [id, accountId, sealed, randomBytes(32), now, removed ? now : null],
  );
  if (!proved) return;
  await world.tx.query(
    `INSERT INTO verification (id, account_id, identifier_id, method, source, rule_version, verified_at)
     VALUES ($1, $2, $3, 'mailed-code', 'test', 1, $4)`,
    [randomUUID(), accountId, id, now],
  );
}

describe('a wait', () => {
  it('begins at once for everybody who can stop it, and ends in a new password', async () => {
    const accountId = await world.register('lan@example.org');
    const handle = await world.proveMailbox('lan@example.org');
    expect(await world.recovery.standing(handle)).toEqual({ need: { kind: 'may-wait' }, waiting: undefined, stops: 0 });
    const readyAt = new Date(world.clock.now().getTime() + 72 * hour * 1000);
    const endsAt = new Date(world.clock.now().getTime() + 14 * 24 * hour * 1000);

    await world.recoveryWaiting.start({ handle, origin });
    expect(await world.letters()).toMatchObject([
      {
        to: { address: 'lan@example.org' },
        template: 'recovery-waiting',
        readyAt: readyAt.toISOString(),
        endsAt: endsAt.toISOString(),
        asked: { ip: origin.ip },
      },
    ]);
    expect(await world.recovery.standing(handle)).toEqual({
      need: { kind: 'may-wait' },
      waiting: { readyAt, endsAt },
      stops: 0,
    });
    expect(await world.complete(handle)).toEqual({ kind: 'more-proof-needed' });

    world.clock.passSeconds(72 * hour - 1);
    expect(await world.complete(await world.proveMailbox('lan@example.org'))).toEqual({ kind: 'more-proof-needed' });
    world.clock.passSeconds(1);
    expect(await world.complete(await world.proveMailbox('lan@example.org'))).toEqual({ kind: 'recovered', accountId });
    expect(await world.hasPassword(accountId, newPassword)).toBe(true);
    expect(await attemptsOf(accountId)).toMatchObject([{ state: 'recovered' }]);
    expect(await world.eventsAbout(accountId)).toEqual([
      'account-registered',
      'recovery-waiting-started',
      'account-recovered',
      'sessions-ended',
    ]);
    const [{ details }] = await world.tx.query(
      `SELECT details FROM audit_event WHERE about_account_id = $1 AND kind = 'account-recovered'`,
      [accountId],
    );
    expect(details).toEqual({ proofs: ['mailed-code', 'waiting'] });
    await world.letters();
    // It has served: the next recovery waits anew.
    const again = await world.proveMailbox('lan@example.org');
    expect(await world.complete(again)).toEqual({ kind: 'more-proof-needed' });
  });

  it('is told to every proved address, and to no other', async () => {
    const accountId = await world.register('hai@example.org');
    await addContact(accountId, 'hai.second@example.org', { proved: true, removed: false });
    await addContact(accountId, 'hai.former@example.org', { proved: true, removed: true });
    await addContact(accountId, 'hai.claimed@example.org', { proved: false, removed: false });
    const handle = await world.proveMailbox('hai@example.org');
    await world.recoveryWaiting.start({ handle, origin });
    const letters = await world.letters();
    expect(letters.map(({ to }) => to)).toEqual(
      expect.arrayContaining([{ address: 'hai@example.org' }, { address: 'hai.second@example.org' }]),
    );
    expect(letters).toHaveLength(2);
  });

  it('is one per account: asking again joins it, and neither restarts nor shortens it', async () => {
    const accountId = await world.register('minh@example.org');
    await world.startWaiting('minh@example.org');
    const [first] = await attemptsOf(accountId);
    world.clock.passSeconds(36 * hour);
    const handle = await world.proveMailbox('minh@example.org');
    await Promise.all(Array.from({ length: 50 }, () => world.recoveryWaiting.start({ handle, origin })));
    expect(await attemptsOf(accountId)).toEqual([first]);
    expect(await world.letters()).toEqual([]);
  });

  it('begins once when fifty begin it, with one mail', async () => {
    const accountId = await world.register('hoa@example.org');
    const handle = await world.proveMailbox('hoa@example.org');
    await Promise.all(Array.from({ length: 50 }, () => world.recoveryWaiting.start({ handle, origin })));
    expect(await attemptsOf(accountId)).toHaveLength(1);
    expect(await world.letters()).toHaveLength(1);
    expect((await world.eventsAbout(accountId)).filter((kind) => kind === 'recovery-waiting-started')).toHaveLength(1);
  });

  it('needs the mailbox to be proved first', async () => {
    const accountId = await world.register('thu@example.org');
    const handle = await world.recovery.start({ email: email('thu@example.org'), origin });
    await world.recoveryWaiting.start({ handle, origin });
    await world.recoveryWaiting.start({ handle: 'never there', origin });
    expect(await attemptsOf(accountId)).toEqual([]);
    await world.letters();
  });

  it('serves once when fifty complete it, each with a code of its own', async () => {
    await world.register('an@example.org');
    await world.startWaiting('an@example.org');
    world.clock.passSeconds(72 * hour);
    const handles: string[] = [];
    for (let count = 0; count < 10; count += 1) handles.push(await world.proveMailbox('an@example.org'));
    const outcomes = await Promise.all(handles.flatMap((handle) => [1, 2, 3, 4, 5].map(() => world.complete(handle))));
    expect(outcomes.filter(({ kind }) => kind === 'recovered')).toHaveLength(1);
    await world.letters();
  });

  it('is over after 14 days, and the next one begins anew', async () => {
    const accountId = await world.register('son@example.org');
    const token = await world.startWaiting('son@example.org');
    world.clock.passSeconds(14 * 24 * hour);
    const handle = await world.proveMailbox('son@example.org');
    expect(await world.complete(handle)).toEqual({ kind: 'more-proof-needed' });
    expect(await world.recoveryWaiting.previewStop(token)).toEqual({ kind: 'over' });
    await world.recoveryWaiting.start({ handle, origin });
    expect(await world.letters()).toMatchObject([{ template: 'recovery-waiting' }]);
    expect(await attemptsOf(accountId)).toMatchObject([
      { ready_at: new Date(world.clock.now().getTime() + 72 * hour * 1000) },
    ]);
  });

  it('is not for an account that was suspended meanwhile', async () => {
    const accountId = await world.register('binh@example.org');
    await world.startWaiting('binh@example.org');
    world.clock.passSeconds(72 * hour);
    const handle = await world.proveMailbox('binh@example.org');
    await world.tx.query(`UPDATE account SET state = 'suspended' WHERE id = $1`, [accountId]);
    expect(await world.complete(handle)).toEqual({ kind: 'over' });
  });
});

describe('the later notices', () => {
  it('wait for half the time and for all of it, sealed, and go out once while somebody waits', async () => {
    await world.tx.query(`DELETE FROM jobs.job WHERE name = 'recovery-notice'`);
    await world.register('nga@example.org');
    const started = world.clock.now().getTime();
    const token = await world.startWaiting('nga@example.org');
    const later = await world.laterNotices();
    expect(later.map(({ notBefore, notice }) => [notice.notice, notBefore.getTime() - started])).toEqual([
      ['reminder', 36 * hour * 1000],
      ['ready', 72 * hour * 1000],
    ]);
    const [{ data }] = await world.tx.query(`SELECT data::text FROM jobs.job WHERE name = 'recovery-notice' LIMIT 1`);
    expect(data).not.toContain(token);
    const [reminder, ready] = later.map(({ notice }) => notice);
    if (!reminder || !ready) throw new Error('no notices');
    await Promise.all(Array.from({ length: 10 }, () => world.recoveryWaiting.remind(reminder)));
    expect(await world.letters()).toMatchObject([{ template: 'recovery-reminder', stopToken: token }]);
    await world.recoveryWaiting.remind(ready);
    expect(await world.letters()).toMatchObject([{ to: { address: 'nga@example.org' }, template: 'recovery-ready' }]);
  });

  it('stay unwritten once it was stopped, or has served', async () => {
    await world.tx.query(`DELETE FROM jobs.job WHERE name = 'recovery-notice'`);
    await world.register('dung@example.org');
    await world.recoveryWaiting.stop({ token: await world.startWaiting('dung@example.org'), origin });
    await world.register('cuc@example.org');
    await world.startWaiting('cuc@example.org');
    world.clock.passSeconds(72 * hour);
    expect(await world.complete(await world.proveMailbox('cuc@example.org'))).toMatchObject({ kind: 'recovered' });
    await world.letters();
    const later = await world.laterNotices();
    expect(later).toHaveLength(4);
    for (const { notice } of later) await world.recoveryWaiting.remind(notice);
    expect(await world.letters()).toEqual([]);
  });
});

describe('a stop', () => {
  it('ends the attempt, and changes nothing else about the account', async () => {
    const accountId = await world.register('tam@example.org', 'a long enough password');
    const token = await world.startWaiting('tam@example.org');
    const endedBefore = world.endedSessions.length;
    expect(await world.recoveryWaiting.previewStop(token)).toEqual({
      kind: 'waiting',
      by: 'mailbox',
      email: 't•••@example.org',
    });
    expect(await world.recoveryWaiting.stop({ token, origin })).toEqual({ kind: 'stopped', by: 'mailbox' });
    expect(await world.hasPassword(accountId, 'a long enough password')).toBe(true);
    expect(world.endedSessions).toHaveLength(endedBefore);
    world.clock.passSeconds(72 * hour);
    const handle = await world.proveMailbox('tam@example.org');
    expect(await world.complete(handle)).toEqual({ kind: 'more-proof-needed' });
    expect(await world.recovery.standing(handle)).toMatchObject({ need: { kind: 'may-wait' }, stops: 1 });
  });

  it('happens once when fifty press it', async () => {
    const accountId = await world.register('yen@example.org');
    const token = await world.startWaiting('yen@example.org');
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => world.recoveryWaiting.stop({ token, origin })));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['stopped']));
    expect((await world.eventsAbout(accountId)).filter((kind) => kind === 'recovery-stopped')).toHaveLength(1);
    const handle = await world.proveMailbox('yen@example.org');
    expect(await world.recovery.standing(handle)).toMatchObject({ stops: 1 });
  });

  it('or the recovery: never both, at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const address = `race-${round}@example.org`;
      const accountId = await world.register(address);
      const token = await world.startWaiting(address);
      world.clock.passSeconds(72 * hour);
      const handle = await world.proveMailbox(address);
      const [outcome, stop] = await Promise.all([
        world.complete(handle),
        world.recoveryWaiting.stop({ token, origin }),
      ]);
      const recovered = outcome.kind === 'recovered';
      expect(stop.kind).toBe(recovered ? 'over' : 'stopped');
      expect(await world.hasPassword(accountId, newPassword)).toBe(recovered);
      await world.letters();
    }
  });

  it('voids the codes that whoever waits has proved', async () => {
    await world.register('kim@example.org');
    const handle = await world.proveMailbox('kim@example.org');
    await world.recoveryWaiting.start({ handle, origin });
    const [letter] = await world.letters();
    const token = letter?.template === 'recovery-waiting' ? letter.stopToken : '';
    await world.recoveryWaiting.stop({ token, origin });
    expect(await world.recovery.standing(handle)).toBeUndefined();
  });

  it('that is the second leaves only a desk, for 180 days', async () => {
    const accountId = await world.register('vinh@example.org');
    await world.recoveryWaiting.stop({ token: await world.startWaiting('vinh@example.org'), origin });
    await world.recoveryWaiting.stop({ token: await world.startWaiting('vinh@example.org'), origin });
    const handle = await world.proveMailbox('vinh@example.org');
    expect(await world.recovery.standing(handle)).toMatchObject({ need: { kind: 'desk-or-eid-only' }, stops: 2 });
    await world.recoveryWaiting.start({ handle, origin });
    expect(await world.letters()).toEqual([]);
    expect(await world.complete(handle)).toEqual({ kind: 'more-proof-needed' });

    world.clock.passSeconds(179 * 24 * hour);
    await removeExpiredRequests(world.tx, { now: world.clock.now(), batch: 1_000 });
    expect(await attemptsOf(accountId)).toHaveLength(2);
    world.clock.passSeconds(24 * hour);
    const later = await world.proveMailbox('vinh@example.org');
    expect(await world.recovery.standing(later)).toMatchObject({ need: { kind: 'may-wait' }, stops: 0 });
    await removeExpiredRequests(world.tx, { now: world.clock.now(), batch: 1_000 });
    expect(await world.tx.query('SELECT FROM recovery_attempt')).toEqual([]);
  });
});

it('keeps nothing of a token but its hash', async () => {
  await world.register('ly@example.org');
  const token = await world.startWaiting('ly@example.org');
  const rows: readonly { readonly row: string }[] = await world.tx.query(
    'SELECT a::text AS row FROM recovery_attempt a',
  );
  expect(rows.map(({ row }) => row).join()).not.toContain(token);
  expect(rows.map(({ row }) => row).join()).not.toContain(Buffer.from(token).toString('hex'));
});
