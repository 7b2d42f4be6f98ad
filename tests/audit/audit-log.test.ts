import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AboutPerson, AuditEvent } from '../../src/audit/audit-event.ts';
import { createAuditLog } from '../../src/audit/audit-log.ts';
import { createRecordAlone } from '../../src/audit/record-alone.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { testEncryption } from '../support/keys.ts';
import { testClock } from '../support/test-clock.ts';

const encryption = testEncryption();
const clock = testClock();
const audit = createAuditLog({ encryption, clock });
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function newPerson(accountId: string): Promise<AboutPerson> {
  const { dataKey } = await encryption.newDataKey(`account:data_key:${accountId}`);
  return { accountId, dataKey };
}

function signedIn(about: AboutPerson): AuditEvent {
  return {
    kind: 'password-login-succeeded',
    version: 1,
    actor: `account:${about.accountId}`,
    about,
    referenceId: 'ABCDE12345',
    personal: { ip: '192.0.2.7', userAgent: 'Browser/1' },
    details: { knownDevice: true },
  };
}

describe('events of the same moment', () => {
  it('are each recorded once, also when the answer to their statement was lost', async () => {
    const people = await Promise.all(
      Array.from({ length: 20 }, (_, index) => newPerson(`018f0000-0000-7000-9000-${String(index).padStart(12, '0')}`)),
    );
    let sent = 0;
    const recordAlone = createRecordAlone({
      audit,
      run: async (statement) => {
        sent += 1;
        await database.runStatement(statement);
        return database.runStatement(statement);
      },
    });
    await Promise.all(people.map((person) => recordAlone(signedIn(person))));
    expect(sent).toBe(1);
    for (const about of people) {
      expect(await audit.history(database.dataSource.manager, { about, limit: 10 })).toMatchObject([
        { actor: `account:${about.accountId}`, personal: { ip: '192.0.2.7', userAgent: 'Browser/1' } },
      ]);
    }
  });
});

describe('the audit log', () => {
  it('shows a person what is recorded about them, newest first, page by page', async () => {
    const lan = await newPerson('018f0000-0000-7000-8000-000000000001');
    const minh = await newPerson('018f0000-0000-7000-8000-000000000002');
    await database.inTransaction(async (tx) => {
      await audit.record(tx, signedIn(lan));
      await audit.record(tx, signedIn(minh));
      await audit.record(tx, { ...signedIn(lan), kind: 'password-changed', version: 1, details: {} } as AuditEvent);
    });

    const [newest, ...rest] = await audit.history(database.dataSource.manager, { about: lan, limit: 10 });
    expect(newest).toMatchObject({ kind: 'password-changed', personal: { ip: '192.0.2.7', userAgent: 'Browser/1' } });
    expect(rest.map(({ kind }) => kind)).toEqual(['password-login-succeeded']);
    const before = String(newest?.sequence);
    const page = await audit.history(database.dataSource.manager, { about: lan, limit: 1, before });
    expect(page).toMatchObject([{ kind: 'password-login-succeeded', details: { knownDevice: true } }]);
  });

  it('keeps nothing personal in clear', async () => {
    const lan = await newPerson('018f0000-0000-7000-8000-000000000003');
    await database.inTransaction((tx) => audit.record(tx, signedIn(lan)));
    const rows = await database.dataSource.query(
      'SELECT row_to_json(e)::text AS row, personal_sealed FROM audit_event e',
    );
    for (const { row, personal_sealed } of rows) {
      expect(row).not.toMatch(/192\.0\.2\.7|Browser/);
      expect(String(personal_sealed)).not.toMatch(/192\.0\.2\.7|Browser/);
    }
  });

  it('forgets an event whose transaction is rolled back', async () => {
    const lan = await newPerson('018f0000-0000-7000-8000-000000000004');
    const rolledBack = database.inTransaction(async (tx) => {
      await audit.record(tx, signedIn(lan));
      throw new Error('undone');
    });
    await expect(rolledBack).rejects.toThrow('undone');
    expect(await audit.history(database.dataSource.manager, { about: lan, limit: 10 })).toEqual([]);
  });

  it.each(['UPDATE audit_event SET actor = $$system$$', 'DELETE FROM audit_event', 'TRUNCATE audit_event'])(
    'cannot be changed: %s',
    async (statement) => {
      const lan = await newPerson('018f0000-0000-7000-8000-000000000005');
      await database.inTransaction((tx) => audit.record(tx, signedIn(lan)));
      await expect(database.dataSource.query(statement)).rejects.toThrow('append-only');
    },
  );
});

describe('the commitment of an event', () => {
  it('outlives the erased key, and the personal part does not', async () => {
    const lan = await newPerson('018f0000-0000-7000-8000-000000000006');
    await database.inTransaction((tx) => audit.record(tx, signedIn(lan)));
    const committed = () =>
      database.dataSource.query(
        'SELECT encode(commitment, $$hex$$) AS hash FROM audit_event WHERE about_account_id = $1',
        [lan.accountId],
      );
    const before = await committed();
    const anotherKey = await newPerson(lan.accountId);
    await expect(audit.history(database.dataSource.manager, { about: anotherKey, limit: 1 })).rejects.toMatchObject({
      code: 'ciphertext-refused',
    });
    expect(await committed()).toEqual(before);
    expect(before[0].hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('tells when a row was given another commitment behind our back', async () => {
    const lan = await newPerson('018f0000-0000-7000-8000-000000000007');
    await database.inTransaction((tx) => audit.record(tx, signedIn(lan)));
    await database.dataSource.query('ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only');
    await database.dataSource.query('UPDATE audit_event SET commitment = sha256($1) WHERE about_account_id = $2', [
      Buffer.from('forged'),
      lan.accountId,
    ]);
    await database.dataSource.query('ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only');
    await expect(audit.history(database.dataSource.manager, { about: lan, limit: 1 })).rejects.toMatchObject({
      code: 'commitment-broken',
    });
  });

  it('differs for the same facts, so that nobody confirms a guess with it', async () => {
    const lan = await newPerson('018f0000-0000-7000-8000-000000000008');
    await database.inTransaction(async (tx) => {
      await audit.record(tx, signedIn(lan));
      await audit.record(tx, signedIn(lan));
    });
    const [{ distinct }] = await database.dataSource.query(
      'SELECT count(DISTINCT commitment)::int AS distinct FROM audit_event WHERE about_account_id = $1',
      [lan.accountId],
    );
    expect(distinct).toBe(2);
  });
});
