import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/accounts/account.ts';
import { dataKeyContext } from '../../src/accounts/account-row.ts';
import type { PartialDate } from '../../src/accounts/partial-date.ts';
import type { IdentityAttributes, NationalNumber } from '../../src/accounts/verified-identity.ts';
import {
  createVerifiedIdentityRepository,
  type LinkOutcome,
  type VerifiedIdentityRepository,
} from '../../src/accounts/verified-identity-repository.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { insertAccount } from '../support/insert-account.ts';
import { testEncryption } from '../support/keys.ts';

type TestAccount = Pick<Account, 'id' | 'dataKey'>;

const at = new Date('2026-11-22T08:00:00Z');
const earlier = new Date('2026-11-22T07:00:00Z');
const later = new Date('2026-11-22T09:00:00Z');
const encryption = testEncryption();
const identities = createVerifiedIdentityRepository({ encryption });
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const tx = () => database.dataSource.manager;

async function newAccount(): Promise<TestAccount> {
  const id = await insertAccount(tx());
  return { id, dataKey: (await encryption.newDataKey(dataKeyContext(id))).dataKey };
}

function newNumber(): NationalNumber {
  const digits = Array.from(randomBytes(12), (byte) => byte % 10).join('');
  return { country: 'VN', type: 'personal-number', value: digits };
}

function attributes(more: Partial<IdentityAttributes> = {}): IdentityAttributes {
  return { name: 'Nguyễn Thị Hoà', birthdate: '1965-10' as PartialDate, ...more };
}

type Given = Partial<Parameters<VerifiedIdentityRepository['link']>[1]> & {
  readonly account: TestAccount;
  readonly source?: string;
  readonly number?: NationalNumber;
  readonly verifiedAt?: Date;
};

/** An identity to be linked, of which a test names what matters. */
function asked({ source = 'vneid', number, verifiedAt = at, ...given }: Given) {
  return {
    linkId: randomUUID(),
    evidenceId: randomUUID(),
    subject: randomUUID(),
    identity: { source, level: 'LoA2', verifiedAt, attributes: attributes(number ? { national_id: number } : {}) },
    at,
    ...given,
  };
}

const link = (given: ReturnType<typeof asked>) => database.inTransaction((inner) => identities.link(inner, given));

async function countOf(table: string, account: TestAccount): Promise<number> {
  const [row] = await tx().query(`SELECT count(*)::int AS count FROM ${table} WHERE account_id = $1`, [account.id]);
  return row.count;
}

/** Rows of the account: evidence, links, numbers. */
async function written(account: TestAccount): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const table of ['identity_evidence', 'upstream_identity', 'national_number']) {
    counts.push(await countOf(table, account));
  }
  return counts;
}

function tally(outcomes: readonly LinkOutcome[]): Partial<Record<LinkOutcome, number>> {
  const counts: Partial<Record<LinkOutcome, number>> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

describe('an identity that is linked', () => {
  it('is found by its subject and by its number, and stands with what was asserted', async () => {
    const account = await newAccount();
    const given = asked({ account, number: newNumber() });
    const number = given.identity.attributes.national_id as NationalNumber;
    expect(await link(given)).toBe('linked');
    const owner = { accountId: account.id, state: 'active' };
    expect(await identities.findOwner(tx(), { source: 'vneid', subject: given.subject })).toEqual({
      ...owner,
      linkId: given.linkId,
    });
    expect(await identities.findNumberOwner(tx(), number)).toEqual(owner);
    expect(await identities.findRecords(tx(), account)).toEqual([
      { id: given.linkId, evidenceId: given.evidenceId, ...given.identity },
    ]);
  });

  it('is nobody’s at another source, and by another spelling of its subject', async () => {
    const given = asked({ account: await newAccount(), subject: `é-${randomUUID()}` });
    await link(given);
    const { subject } = given;
    expect(await identities.findOwner(tx(), { source: 'franceconnect', subject })).toBeUndefined();
    expect(await identities.findOwner(tx(), { source: 'vneid', subject: subject.normalize('NFD') })).toBeUndefined();
    expect(await identities.findOwner(tx(), { source: 'vneid', subject: subject.toUpperCase() })).toBeUndefined();
  });

  it('is found whatever the state of its account', async () => {
    const given = asked({ account: await newAccount(), number: newNumber() });
    await link(given);
    await tx().query(`UPDATE account SET state = 'closed' WHERE id = $1`, [given.account.id]);
    const closed = { state: 'closed' };
    expect(await identities.findOwner(tx(), { source: 'vneid', subject: given.subject })).toMatchObject(closed);
    const number = given.identity.attributes.national_id as NationalNumber;
    expect(await identities.findNumberOwner(tx(), number)).toMatchObject(closed);
  });

  it('is found and defended under an earlier look-up key', async () => {
    const [kek, first, second] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    const keyEncryptionKeys = [{ id: 'kek', key: kek }];
    const before = createVerifiedIdentityRepository({
      encryption: createEncryption({ keyEncryptionKeys, lookupKeys: [{ id: 'l1', key: first }] }),
    });
    const lookupKeys = [
      { id: 'l2', key: second },
      { id: 'l1', key: first },
    ];
    const after = createVerifiedIdentityRepository({ encryption: createEncryption({ keyEncryptionKeys, lookupKeys }) });
    const number = newNumber();
    const given = asked({ account: await newAccount(), number });
    await before.link(tx(), given);
    const found = { accountId: given.account.id };
    expect(await after.findOwner(tx(), { source: 'vneid', subject: given.subject })).toMatchObject(found);
    expect(await after.findNumberOwner(tx(), number)).toMatchObject(found);
    const other = await newAccount();
    expect(await after.link(tx(), asked({ account: other, subject: given.subject }))).toBe('identity-taken');
    expect(await after.link(tx(), asked({ account: other, number }))).toBe('number-taken');
    const own = asked({ account: given.account, source: 'franceconnect', number });
    expect(await after.link(tx(), own)).toBe('linked');
  });

  it('doesn’t open under another account’s key', async () => {
    const given = asked({ account: await newAccount() });
    await link(given);
    const { dataKey } = await newAccount();
    await expect(identities.findRecords(tx(), { id: given.account.id, dataKey })).rejects.toMatchObject({
      code: 'ciphertext-refused',
    });
  });

  it('rests without number, subject or name in clear', async () => {
    const account = await newAccount();
    const number = newNumber();
    const given = asked({ account, subject: 'marker-of-the-subject', number });
    const marked = attributes({ name: 'Markername', address: 'Markerstreet', national_id: number });
    await link({ ...given, identity: { ...given.identity, attributes: marked } });
    const tables = ['identity_evidence', 'upstream_identity', 'national_number'];
    const dumps = await Promise.all(
      tables.map((name) => tx().query(`SELECT t::text AS row FROM ${name} t WHERE account_id = $1`, [account.id])),
    );
    const dump = JSON.stringify(dumps);
    expect(dump).toContain(given.linkId);
    for (const marker of ['marker-of-the-subject', 'Markername', 'Markerstreet', number.value, '1965']) {
      expect(dump).not.toContain(marker);
      expect(dump).not.toContain(Buffer.from(marker).toString('hex'));
    }
  });
});

describe('an identity that can’t be linked writes nothing', () => {
  it('where another account has it', async () => {
    const first = asked({ account: await newAccount() });
    await link(first);
    const account = await newAccount();
    expect(await link(asked({ account, subject: first.subject, number: newNumber() }))).toBe('identity-taken');
    expect(await written(account)).toEqual([0, 0, 0]);
  });

  it('where another account has its number, from whatever source', async () => {
    const number = newNumber();
    await link(asked({ account: await newAccount(), number }));
    const account = await newAccount();
    expect(await link(asked({ account, number, source: 'franceconnect' }))).toBe('number-taken');
    expect(await written(account)).toEqual([0, 0, 0]);
  });

  it('where the account has another identity at that source, or this one already', async () => {
    const account = await newAccount();
    const first = asked({ account, number: newNumber() });
    await link(first);
    expect(await link(asked({ account }))).toBe('source-taken');
    expect(await link(asked({ account, subject: first.subject }))).toBe('source-taken');
    expect(await written(account)).toEqual([1, 1, 1]);
  });

  it('where the account has a different number of the same kind', async () => {
    const account = await newAccount();
    await link(asked({ account, number: newNumber() }));
    expect(await link(asked({ account, source: 'franceconnect', number: newNumber() }))).toBe('number-taken');
    expect(await written(account)).toEqual([1, 1, 1]);
  });
});

describe('what may be linked besides', () => {
  it('is the same number from a second source, kept once', async () => {
    const account = await newAccount();
    const number = newNumber();
    expect(await link(asked({ account, number }))).toBe('linked');
    expect(await link(asked({ account, number, source: 'franceconnect' }))).toBe('linked');
    expect(await written(account)).toEqual([2, 2, 1]);
    expect(await identities.findRecords(tx(), account)).toHaveLength(2);
  });

  it('is the same once more, when the answer to the commit was lost', async () => {
    const given = asked({ account: await newAccount(), number: newNumber() });
    expect([await link(given), await link(given)]).toEqual(['linked', 'linked']);
    expect(await written(given.account)).toEqual([1, 1, 1]);
  });
});

describe('of links that meet', () => {
  const rounds = 50;

  it('exactly one account gets an identity, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [subject, number] = [randomUUID(), newNumber()];
      const accounts = [await newAccount(), await newAccount(), await newAccount()];
      const outcomes = await Promise.all(accounts.map((account) => link(asked({ account, subject, number }))));
      expect(tally(outcomes)).toEqual({ linked: 1, 'identity-taken': 2 });
      for (const [index, account] of accounts.entries()) {
        expect(await written(account)).toEqual(outcomes[index] === 'linked' ? [1, 1, 1] : [0, 0, 0]);
      }
    }
  });

  it('exactly one account gets a number that two sources assert, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const number = newNumber();
      const accounts = [await newAccount(), await newAccount()];
      const sources = ['vneid', 'franceconnect'];
      const outcomes = await Promise.all(
        accounts.map((account, index) => link(asked({ account, number, source: sources[index] as string }))),
      );
      expect(tally(outcomes)).toEqual({ linked: 1, 'number-taken': 1 });
      for (const [index, account] of accounts.entries()) {
        expect(await written(account)).toEqual(outcomes[index] === 'linked' ? [1, 1, 1] : [0, 0, 0]);
      }
    }
  });

  it('nothing is half written where only the second of two claims is lost, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [subject, number] = [randomUUID(), newNumber()];
      const [plain, rich, third] = [await newAccount(), await newAccount(), await newAccount()];
      const outcomes = await Promise.all([
        link(asked({ account: plain, subject })),
        link(asked({ account: rich, subject, number })),
        link(asked({ account: third, number, source: 'franceconnect' })),
      ]);
      for (const [index, account] of [plain, rich, third].entries()) {
        const won = index === 0 ? [1, 1, 0] : [1, 1, 1];
        expect(await written(account)).toEqual(outcomes[index] === 'linked' ? won : [0, 0, 0]);
      }
      expect(outcomes).toContain('linked');
    }
  });

  it('both stay with one account that has two sources, and their number once, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [account, number] = [await newAccount(), newNumber()];
      const outcomes = await Promise.all([
        link(asked({ account, number })),
        link(asked({ account, number, source: 'franceconnect' })),
      ]);
      expect(outcomes).toEqual(['linked', 'linked']);
      expect(await written(account)).toEqual([2, 2, 1]);
    }
  });

  it('one identity of two at one source becomes the account’s, fifty times', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const account = await newAccount();
      const outcomes = await Promise.all([link(asked({ account })), link(asked({ account, number: newNumber() }))]);
      expect(tally(outcomes)).toEqual({ linked: 1, 'source-taken': 1 });
      expect((await written(account)).slice(0, 2)).toEqual([1, 1]);
    }
  });

  it('a place that its holder leaves in the meantime is free', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [first, second] = [await newAccount(), await newAccount()];
      const held = asked({ account: first, number: newNumber() });
      await link(held);
      const number = held.identity.attributes.national_id as NationalNumber;
      const [, outcome] = await Promise.all([
        database.inTransaction((inner) => identities.remove(inner, { account: first, linkId: held.linkId, at: later })),
        link(asked({ account: second, subject: held.subject, number })),
      ]);
      expect(await written(second)).toEqual(outcome === 'linked' ? [1, 1, 1] : [0, 0, 0]);
    }
  });

  it('leaves the rest of the caller’s transaction as it was', async () => {
    const [first, second] = [await newAccount(), await newAccount()];
    const [subject, marker] = [randomUUID(), randomUUID()];
    let overtake: Promise<LinkOutcome> | undefined;
    const outcome = await database.inTransaction(async (outer) => {
      expect(await identities.link(outer, asked({ account: first, subject }))).toBe('linked');
      // Waits at the index until this transaction is over.
      overtake = database.inTransaction(async (inner) => {
        await inner.query('UPDATE account SET locale = $2 WHERE id = $1', [second.id, marker]);
        return identities.link(inner, asked({ account: second, subject }));
      });
      await untilSomebodyWaits();
      return 'committed';
    });
    expect([outcome, await overtake]).toEqual(['committed', 'identity-taken']);
    expect(await tx().query('SELECT locale FROM account WHERE id = $1', [second.id])).toEqual([{ locale: marker }]);
  });
});

async function untilSomebodyWaits(): Promise<void> {
  const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await tx().query(waiting))[0].count === 0);
}

describe('an identity that is asserted again', () => {
  async function linked(more: Omit<Given, 'account'> = {}) {
    const given = asked({ account: await newAccount(), ...more });
    await link(given);
    return given;
  }
  const record = async (account: TestAccount) => (await identities.findRecords(tx(), account))[0];

  it('is confirmed, and never back in time', async () => {
    const { account, linkId: id, evidenceId } = await linked();
    expect(await identities.confirm(tx(), { id, evidenceId, verifiedAt: later })).toBe(true);
    expect(await identities.confirm(tx(), { id, evidenceId, verifiedAt: earlier })).toBe(true);
    expect((await record(account))?.verifiedAt).toEqual(later);
    expect(await written(account)).toEqual([1, 1, 0]);
  });

  it('is replaced by what the source says now; what it said before remains', async () => {
    const given = await linked();
    const { account, linkId } = given;
    const evidenceId = randomUUID();
    const identity = {
      ...given.identity,
      level: 'LoA3',
      verifiedAt: later,
      attributes: attributes({ name: 'Trần Hoà' }),
    };
    expect(await identities.replace(tx(), { account, linkId, evidenceId, identity })).toBe('replaced');
    expect(await identities.replace(tx(), { account, linkId, evidenceId, identity })).toBe('replaced');
    expect(await record(account)).toEqual({ id: linkId, evidenceId, ...identity });
    expect(await identities.confirm(tx(), { id: linkId, evidenceId: given.evidenceId, verifiedAt: later })).toBe(false);
    const { source } = identity;
    const newest = { id: evidenceId, source, level: 'LoA3', attributes: identity.attributes, assertedAt: later };
    expect(await identities.history(tx(), { account, limit: 10 })).toEqual([
      newest,
      { id: given.evidenceId, source, level: 'LoA2', attributes: given.identity.attributes, assertedAt: at },
    ]);
    expect(await identities.history(tx(), { account, limit: 1 })).toEqual([newest]);
  });

  it('gets the number that it now has, unless that is another’s or the account has a different one', async () => {
    const { account, linkId, identity } = await linked();
    const [own, foreign] = [newNumber(), newNumber()];
    await link(asked({ account: await newAccount(), number: foreign }));
    const replace = (number: NationalNumber) =>
      identities.replace(tx(), {
        account,
        linkId,
        evidenceId: randomUUID(),
        identity: { ...identity, verifiedAt: later, attributes: attributes({ national_id: number }) },
      });
    expect(await replace(foreign)).toBe('number-taken');
    expect(await written(account)).toEqual([1, 1, 0]);
    expect(await replace(own)).toBe('replaced');
    expect(await replace(newNumber())).toBe('number-taken');
    expect(await replace(own)).toBe('replaced');
    expect(await written(account)).toEqual([3, 1, 1]);
    expect(await identities.findNumberOwner(tx(), own)).toMatchObject({ accountId: account.id });
  });

  it('loses a number to another account that claims it at the same moment, or wins it, fifty times', async () => {
    for (let round = 0; round < 50; round += 1) {
      const { account, linkId, identity } = await linked();
      const [other, number] = [await newAccount(), newNumber()];
      const evidenceId = randomUUID();
      const renewed = { ...identity, attributes: attributes({ national_id: number }) };
      const outcomes = await Promise.all([
        database.inTransaction((inner) =>
          identities.replace(inner, { account, linkId, evidenceId, identity: renewed }),
        ),
        link(asked({ account: other, number })),
      ]);
      const won = outcomes[0] === 'replaced';
      expect(outcomes).toEqual(won ? ['replaced', 'number-taken'] : ['number-taken', 'linked']);
      expect(await written(account)).toEqual(won ? [2, 1, 1] : [1, 1, 0]);
      expect(await written(other)).toEqual(won ? [0, 0, 0] : [1, 1, 1]);
    }
  });

  it('isn’t replaced by something older, by another source, or on somebody else’s account', async () => {
    const given = await linked();
    const { account, linkId, identity } = given;
    const replace = (change: Partial<Parameters<typeof identities.replace>[1]>) =>
      identities.replace(tx(), { account, linkId, evidenceId: randomUUID(), identity, ...change });
    expect(await replace({ identity: { ...identity, verifiedAt: earlier } })).toBe('over');
    expect(await replace({ identity: { ...identity, source: 'franceconnect' } })).toBe('over');
    expect(await replace({ account: await newAccount() })).toBe('over');
    expect(await record(account)).toEqual({ id: linkId, evidenceId: given.evidenceId, ...identity });
    expect(await written(account)).toEqual([1, 1, 0]);
  });
});

describe('an identity that its source withdraws', () => {
  it('no longer stands, but remains the account’s until the source vouches again', async () => {
    const given = asked({ account: await newAccount(), number: newNumber() });
    const { account, linkId, evidenceId, identity, subject } = given;
    const number = identity.attributes.national_id as NationalNumber;
    await link(given);
    expect(await identities.withdraw(tx(), { linkId, at: later })).toBe(true);
    expect(await identities.withdraw(tx(), { linkId, at: later })).toBe(true);
    expect(await identities.withdraw(tx(), { linkId, at: new Date('2026-12-01T00:00:00Z') })).toBe(false);
    expect(await identities.findRecords(tx(), account)).toEqual([]);
    expect(await identities.findOwner(tx(), { source: 'vneid', subject })).toMatchObject({ linkId });
    expect(await link(asked({ account: await newAccount(), subject }))).toBe('identity-taken');
    expect(await link(asked({ account: await newAccount(), number }))).toBe('number-taken');

    const after = new Date('2026-11-22T10:00:00Z');
    expect(await identities.confirm(tx(), { id: linkId, evidenceId, verifiedAt: after })).toBe(false);
    const again = { account, linkId, evidenceId: randomUUID() };
    expect(await identities.replace(tx(), { ...again, identity })).toBe('over');
    expect(await identities.replace(tx(), { ...again, identity: { ...identity, verifiedAt: after } })).toBe('replaced');
    expect(await identities.findRecords(tx(), account)).toHaveLength(1);
  });
});

describe('an identity that is removed', () => {
  it('is free for another account, with its number; its evidence remains', async () => {
    const given = asked({ account: await newAccount(), number: newNumber() });
    const { account, linkId, subject } = given;
    const number = given.identity.attributes.national_id as NationalNumber;
    await link(given);
    expect(await identities.remove(tx(), { account, linkId, at: later })).toBe(true);
    expect(await identities.remove(tx(), { account, linkId, at: later })).toBe(true);
    expect(await identities.remove(tx(), { account, linkId, at: new Date('2026-12-01T00:00:00Z') })).toBe(false);
    expect(await identities.findOwner(tx(), { source: 'vneid', subject })).toBeUndefined();
    expect(await identities.findNumberOwner(tx(), number)).toBeUndefined();
    expect(await identities.findRecords(tx(), account)).toEqual([]);
    expect(await identities.history(tx(), { account, limit: 10 })).toHaveLength(1);
    expect(await identities.withdraw(tx(), { linkId, at: later })).toBe(false);
    expect(await link(asked({ account: await newAccount(), subject, number }))).toBe('linked');
  });

  it('leaves the number to another identity that asserts it, also to a withdrawn one', async () => {
    const [account, number] = [await newAccount(), newNumber()];
    const [first, second] = [asked({ account, number }), asked({ account, number, source: 'franceconnect' })];
    await link(first);
    await link(second);
    await identities.withdraw(tx(), { linkId: second.linkId, at: later });
    await identities.remove(tx(), { account, linkId: first.linkId, at: later });
    expect(await identities.findNumberOwner(tx(), number)).toMatchObject({ accountId: account.id });
    await identities.remove(tx(), { account, linkId: second.linkId, at: later });
    expect(await identities.findNumberOwner(tx(), number)).toBeUndefined();
  });

  it('is only removed from its own account', async () => {
    const given = asked({ account: await newAccount(), number: newNumber() });
    await link(given);
    const account = await newAccount();
    expect(await identities.remove(tx(), { account, linkId: given.linkId, at: later })).toBe(false);
    expect(await identities.findRecords(tx(), given.account)).toHaveLength(1);
  });

  it('never frees a number that a second identity brings at the same moment, fifty times', async () => {
    for (let round = 0; round < 50; round += 1) {
      const [account, number] = [await newAccount(), newNumber()];
      const first = asked({ account, number });
      await link(first);
      await Promise.all([
        database.inTransaction((inner) => identities.remove(inner, { account, linkId: first.linkId, at: later })),
        link(asked({ account, number, source: 'franceconnect' })),
      ]);
      expect(await identities.findNumberOwner(tx(), number)).toMatchObject({ accountId: account.id });
    }
  });
});
