import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NationalNumber } from '../../src/accounts/verified-identity.ts';
import {
  type AskedLink,
  askedLink,
  assertedAt,
  attributes,
  newNumber,
  type TestIdentities,
  testIdentities,
} from '../support/identities.ts';

const later = new Date('2026-11-22T09:00:00Z');
const earlier = new Date('2026-11-22T07:00:00Z');
let world: TestIdentities;

beforeAll(async () => {
  world = await testIdentities();
});
afterAll(() => world.close());

describe('an identity that is asserted again', () => {
  const record = async (account: AskedLink['account']) => (await world.identities.findRecords(world.tx, account))[0];

  it('is confirmed, and never back in time', async () => {
    const { account, linkId: id, evidenceId } = await world.linkedIdentity();
    expect(await world.identities.confirm(world.tx, { id, evidenceId, verifiedAt: later })).toBe(true);
    expect(await world.identities.confirm(world.tx, { id, evidenceId, verifiedAt: earlier })).toBe(true);
    expect((await record(account))?.verifiedAt).toEqual(later);
    expect(await world.written(account)).toEqual([1, 1, 0]);
  });

  it('is replaced by what the source says now; what it said before remains', async () => {
    const given = await world.linkedIdentity();
    const { account, linkId } = given;
    const evidenceId = randomUUID();
    const identity = {
      ...given.identity,
      level: 'LoA3',
      verifiedAt: later,
      attributes: attributes({ name: 'Trần Hoà' }),
    };
    expect(await world.identities.replace(world.tx, { account, linkId, evidenceId, identity })).toBe('replaced');
    expect(await world.identities.replace(world.tx, { account, linkId, evidenceId, identity })).toBe('replaced');
    expect(await record(account)).toEqual({ id: linkId, evidenceId, ...identity });
    expect(
      await world.identities.confirm(world.tx, { id: linkId, evidenceId: given.evidenceId, verifiedAt: later }),
    ).toBe(false);
    const { source } = identity;
    const newest = { id: evidenceId, source, level: 'LoA3', attributes: identity.attributes, assertedAt: later };
    expect(await world.identities.history(world.tx, { account, limit: 10 })).toEqual([
      newest,
      { id: given.evidenceId, source, level: 'LoA2', attributes: given.identity.attributes, assertedAt },
    ]);
    expect(await world.identities.history(world.tx, { account, limit: 1 })).toEqual([newest]);
  });

  it('gets the number that it now has, unless that is another’s or the account has a different one', async () => {
    const { account, linkId, identity } = await world.linkedIdentity();
    const [own, foreign] = [newNumber(), newNumber()];
    await world.link(askedLink({ account: await world.newAccount(), number: foreign }));
    const replace = (number: NationalNumber) =>
      world.identities.replace(world.tx, {
        account,
        linkId,
        evidenceId: randomUUID(),
        identity: { ...identity, verifiedAt: later, attributes: attributes({ national_id: number }) },
      });
    expect(await replace(foreign)).toBe('number-taken');
    expect(await world.written(account)).toEqual([1, 1, 0]);
    expect(await replace(own)).toBe('replaced');
    expect(await replace(newNumber())).toBe('number-taken');
    expect(await replace(own)).toBe('replaced');
    expect(await world.written(account)).toEqual([3, 1, 1]);
    expect(await world.identities.findNumberOwner(world.tx, own)).toMatchObject({ accountId: account.id });
  });

  it('isn’t replaced by something older, by another source, or on somebody else’s account', async () => {
    const given = await world.linkedIdentity();
    const { account, linkId, identity } = given;
    const replace = (change: Partial<Parameters<typeof world.identities.replace>[1]>) =>
      world.identities.replace(world.tx, { account, linkId, evidenceId: randomUUID(), identity, ...change });
    expect(await replace({ identity: { ...identity, verifiedAt: earlier } })).toBe('over');
    expect(await replace({ identity: { ...identity, source: 'franceconnect' } })).toBe('over');
    expect(await replace({ account: await world.newAccount() })).toBe('over');
    expect(await record(account)).toEqual({ id: linkId, evidenceId: given.evidenceId, ...identity });
    expect(await world.written(account)).toEqual([1, 1, 0]);
  });
});

describe('an identity that its source withdraws', () => {
  it('no longer stands, but remains the account’s until the source vouches again', async () => {
    const given = askedLink({ account: await world.newAccount(), number: newNumber() });
    const { account, linkId, evidenceId, identity, subject } = given;
    const number = identity.attributes.national_id as NationalNumber;
    await world.link(given);
    expect(await world.identities.withdraw(world.tx, { linkId, at: later })).toBe(true);
    expect(await world.identities.withdraw(world.tx, { linkId, at: later })).toBe(true);
    expect(await world.identities.withdraw(world.tx, { linkId, at: new Date('2026-12-01T00:00:00Z') })).toBe(false);
    expect(await world.identities.findRecords(world.tx, account)).toEqual([]);
    expect(await world.identities.findOwner(world.tx, { source: 'vneid', subject })).toMatchObject({ linkId });
    expect(await world.link(askedLink({ account: await world.newAccount(), subject }))).toBe('identity-taken');
    expect(await world.link(askedLink({ account: await world.newAccount(), number }))).toBe('number-taken');

    const after = new Date('2026-11-22T10:00:00Z');
    expect(await world.identities.confirm(world.tx, { id: linkId, evidenceId, verifiedAt: after })).toBe(false);
    const again = { account, linkId, evidenceId: randomUUID() };
    expect(await world.identities.replace(world.tx, { ...again, identity })).toBe('over');
    expect(await world.identities.replace(world.tx, { ...again, identity: { ...identity, verifiedAt: after } })).toBe(
      'replaced',
    );
    expect(await world.identities.findRecords(world.tx, account)).toHaveLength(1);
  });
});

describe('an identity that is removed', () => {
  it('is free for another account, with its number; its evidence remains', async () => {
    const given = askedLink({ account: await world.newAccount(), number: newNumber() });
    const { account, linkId, subject } = given;
    const number = given.identity.attributes.national_id as NationalNumber;
    await world.link(given);
    expect(await world.identities.remove(world.tx, { account, linkId, at: later })).toBe(true);
    expect(await world.identities.remove(world.tx, { account, linkId, at: later })).toBe(true);
    expect(await world.identities.remove(world.tx, { account, linkId, at: new Date('2026-12-01T00:00:00Z') })).toBe(
      false,
    );
    expect(await world.identities.findOwner(world.tx, { source: 'vneid', subject })).toBeUndefined();
    expect(await world.identities.findNumberOwner(world.tx, number)).toBeUndefined();
    expect(await world.identities.findRecords(world.tx, account)).toEqual([]);
    expect(await world.identities.history(world.tx, { account, limit: 10 })).toHaveLength(1);
    expect(await world.identities.withdraw(world.tx, { linkId, at: later })).toBe(false);
    expect(await world.link(askedLink({ account: await world.newAccount(), subject, number }))).toBe('linked');
  });

  it('leaves the number to another identity that asserts it, also to a withdrawn one', async () => {
    const [account, number] = [await world.newAccount(), newNumber()];
    const [first, second] = [askedLink({ account, number }), askedLink({ account, number, source: 'franceconnect' })];
    await world.link(first);
    await world.link(second);
    await world.identities.withdraw(world.tx, { linkId: second.linkId, at: later });
    await world.identities.remove(world.tx, { account, linkId: first.linkId, at: later });
    expect(await world.identities.findNumberOwner(world.tx, number)).toMatchObject({ accountId: account.id });
    await world.identities.remove(world.tx, { account, linkId: second.linkId, at: later });
    expect(await world.identities.findNumberOwner(world.tx, number)).toBeUndefined();
  });

  it('keeps a number that its source has stopped asserting until it is removed itself', async () => {
    const given = askedLink({ account: await world.newAccount(), number: newNumber() });
    const { account, linkId, identity } = given;
    const number = identity.attributes.national_id as NationalNumber;
    await world.link(given);
    const less = { ...identity, attributes: attributes() };
    await world.identities.replace(world.tx, { account, linkId, evidenceId: randomUUID(), identity: less });
    await world.identities.remove(world.tx, { account, linkId: (await world.linkedIdentity()).linkId, at: later });
    expect(await world.identities.findNumberOwner(world.tx, number)).toMatchObject({ accountId: account.id });
    await world.identities.remove(world.tx, { account, linkId, at: later });
    expect(await world.identities.findNumberOwner(world.tx, number)).toBeUndefined();
  });

  it('is only removed from its own account', async () => {
    const given = askedLink({ account: await world.newAccount(), number: newNumber() });
    await world.link(given);
    const account = await world.newAccount();
    expect(await world.identities.remove(world.tx, { account, linkId: given.linkId, at: later })).toBe(false);
    expect(await world.identities.findRecords(world.tx, given.account)).toHaveLength(1);
  });
});
