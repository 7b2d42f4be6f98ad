import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NationalNumber } from '../../src/accounts/verified-identity.ts';
import { createVerifiedIdentityRepository } from '../../src/accounts/verified-identity-repository.ts';
import { createEncryption } from '../../src/platform/encryption.ts';
import { askedLink, attributes, newNumber, type TestIdentities, testIdentities } from '../support/identities.ts';

let world: TestIdentities;

beforeAll(async () => {
  world = await testIdentities();
});
afterAll(() => world.close());

describe('an identity that is linked', () => {
  it('is found by its subject and by its number, and stands with what was asserted', async () => {
    const account = await world.newAccount();
    const given = askedLink({ account, number: newNumber() });
    const number = given.identity.attributes.national_id as NationalNumber;
    expect(await world.link(given)).toBe('linked');
    const owner = { accountId: account.id, state: 'active' };
    expect(await world.identities.findOwner(world.tx, { source: 'vneid', subject: given.subject })).toEqual({
      ...owner,
      linkId: given.linkId,
    });
    expect(await world.identities.findNumberOwner(world.tx, number)).toEqual(owner);
    expect(await world.identities.findRecords(world.tx, account)).toEqual([
      { id: given.linkId, evidenceId: given.evidenceId, ...given.identity },
    ]);
  });

  it('is nobody’s at another source, and by another spelling of its subject', async () => {
    const given = askedLink({ account: await world.newAccount(), subject: `é-${randomUUID()}` });
    await world.link(given);
    const { subject } = given;
    expect(await world.identities.findOwner(world.tx, { source: 'franceconnect', subject })).toBeUndefined();
    expect(
      await world.identities.findOwner(world.tx, { source: 'vneid', subject: subject.normalize('NFD') }),
    ).toBeUndefined();
    expect(
      await world.identities.findOwner(world.tx, { source: 'vneid', subject: subject.toUpperCase() }),
    ).toBeUndefined();
  });

  it('is found whatever the state of its account', async () => {
    const given = askedLink({ account: await world.newAccount(), number: newNumber() });
    await world.link(given);
    await world.tx.query(`UPDATE account SET state = 'closed' WHERE id = $1`, [given.account.id]);
    const closed = { state: 'closed' };
    expect(await world.identities.findOwner(world.tx, { source: 'vneid', subject: given.subject })).toMatchObject(
      closed,
    );
    const number = given.identity.attributes.national_id as NationalNumber;
    expect(await world.identities.findNumberOwner(world.tx, number)).toMatchObject(closed);
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
    const given = askedLink({ account: await world.newAccount(), number });
    await before.link(world.tx, given);
    const found = { accountId: given.account.id };
    expect(await after.findOwner(world.tx, { source: 'vneid', subject: given.subject })).toMatchObject(found);
    expect(await after.findNumberOwner(world.tx, number)).toMatchObject(found);
    const other = await world.newAccount();
    expect(await after.link(world.tx, askedLink({ account: other, subject: given.subject }))).toBe('identity-taken');
    expect(await after.link(world.tx, askedLink({ account: other, number }))).toBe('number-taken');
    const own = askedLink({ account: given.account, source: 'franceconnect', number });
    expect(await after.link(world.tx, own)).toBe('linked');
  });

  it('doesn’t open under another account’s key', async () => {
    const given = askedLink({ account: await world.newAccount() });
    await world.link(given);
    const { dataKey } = await world.newAccount();
    await expect(world.identities.findRecords(world.tx, { id: given.account.id, dataKey })).rejects.toMatchObject({
      code: 'ciphertext-refused',
    });
  });

  it('rests without number, subject or name in clear', async () => {
    const account = await world.newAccount();
    const number = newNumber();
    const given = askedLink({ account, subject: 'marker-of-the-subject', number });
    const marked = attributes({ name: 'Markername', address: 'Markerstreet', national_id: number });
    await world.link({ ...given, identity: { ...given.identity, attributes: marked } });
    const tables = ['identity_evidence', 'upstream_identity', 'national_number'];
    const dumps = await Promise.all(
      tables.map((name) => world.tx.query(`SELECT t::text AS row FROM ${name} t WHERE account_id = $1`, [account.id])),
    );
    const dump = JSON.stringify(dumps);
    expect(dump).toContain(given.linkId);
    for (const marker of ['marker-of-the-subject', 'Markername', 'Markerstreet', number.value, 'birthdate']) {
      expect(dump).not.toContain(marker);
      expect(dump).not.toContain(Buffer.from(marker).toString('hex'));
    }
  });
});

describe('an identity that can’t be linked writes nothing', () => {
  it('where another account has it', async () => {
    const first = askedLink({ account: await world.newAccount() });
    await world.link(first);
    const account = await world.newAccount();
    expect(await world.link(askedLink({ account, subject: first.subject, number: newNumber() }))).toBe(
      'identity-taken',
    );
    expect(await world.written(account)).toEqual([0, 0, 0]);
  });

  it('where another account has its number, from whatever source', async () => {
    const number = newNumber();
    await world.link(askedLink({ account: await world.newAccount(), number }));
    const account = await world.newAccount();
    expect(await world.link(askedLink({ account, number, source: 'franceconnect' }))).toBe('number-taken');
    expect(await world.written(account)).toEqual([0, 0, 0]);
  });

  it('where the account has another identity at that source, or this one already', async () => {
    const account = await world.newAccount();
    const first = askedLink({ account, number: newNumber() });
    await world.link(first);
    expect(await world.link(askedLink({ account }))).toBe('source-taken');
    expect(await world.link(askedLink({ account, subject: first.subject }))).toBe('source-taken');
    expect(await world.written(account)).toEqual([1, 1, 1]);
  });

  it('where the account has a different number of the same kind', async () => {
    const account = await world.newAccount();
    await world.link(askedLink({ account, number: newNumber() }));
    expect(await world.link(askedLink({ account, source: 'franceconnect', number: newNumber() }))).toBe('disagrees');
    expect(await world.written(account)).toEqual([1, 1, 1]);
  });
});

describe('what may be linked besides', () => {
  it('is the same number from a second source, kept once', async () => {
    const account = await world.newAccount();
    const number = newNumber();
    expect(await world.link(askedLink({ account, number }))).toBe('linked');
    expect(await world.link(askedLink({ account, number, source: 'franceconnect' }))).toBe('linked');
    expect(await world.written(account)).toEqual([2, 2, 1]);
    expect(await world.identities.findRecords(world.tx, account)).toHaveLength(2);
  });

  it('is the same once more, when the answer to the commit was lost', async () => {
    const given = askedLink({ account: await world.newAccount(), number: newNumber() });
    expect([await world.link(given), await world.link(given)]).toEqual(['linked', 'linked']);
    expect(await world.written(given.account)).toEqual([1, 1, 1]);
  });
});
