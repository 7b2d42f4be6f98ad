import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { email, origin, type TestAccounts, testAccounts } from '../support/accounts.ts';

const password = 'another long password';
let world: TestAccounts;

beforeAll(async () => {
  world = await testAccounts();
});
afterAll(() => world.close());

describe('a new password', () => {
  it('ends every other session and is told by mail', async () => {
    const accountId = await world.register('lan@example.org');
    expect(await world.changePassword({ accountId, password, sessionUid: 'this', origin })).toEqual({
      kind: 'changed',
    });
    expect(await world.hasPassword(accountId, password)).toBe(true);
    expect(world.endedSessions.at(-1)).toMatchObject({ accountId, except: 'this' });
    expect(await world.letters()).toMatchObject([{ to: { accountId }, template: 'password-changed' }]);
    expect(await world.eventsAbout(accountId)).toEqual(['account-registered', 'password-changed', 'sessions-ended']);
  });

  it('is refused with its reasons', async () => {
    const accountId = await world.register('minh@example.org');
    const form = { accountId, password: 'short', sessionUid: 'this', origin };
    expect(await world.changePassword(form)).toEqual({ kind: 'password-refused', reasons: ['too-short'] });
  });
});

describe('signing out everywhere', () => {
  it('ends every session, also those the provider has forgotten to end', async () => {
    const accountId = await world.register('hoa@example.org');
    world.clock.passSeconds(5);
    await world.signOutEverywhere({ accountId, origin });
    expect(world.endedSessions.at(-1)).toEqual({ accountId, at: world.clock.now() });
    expect(await world.findActive(world.tx, accountId)).toMatchObject({ sessionsValidFrom: world.clock.now() });
  });
});

describe('what a person says about themselves', () => {
  it('is replaced, and the event names the attributes only', async () => {
    const accountId = await world.register('thu@example.org');
    const profile = { name: 'Nguyễn Thị Lan', birthdate: '1965-10' };
    await world.changeProfile({ accountId, profile, origin });
    await world.changeProfile({ accountId, profile, origin });
    expect(await (await world.findClaimsSource(accountId))?.claims()).toMatchObject(profile);
    const events = `SELECT details FROM audit_event WHERE kind = 'profile-changed' AND about_account_id = $1`;
    expect(await world.tx.query(events, [accountId])).toEqual([{ details: { attributes: ['birthdate'] } }]);
  });
});

describe('the claims of an account', () => {
  it('take one statement', async () => {
    const accountId = await world.register('claims@example.org');
    const statements = await world.statementsOf(async () => (await world.findClaimsSource(accountId))?.claims());
    expect(statements).toHaveLength(1);
    expect(await (await world.findClaimsSource(accountId))?.claims()).toMatchObject({
      email: 'claims@example.org',
      email_verified: true,
      name: 'Nguyễn Thị Lan',
      locale: 'vi',
    });
  });

  it('share a statement where they are asked for in the same moment, and nobody gets another person', async () => {
    const known = [await world.register('mot@example.org'), await world.register('hai@example.org')];
    const asked = [...known, randomUUID(), ...known];
    const found: unknown[] = [];
    const statements = await world.statementsOf(async () => {
      const sources = await Promise.all(asked.map((accountId) => world.findClaimsSource(accountId)));
      found.push(...(await Promise.all(sources.map(async (source) => (await source?.claims())?.email))));
    });
    expect(statements).toHaveLength(1);
    expect(found).toEqual(['mot@example.org', 'hai@example.org', undefined, 'mot@example.org', 'hai@example.org']);
  });

  it.each(['suspended', 'closed'])('are not found of a %s one', async (state) => {
    const accountId = await world.register(`${state}@example.org`);
    await world.tx.query('UPDATE account SET state = $2 WHERE id = $1', [accountId, state]);
    expect(await world.findClaimsSource(accountId)).toBeUndefined();
    expect(await world.findActiveByEmail(world.tx, email(`${state}@example.org`))).toBeUndefined();
    expect(await world.findInAnyState(world.tx, accountId)).toMatchObject({ state });
  });

  it('lie sealed in the database', async () => {
    await world.register('sealed@example.org');
    const rows = await world.tx.query(
      `SELECT encode(value_sealed, 'escape') || coalesce(encode(profile_sealed, 'escape'), '') AS bytes
       FROM identifier i JOIN account a ON a.id = i.account_id`,
    );
    for (const { bytes } of rows) {
      expect(bytes).not.toMatch(/example\.org|Nguy/);
    }
  });
});

describe('a code for an unknown device', () => {
  it('opens one password check, for the address it was asked for', async () => {
    const accountId = await world.register('guessed@example.org');
    const handle = await world.signInCode.start({ email: email('guessed@example.org'), origin });
    const [letter] = await world.letters();
    expect(letter).toMatchObject({ to: { accountId }, template: 'sign-in-code' });
    const typed = letter && 'code' in letter ? letter.code : '';
    const guessed = { handle, email: email('guessed@example.org') };
    expect(await world.signInCode.spend(guessed)).toBe(false);
    expect(await world.signInCode.prove({ handle, typed })).toEqual({ kind: 'proved' });
    expect(await world.signInCode.spend({ handle, email: email('other@example.org') })).toBe(false);
    const spent = await Promise.all(Array.from({ length: 50 }, () => world.signInCode.spend(guessed)));
    expect(spent.filter(Boolean)).toHaveLength(1);
  });

  it('takes the same statements for an unknown address', async () => {
    await world.register('known@example.org');
    const start = (address: string) => () => world.signInCode.start({ email: email(address), origin });
    const known = await world.statementsOf(start('known@example.org'));
    expect(await world.statementsOf(start('unknown@example.org'))).toEqual(known);
    await world.letters();
  });
});
