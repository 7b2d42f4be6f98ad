import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type EmailAddress, parseEmailAddress } from '../../src/accounts/email-address.ts';
import { origin } from '../support/accounts.ts';
import { newNumber } from '../support/identities.ts';
import { day, type TestReclaims, testReclaims } from '../support/reclaims.ts';

let world: TestReclaims;

beforeAll(async () => {
  world = await testReclaims();
});
beforeEach(() => world.guardAll({}));
afterAll(() => world.close());

const detailsOf = async (accountId: string, kind: string): Promise<unknown> => {
  const sql = 'SELECT details FROM audit_event WHERE about_account_id = $1 AND kind = $2';
  return (await world.tx.query(sql, [accountId, kind]))[0]?.details;
};

describe('a lost account', () => {
  it('comes back at once to its person, with its handle, where nobody uses it', async () => {
    const { accountId, address, asserted } = await world.lostAccount();
    const before = await world.findActive(world.tx, accountId);
    const identity = asserted();
    expect(await world.standingOf(identity)).toEqual({ kind: 'ready' });
    expect(await world.claim(identity)).toEqual({ kind: 'reclaimed', accountId });

    expect(await world.ownerOf(identity)).toBe(accountId);
    const after = await world.findActive(world.tx, accountId);
    expect(after).toMatchObject({
      subjectRef: before?.subjectRef,
      sessionsValidFrom: world.clock.now(),
      coolDownUntil: new Date(world.clock.now().getTime() + 3 * day * 1000),
    });
    expect(after?.identities.map(({ source }) => source).toSorted()).toEqual(['bank', 'vneid']);
    expect(world.endedSessions.at(-1)).toEqual({ accountId, at: world.clock.now() });
    expect(await world.hasPassword(accountId, 'a long enough password')).toBe(false);
    expect(await detailsOf(accountId, 'account-reclaimed')).toEqual({
      source: 'bank',
      waited: false,
      suspended: ['password'],
    });
    expect(await detailsOf(accountId, 'sessions-ended')).toEqual({ because: 'recovered' });
    expect(await world.letters()).toMatchObject([
      { to: { address }, template: 'account-reclaimed', eidName: 'eID bank' },
    ]);
    expect(await world.standingOf(identity)).toBeUndefined();
    expect(await world.claim(identity)).toEqual({ kind: 'over' });
  });

  it('takes 72 hours where somebody signed in within 90 days, and any proof of use counts', async () => {
    const { asserted } = await world.lostAccount(89);
    expect(await world.standingOf(asserted())).toEqual({ kind: 'may-wait' });
    expect(await world.claim(asserted())).toEqual({ kind: 'waiting' });

    const used = await world.lostAccount(200);
    await world.tx.query(
      `INSERT INTO audit_event (id, occurred_at, kind, version, actor, about_account_id, details)
       VALUES ($1, $2, 'portal-signed-on', 1, 'system', $3, '{}')`,
      [randomUUID(), new Date(world.clock.now().getTime() - 80 * day * 1000), used.accountId],
    );
    expect(await world.standingOf(used.asserted())).toEqual({ kind: 'may-wait' });
    await world.letters();
  });

  it('isn’t kept alive by strangers who guess at its password', async () => {
    const { accountId, asserted } = await world.lostAccount();
    await world.tx.query(
      `INSERT INTO audit_event (id, occurred_at, kind, version, actor, about_account_id, details)
       VALUES ($1, $2, 'password-login-failed', 1, 'system', $3, '{}')`,
      [randomUUID(), world.clock.now(), accountId],
    );
    expect(await world.standingOf(asserted())).toEqual({ kind: 'ready' });
  });

  it('waits with notices where a second factor guards it, and comes back when the same eID comes again', async () => {
    const { accountId, address, asserted } = await world.lostAccount();
    world.guardAll({ hasSecondFactor: true });
    expect(await world.claim(asserted())).toEqual({ kind: 'waiting' });
    const readyAt = new Date(world.clock.now().getTime() + 3 * day * 1000);
    expect(await world.letters()).toMatchObject([
      { to: { address }, template: 'reclaim-waiting', readyAt: readyAt.toISOString(), eidName: 'eID bank' },
    ]);
    expect(await world.hasPassword(accountId, 'a long enough password')).toBe(true);

    world.clock.passSeconds(2 * day);
    expect(await world.claim(asserted())).toEqual({ kind: 'waiting' });
    expect(await world.standingOf(asserted())).toEqual({ kind: 'waiting', readyAt });
    expect(await world.letters()).toEqual([]);

    world.clock.passSeconds(day);
    expect(await world.standingOf(asserted())).toEqual({ kind: 'ready' });
    expect(await world.claim(asserted())).toEqual({ kind: 'reclaimed', accountId });
    expect(await detailsOf(accountId, 'account-reclaimed')).toMatchObject({ waited: true });
    expect(await detailsOf(accountId, 'recovery-waiting-started')).toMatchObject({ proofs: ['eid'] });
    await world.letters();
  });

  it('leaves the old identity of the same source behind, and keeps its number', async () => {
    const { accountId, number, asserted } = await world.lostAccount();
    const reissued = asserted({ source: 'vneid' });
    expect(await world.claim(reissued)).toEqual({ kind: 'reclaimed', accountId });
    const account = await world.findActive(world.tx, accountId);
    expect(account?.identities.map(({ source }) => source)).toEqual(['vneid']);
    expect(await world.ownerOf(reissued)).toBe(accountId);
    expect(await world.identities.findNumberOwner(world.tx, number)).toMatchObject({ accountId });
    expect(await world.eventsAbout(accountId)).toEqual(expect.arrayContaining(['identity-removed', 'identity-linked']));
    await world.letters();
  });

  it('belongs to nobody who has another number, or none', async () => {
    const { asserted } = await world.lostAccount();
    const stranger = asserted({ attributes: { national_id: newNumber() } });
    expect(await world.standingOf(stranger)).toBeUndefined();
    expect(await world.claim(stranger)).toEqual({ kind: 'over' });
    const { national_id: _, ...bare } = asserted().attributes;
    expect(await world.claim({ ...asserted(), attributes: bare })).toEqual({ kind: 'over' });
  });

  it('keeps nothing of it where what belongs to it fails', async () => {
    const { accountId, asserted } = await world.lostAccount();
    const fails = async () => {
      throw new Error('no login');
    };
    await expect(world.claim(asserted(), fails)).rejects.toThrow('no login');
    expect(await world.hasPassword(accountId, 'a long enough password')).toBe(true);
    expect(await world.ownerOf(asserted())).toBeUndefined();
    expect(await world.letters()).toEqual([]);
  });

  it('is told to be back also where the answer of the commit was lost', async () => {
    const repeating = await testReclaims((inTransaction) => async (work) => {
      await inTransaction(work);
      return inTransaction(work);
    });
    const { accountId, asserted } = await repeating.lostAccount();
    expect(await repeating.claim(asserted())).toEqual({ kind: 'reclaimed', accountId });
    expect((await repeating.eventsAbout(accountId)).filter((kind) => kind === 'account-reclaimed')).toHaveLength(1);
    await repeating.close();
  });
});

describe('the notices of a wait by eID', () => {
  type Owner = { readonly accountId: string; readonly address: string };
  const byPassword = async ({ address }: Owner) => {
    const login = await world.findActiveLogin(world.tx, parseEmailAddress(address) as EmailAddress);
    return login && { ...login, dataKey: await login.dataKey() };
  };

  it.each([
    ['in a transaction', ({ accountId }: Owner) => world.findActive(world.tx, accountId)],
    ['by a passkey', ({ accountId }: Owner) => world.findActiveNow(accountId)],
    ['by a password', byPassword],
  ])(
    'come once more when the owner, looked up %s, signs in meanwhile, with the link that stops it',
    async (_, find) => {
      const { accountId, address, asserted } = await world.lostAccount(10);
      const token = await world.startClaim(asserted());
      const signIn = async (): Promise<void> => {
        const account = await find({ accountId, address });
        if (!account) throw new Error('no account');
        await world.signIns.record(world.tx, {
          account,
          signIn: { loginId: randomBytes(32), origin },
          knownSince: world.clock.now(),
        });
      };
      await signIn();
      expect(await world.letters()).toMatchObject([
        { to: { address }, template: 'reclaim-signed-in', eidName: 'eID bank', stopToken: token },
      ]);
      await signIn();
      expect(await world.letters()).toEqual([]);
      expect(await world.recoveryWaiting.stop({ token, origin })).toMatchObject({ kind: 'stopped' });

      await world.startClaim(asserted());
      await world.recoveryWaiting.stop({ token: await world.startClaim(asserted({ subject: 'another' })), origin });
      await Promise.all(Array.from({ length: 20 }, signIn));
      expect(await world.letters()).toHaveLength(1);
    },
  );

  it('come halfway and at the end, name the eID, and stop it', async () => {
    const { accountId, asserted } = await world.lostAccount(10);
    const token = await world.startClaim(asserted());
    const [attempt] = await world.tx.query('SELECT id FROM recovery_attempt WHERE account_id = $1', [accountId]);
    const asked = { at: world.clock.now().toISOString(), ip: origin.ip };
    const notice = { attemptId: attempt.id, stopToken: token, asked, eidName: 'eID bank' };
    await world.recoveryWaiting.remind({ ...notice, notice: 'reminder' });
    await world.recoveryWaiting.remind({ ...notice, notice: 'reminder' });
    await world.recoveryWaiting.remind({ ...notice, notice: 'ready' });
    expect(await world.letters()).toMatchObject([
      { template: 'reclaim-reminder', eidName: 'eID bank', stopToken: token },
      { template: 'reclaim-ready', eidName: 'eID bank' },
    ]);
    expect(await world.recoveryWaiting.previewStop(token)).toMatchObject({ kind: 'waiting', by: 'eid' });
    expect(await world.recoveryWaiting.stop({ token, origin })).toEqual({ kind: 'stopped', by: 'eid' });
  });
});
