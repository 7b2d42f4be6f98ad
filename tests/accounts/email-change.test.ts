import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { email, origin, type TestAccounts, testAccounts } from '../support/accounts.ts';

const password = 'a long enough password';
let world: TestAccounts;

beforeAll(async () => {
  world = await testAccounts();
});
afterAll(() => world.close());

/** Asks for the change and types the code. @returns the token in the notice to the old address */
async function changeEmail(accountId: string, address: string): Promise<string> {
  const form = await askedFor(accountId, address);
  expect(await world.emailChange.confirm(form)).toEqual({ kind: 'changed' });
  const [notice] = await world.letters();
  return notice?.template === 'email-changed' ? notice.undoToken : '';
}

async function askedFor(accountId: string, address: string) {
  const started = await world.emailChange.start({ accountId, email: email(address), origin });
  if (started.kind !== 'sent') {
    throw new Error(started.kind);
  }
  return { accountId, handle: started.handle, typed: await world.mailedCode(), origin };
}

const loginEmail = async (accountId: string) => (await world.findActive(world.tx, accountId))?.email?.address;

describe('a change of address', () => {
  it('is proved at the new one and told to the old one', async () => {
    const accountId = await world.register('lan@example.org');
    const form = await askedFor(accountId, 'lan@new.example');
    expect(await world.emailChange.confirm({ ...form, typed: 'AAAAAAAA' })).toEqual({ kind: 'wrong', triesLeft: 4 });
    expect(await loginEmail(accountId)).toBe('lan@example.org');
    expect(await world.emailChange.confirm(form)).toEqual({ kind: 'changed' });
    expect(await world.findActiveByEmail(world.tx, email('lan@new.example'))).toMatchObject({
      id: accountId,
      email: { address: 'lan@new.example', verified: true },
    });
    expect(await world.findActiveByEmail(world.tx, email('lan@example.org'))).toBeUndefined();
    expect(await world.letters()).toMatchObject([
      { to: { address: 'lan@example.org' }, template: 'email-changed', newAddressMasked: 'l•••@new.example' },
    ]);
    expect(await world.eventsAbout(accountId)).toEqual(['account-registered', 'email-changed']);
    expect(await world.emailChange.confirm(form)).toEqual({ kind: 'over' });
  });

  it('answers the same when somebody else has the address, and tells them', async () => {
    const accountId = await world.register('minh@example.org');
    const other = await world.register('other@example.org');
    const free = () => world.emailChange.start({ accountId, email: email('free@example.org'), origin });
    const taken = () => world.emailChange.start({ accountId, email: email('other@example.org'), origin });
    expect(await world.statementsOf(taken)).toEqual(await world.statementsOf(free));
    expect(await world.letters()).toMatchObject([
      { to: { accountId: other }, template: 'already-registered' },
      { to: { address: 'free@example.org' }, template: 'email-change-code' },
    ]);
  });

  it('is nothing for the address one has', async () => {
    const accountId = await world.register('hoa@example.org');
    expect(await world.emailChange.start({ accountId, email: email('HOA@example.org'), origin })).toEqual({
      kind: 'unchanged',
    });
  });

  it('waits while the account is cooling down, also when it was asked for before', async () => {
    const accountId = await world.register('thu@example.org');
    const form = await askedFor(accountId, 'thu@new.example');
    const until = new Date(world.clock.now().getTime() + 3_600_000);
    await world.tx.query('UPDATE account SET cool_down_until = $2 WHERE id = $1', [accountId, until]);
    expect(await world.emailChange.start({ accountId, email: email('x@new.example'), origin })).toEqual({
      kind: 'cooling-down',
      remainingSeconds: 3600,
    });
    expect(await world.emailChange.confirm(form)).toEqual({ kind: 'over' });
    expect(await loginEmail(accountId)).toBe('thu@example.org');
  });

  it("does not take another account's code", async () => {
    const [mine, theirs] = [await world.register('a1@example.org'), await world.register('a2@example.org')];
    const form = await askedFor(mine, 'a1@new.example');
    expect(await world.emailChange.confirm({ ...form, accountId: theirs })).toEqual({ kind: 'over' });
    expect(await loginEmail(theirs)).toBe('a2@example.org');
  });

  it('gives one of fifty accounts the address all of them proved', async () => {
    const forms = [];
    for (let n = 0; n < 50; n += 1) {
      forms.push(await askedFor(await world.register(`race${n}@example.org`), 'race@new.example'));
    }
    const outcomes = await Promise.all(forms.map(world.emailChange.confirm));
    expect(outcomes.filter(({ kind }) => kind === 'changed')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'address-taken')).toHaveLength(49);
    const addresses = await Promise.all(forms.map(({ accountId }) => loginEmail(accountId)));
    expect(addresses.filter((address) => address === 'race@new.example')).toHaveLength(1);
    expect(addresses.filter((address) => address === undefined)).toEqual([]);
    await world.letters();
  });
});

describe('undoing a change of address', () => {
  it('restores the old one, and throws out whoever made the change', async () => {
    const accountId = await world.register('victim@example.org', password);
    const token = await changeEmail(accountId, 'thief@example.net');
    world.clock.passSeconds(13 * 86_400);
    expect(await world.emailChangeUndo.preview(token)).toBe('v•••@example.org');
    expect(await loginEmail(accountId)).toBe('thief@example.net');
    expect(await world.emailChangeUndo.undo({ token, origin })).toEqual({ kind: 'undone', accountId });
    expect(await world.findActive(world.tx, accountId)).toMatchObject({
      email: { address: 'victim@example.org', verified: true },
      sessionsValidFrom: world.clock.now(),
    });
    expect(await world.hasPassword(accountId, password)).toBe(false);
    expect(world.endedSessions.at(-1)).toMatchObject({ accountId });
    expect(await world.letters()).toMatchObject([{ to: { accountId }, template: 'email-change-undone' }]);
    expect(await world.emailChangeUndo.undo({ token, origin })).toEqual({ kind: 'over' });
    expect(await world.emailChangeUndo.preview(token)).toBeUndefined();
  });

  it('takes later changes with it: the link the thief got is void', async () => {
    const accountId = await world.register('victim2@example.org');
    const mine = await changeEmail(accountId, 'thief2@example.net');
    world.clock.passSeconds(60);
    const theirs = await changeEmail(accountId, 'thief3@example.net');
    expect(await world.emailChangeUndo.undo({ token: mine, origin })).toMatchObject({ kind: 'undone' });
    await world.letters();
    expect(await world.emailChangeUndo.undo({ token: theirs, origin })).toEqual({ kind: 'over' });
    expect(await loginEmail(accountId)).toBe('victim2@example.org');
  });

  it('ends after 14 days', async () => {
    const accountId = await world.register('late@example.org');
    const token = await changeEmail(accountId, 'late@new.example');
    world.clock.passSeconds(14 * 86_400);
    expect(await world.emailChangeUndo.undo({ token, origin })).toEqual({ kind: 'over' });
  });

  it('says so when the old address belongs to another account by now', async () => {
    const accountId = await world.register('moved@example.org');
    const token = await changeEmail(accountId, 'moved@new.example');
    await world.register('moved@example.org');
    expect(await world.emailChangeUndo.undo({ token, origin })).toEqual({ kind: 'address-taken' });
    expect(await loginEmail(accountId)).toBe('moved@new.example');
  });

  it('happens once of fifty', async () => {
    const token = await changeEmail(await world.register('u50@example.org'), 'u50@new.example');
    const undone = await Promise.all(Array.from({ length: 50 }, () => world.emailChangeUndo.undo({ token, origin })));
    expect(undone.filter(({ kind }) => kind === 'undone')).toHaveLength(1);
    await world.letters();
  });
});
