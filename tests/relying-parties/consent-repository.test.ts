import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/platform/clock.ts';
import type { ReleaseConsent } from '../../src/relying-parties/consent-record.ts';
import { createRelyingParties } from '../../src/relying-parties/module.ts';
import { testDatabase } from '../support/database.ts';
import { anAgency, aRelyingParty, aSector } from '../support/relying-party.ts';

const database = await testDatabase();
afterAll(database.close);
const { inTransaction } = database;
const relyingParties = createRelyingParties({ run: database.runStatement, clock: systemClock });
const { consents } = relyingParties;

/** A person and a portal that exist, as the record refers to both. */
async function personAtPortal() {
  const agency = anAgency();
  const sector = aSector(agency.id);
  const { clientId, ...rest } = aRelyingParty({ agencyId: agency.id, sectorId: sector.id });
  const accountId = randomUUID();
  await inTransaction(async (tx) => {
    await relyingParties.saveAgency(tx, agency);
    await relyingParties.saveSector(tx, sector);
    await relyingParties.save(tx, { clientId, ...rest });
    await tx.query(
      `INSERT INTO account
         (id, subject_ref, state, locale, data_key, key_encryption_key_id, sessions_valid_from, created_at)
       VALUES ($1, $2, 'active', 'vi', '', '1', now(), now())`,
      [accountId, randomUUID()],
    );
  });
  const of = { accountId, clientId, principal: 'self' } as const;
  return {
    of,
    grant: (answer: Partial<ReleaseConsent>) =>
      inTransaction((tx) =>
        consents.grant(tx, {
          claims: [],
          refusedClaims: [],
          informedClaims: [],
          releaseVersion: '1',
          ...answer,
          ...of,
        }),
      ),
    withdraw: () => inTransaction((tx) => consents.withdraw(tx, of)),
    current: () => consents.current(accountId, clientId),
    rows: async () =>
      Number(
        (await database.dataSource.query('SELECT count(*) FROM release_consent WHERE account_id = $1', [accountId]))[0]
          .count,
      ),
  };
}

describe('the record of what a person agreed to release', () => {
  it('is each person’s own, however many are asked for in the same moment', async () => {
    const people = await Promise.all([personAtPortal(), personAtPortal(), personAtPortal()]);
    const [lan, minh, nobody] = people;
    await lan?.grant({ claims: ['email'] });
    await minh?.grant({ claims: ['name'] });
    const asked = [nobody, minh, lan, minh];
    const found = await Promise.all(asked.map((person) => person?.current()));
    expect(found.map((record) => record?.claims)).toEqual([undefined, ['name'], ['email'], ['name']]);
  });

  it('is found as it was given', async () => {
    const { grant, current } = await personAtPortal();
    const answer = {
      claims: ['email'],
      refusedClaims: ['phone_number'],
      informedClaims: ['national_id'],
      releaseVersion: '1',
    };
    expect(await current()).toBeUndefined();
    await grant(answer);
    expect(await current()).toMatchObject(answer);
  });

  it('is one record whatever the parallelism, and loses no answer (×50)', async () => {
    const { grant, current, rows } = await personAtPortal();
    const claims = Array.from({ length: 50 }, (_, index) => `claim_${index}`);
    await Promise.all(claims.map((claim) => grant({ claims: [claim], informedClaims: [claim] })));
    expect(await rows()).toBe(1);
    const record = await current();
    expect(record?.claims).toEqual([...claims].sort());
    expect(record?.informedClaims).toEqual([...claims].sort());
  });

  it('takes back what a later answer refuses, and the other way round', async () => {
    const { grant, current } = await personAtPortal();
    await grant({ claims: ['email', 'phone_number'] });
    await grant({ refusedClaims: ['email'] });
    expect(await current()).toMatchObject({ claims: ['phone_number'], refusedClaims: ['email'] });
    await grant({ claims: ['email'] });
    expect(await current()).toMatchObject({ claims: ['email', 'phone_number'], refusedClaims: [] });
  });

  it('starts anew with other texts', async () => {
    const { grant, current } = await personAtPortal();
    await grant({ claims: ['email', 'phone_number'] });
    await grant({ claims: ['email'], releaseVersion: '2' });
    expect(await current()).toMatchObject({ claims: ['email'], releaseVersion: '2' });
  });

  it('is gone once withdrawn, stays as history, and can be given again', async () => {
    const { of, grant, withdraw, current, rows } = await personAtPortal();
    await grant({ claims: ['email'] });
    expect(await withdraw()).toBe(true);
    expect(await withdraw()).toBe(false);
    expect(await current()).toBeUndefined();
    expect(await consents.listCurrent(of.accountId)).toEqual([]);
    await grant({ claims: ['phone_number'] });
    expect(await current()).toMatchObject({ claims: ['phone_number'] });
    expect(await rows()).toBe(2);
  });

  it('is listed with its portal', async () => {
    const { of, grant } = await personAtPortal();
    await grant({ claims: ['email'] });
    expect(await consents.listCurrent(of.accountId)).toMatchObject([{ clientId: of.clientId, claims: ['email'] }]);
  });

  it('belongs to one person and one portal', async () => {
    const one = await personAtPortal();
    const other = await personAtPortal();
    await one.grant({ claims: ['email'] });
    expect(await consents.current(one.of.accountId, other.of.clientId)).toBeUndefined();
    expect(await consents.current(other.of.accountId, one.of.clientId)).toBeUndefined();
  });
});
