import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NationalNumber } from '../../src/accounts/verified-identity.ts';
import type { LinkOutcome } from '../../src/accounts/verified-identity-repository.ts';
import { askedLink, attributes, newNumber, type TestIdentities, testIdentities } from '../support/identities.ts';

const later = new Date('2026-11-22T09:00:00Z');
let world: TestIdentities;

beforeAll(async () => {
  world = await testIdentities();
});
afterAll(() => world.close());

async function untilSomebodyWaits(): Promise<void> {
  const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await world.tx.query(waiting))[0].count === 0);
}

describe('of links that meet', () => {
  const rounds = 50;

  it('exactly one account gets an identity, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [subject, number] = [randomUUID(), newNumber()];
      const accounts = [await world.newAccount(), await world.newAccount(), await world.newAccount()];
      const outcomes = await Promise.all(
        accounts.map((account) => world.link(askedLink({ account, subject, number }))),
      );
      expect(tally(outcomes)).toEqual({ linked: 1, 'identity-taken': 2 });
      for (const [index, account] of accounts.entries()) {
        expect(await world.written(account)).toEqual(outcomes[index] === 'linked' ? [1, 1, 1] : [0, 0, 0]);
      }
    }
  });

  it('exactly one account gets a number that two sources assert, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const number = newNumber();
      const accounts = [await world.newAccount(), await world.newAccount()];
      const sources = ['vneid', 'franceconnect'];
      const outcomes = await Promise.all(
        accounts.map((account, index) => world.link(askedLink({ account, number, source: sources[index] as string }))),
      );
      expect(tally(outcomes)).toEqual({ linked: 1, 'number-taken': 1 });
      for (const [index, account] of accounts.entries()) {
        expect(await world.written(account)).toEqual(outcomes[index] === 'linked' ? [1, 1, 1] : [0, 0, 0]);
      }
    }
  });

  it('nothing is half written where only the second of two claims is lost, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [subject, number] = [randomUUID(), newNumber()];
      const [plain, rich, third] = [await world.newAccount(), await world.newAccount(), await world.newAccount()];
      const outcomes = await Promise.all([
        world.link(askedLink({ account: plain, subject })),
        world.link(askedLink({ account: rich, subject, number })),
        world.link(askedLink({ account: third, number, source: 'franceconnect' })),
      ]);
      for (const [index, account] of [plain, rich, third].entries()) {
        const won = index === 0 ? [1, 1, 0] : [1, 1, 1];
        expect(await world.written(account)).toEqual(outcomes[index] === 'linked' ? won : [0, 0, 0]);
      }
      expect(outcomes).toContain('linked');
    }
  });

  it('both stay with one account that has two sources, and their number once, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [account, number] = [await world.newAccount(), newNumber()];
      const outcomes = await Promise.all([
        world.link(askedLink({ account, number })),
        world.link(askedLink({ account, number, source: 'franceconnect' })),
      ]);
      expect(outcomes).toEqual(['linked', 'linked']);
      expect(await world.written(account)).toEqual([2, 2, 1]);
    }
  });

  it('one identity of two at one source becomes the account’s, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const account = await world.newAccount();
      const outcomes = await Promise.all([
        world.link(askedLink({ account })),
        world.link(askedLink({ account, number: newNumber() })),
      ]);
      expect(tally(outcomes)).toEqual({ linked: 1, 'source-taken': 1 });
      expect((await world.written(account)).slice(0, 2)).toEqual([1, 1]);
    }
  });

  it('a place that its holder leaves in the meantime is free', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [first, second] = [await world.newAccount(), await world.newAccount()];
      const held = askedLink({ account: first, number: newNumber() });
      await world.link(held);
      const number = held.identity.attributes.national_id as NationalNumber;
      const [, outcome] = await Promise.all([
        world.inTransaction((inner) =>
          world.identities.remove(inner, { account: first, linkId: held.linkId, at: later }),
        ),
        world.link(askedLink({ account: second, subject: held.subject, number })),
      ]);
      expect(await world.written(second)).toEqual(outcome === 'linked' ? [1, 1, 1] : [0, 0, 0]);
    }
  });

  it('leaves the rest of the caller’s transaction as it was', async () => {
    const [first, second] = [await world.newAccount(), await world.newAccount()];
    const [subject, marker] = [randomUUID(), randomUUID()];
    let overtake: Promise<LinkOutcome> | undefined;
    const outcome = await world.inTransaction(async (outer) => {
      expect(await world.identities.link(outer, askedLink({ account: first, subject }))).toBe('linked');
      // Waits at the index until this transaction is over.
      overtake = world.inTransaction(async (inner) => {
        await inner.query('UPDATE account SET locale = $2 WHERE id = $1', [second.id, marker]);
        return world.identities.link(inner, askedLink({ account: second, subject }));
      });
      await untilSomebodyWaits();
      return 'committed';
    });
    expect([outcome, await overtake]).toEqual(['committed', 'identity-taken']);
    expect(await world.tx.query('SELECT locale FROM account WHERE id = $1', [second.id])).toEqual([{ locale: marker }]);
  });

  it('loses a number to another account that claims it at the same moment, or wins it, fifty times', async () => {
    for (let round = 0; round < 50; round += 1) {
      const { account, linkId, identity } = await world.linkedIdentity();
      const [other, number] = [await world.newAccount(), newNumber()];
      const evidenceId = randomUUID();
      const renewed = { ...identity, attributes: attributes({ national_id: number }) };
      const outcomes = await Promise.all([
        world.inTransaction((inner) =>
          world.identities.replace(inner, { account, linkId, evidenceId, identity: renewed }),
        ),
        world.link(askedLink({ account: other, number })),
      ]);
      const won = outcomes[0] === 'replaced';
      expect(outcomes).toEqual(won ? ['replaced', 'number-taken'] : ['number-taken', 'linked']);
      expect(await world.written(account)).toEqual(won ? [2, 1, 1] : [1, 1, 0]);
      expect(await world.written(other)).toEqual(won ? [0, 0, 0] : [1, 1, 1]);
    }
  });

  it('never frees a number that a second identity brings at the same moment, fifty times', async () => {
    for (let round = 0; round < 50; round += 1) {
      const [account, number] = [await world.newAccount(), newNumber()];
      const first = askedLink({ account, number });
      await world.link(first);
      await Promise.all([
        world.inTransaction((inner) => world.identities.remove(inner, { account, linkId: first.linkId, at: later })),
        world.link(askedLink({ account, number, source: 'franceconnect' })),
      ]);
      expect(await world.identities.findNumberOwner(world.tx, number)).toMatchObject({ accountId: account.id });
    }
  });
});

function tally(outcomes: readonly LinkOutcome[]): Partial<Record<LinkOutcome, number>> {
  const counts: Partial<Record<LinkOutcome, number>> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
