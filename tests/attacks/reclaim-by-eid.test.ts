import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { email, nothingElse, origin } from '../support/accounts.ts';
import { day, type LostAccount, type TestReclaims, testReclaims } from '../support/reclaims.ts';
import { partialDate } from '../support/vouched-identity.ts';

let world: TestReclaims;

beforeAll(async () => {
  world = await testReclaims();
});
beforeEach(() => world.guardAll({}));
afterAll(() => world.close());

async function isUntouched({ accountId }: LostAccount): Promise<void> {
  expect(await world.hasPassword(accountId, 'a long enough password')).toBe(true);
  expect(await world.eventsAbout(accountId)).not.toContain('account-reclaimed');
}

const refusedAs = (because: string) => ({ kind: 'refused', because });

describe('somebody else’s eID with the number of a lost account', () => {
  it.each([
    ['birth date', { birthdate: partialDate('1984-03-13') }],
    ['name', { name: 'Trần Văn Nam' }],
    ['tone of a name', { name: 'Nguyễn Thị Hoạ' }],
  ])('never gets it where another %s is on file, however long it waits', async (_, attributes) => {
    const lost = await world.lostAccount();
    const theirs = lost.asserted({ attributes });
    expect(await world.standingOf(theirs)).toEqual(refusedAs('disagrees'));
    expect(await world.claim(theirs)).toEqual(refusedAs('disagrees'));
    world.clock.passSeconds(30 * day);
    expect(await world.claim(theirs)).toEqual(refusedAs('disagrees'));
    await isUntouched(lost);
    expect(await world.eventsAbout(lost.accountId)).toContain('identity-refused');
  });

  it('never gets it where what was on file has been withdrawn by its source', async () => {
    const lost = await world.lostAccount();
    await world.identities.withdraw(world.tx, { linkId: lost.linkId, at: world.clock.now() });
    const theirs = lost.asserted({ attributes: { birthdate: partialDate('1999-01-01') } });
    expect(await world.claim(theirs)).toEqual(refusedAs('disagrees'));
    await isUntouched(lost);
  });

  it.each(['low', 'unknown', '', 'constructor'])('never gets it by a weaker level: “%s”', async (level) => {
    const lost = await world.lostAccount();
    expect(await world.claim(lost.asserted({ level }))).toEqual(refusedAs('level-too-low'));
    await isUntouched(lost);
  });

  it('never gets it by a weaker level than the highest on file, though that was withdrawn', async () => {
    const lost = await world.lostAccount();
    const linkId = await world.linkTo(lost.accountId, lost.asserted({ subject: randomUUID(), level: 'high' }));
    await world.identities.withdraw(world.tx, { linkId, at: world.clock.now() });
    expect(await world.claim(lost.asserted({ source: 'vneid' }))).toEqual(refusedAs('level-too-low'));
    await isUntouched(lost);
  });

  it('never gets it by an eID that is switched off here', async () => {
    const lost = await world.lostAccount();
    expect(await world.claim(lost.asserted({ source: 'gone' }))).toEqual(refusedAs('level-too-low'));
    await isUntouched(lost);
  });

  it.each(['suspended', 'closed'])('never gets a %s account', async (state) => {
    const lost = await world.lostAccount();
    await world.tx.query('UPDATE account SET state = $2 WHERE id = $1', [lost.accountId, state]);
    expect(await world.claim(lost.asserted())).toEqual(refusedAs('account-inactive'));
    await isUntouched(lost);
  });
});

describe('a wait for an account', () => {
  it('that was stopped doesn’t complete; the next one begins anew, and never at once', async () => {
    const lost = await world.lostAccount();
    world.guardAll({ hasSecondFactor: true });
    for (let stops = 0; stops < 3; stops += 1) {
      const token = await world.startClaim(lost.asserted());
      world.clock.passSeconds(3 * day - 1);
      await world.recoveryWaiting.stop({ token, origin });
      world.clock.passSeconds(day);
      expect(await world.standingOf(lost.asserted())).toEqual({ kind: 'may-wait' });
    }
    world.guardAll({});
    expect(await world.standingOf(lost.asserted())).toEqual({ kind: 'may-wait' });
    await isUntouched(lost);
    await world.startClaim(lost.asserted());
    world.clock.passSeconds(3 * day);
    expect(await world.claim(lost.asserted())).toMatchObject({ kind: 'reclaimed' });
  });

  it('by an eID serves nobody who reads the mailbox, nor the other way round', async () => {
    const lost = await world.lostAccount();
    world.guardAll({ hasSecondFactor: true });
    const mailbox = async (): Promise<string> => {
      const handle = await world.recovery.start({ email: email(lost.address), origin });
      await world.recovery.prove({ handle, typed: await world.mailedCode() });
      return handle;
    };
    const complete = (handle: string) =>
      world.recovery.complete({ handle, password: 'another long password', origin, whenRecovered: nothingElse });

    await world.startClaim(lost.asserted());
    world.clock.passSeconds(3 * day);
    expect(await world.recovery.standing(await mailbox())).toMatchObject({ need: { kind: 'may-wait' } });
    expect(await complete(await mailbox())).toEqual({ kind: 'more-proof-needed' });
    expect(await world.standingOf(lost.asserted())).toEqual({ kind: 'ready' });

    const other = await world.lostAccount();
    const handle = await world.recovery.start({ email: email(other.address), origin });
    await world.recovery.prove({ handle, typed: await world.mailedCode() });
    await world.recoveryWaiting.start({ handle, origin });
    world.clock.passSeconds(3 * day);
    expect(await world.standingOf(other.asserted())).toEqual({ kind: 'may-wait' });
    expect(await world.claim(other.asserted())).toEqual({ kind: 'waiting' });
    await isUntouched(lost);
    await isUntouched(other);
    await world.letters();
  });

  it('serves only the eID that waited', async () => {
    const lost = await world.lostAccount();
    world.guardAll({ hasSecondFactor: true });
    await world.startClaim(lost.asserted());
    world.clock.passSeconds(3 * day);
    const other = lost.asserted({ source: 'bank', subject: randomUUID() });
    expect(await world.standingOf(other)).toEqual({ kind: 'may-wait' });
    expect(await world.claim(other)).toEqual({ kind: 'waiting' });
    await isUntouched(lost);
    await world.letters();
  });

  it('doesn’t complete by an assertion that has become weaker, or another', async () => {
    const lost = await world.lostAccount();
    world.guardAll({ hasSecondFactor: true });
    await world.startClaim(lost.asserted());
    world.clock.passSeconds(3 * day);
    expect(await world.claim(lost.asserted({ level: 'low' }))).toEqual(refusedAs('level-too-low'));
    const changed = lost.asserted({ attributes: { birthdate: partialDate('1990-01-01') } });
    expect(await world.claim(changed)).toEqual(refusedAs('disagrees'));
    await isUntouched(lost);
  });

  it('is over after 14 days', async () => {
    const lost = await world.lostAccount();
    world.guardAll({ hasSecondFactor: true });
    await world.startClaim(lost.asserted());
    world.clock.passSeconds(14 * day);
    expect(await world.standingOf(lost.asserted())).toEqual({ kind: 'may-wait' });
    await isUntouched(lost);
  });

  it('leaves its owner everything they have', async () => {
    const lost = await world.lostAccount();
    world.guardAll({ hasSecondFactor: true });
    const ended = world.endedSessions.length;
    await world.startClaim(lost.asserted());
    world.clock.passSeconds(3 * day);
    await isUntouched(lost);
    expect(world.endedSessions).toHaveLength(ended);
    expect(await world.findActive(world.tx, lost.accountId)).toMatchObject({ coolDownUntil: null });
  });
});
