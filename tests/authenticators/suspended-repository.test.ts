import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findEnrolled } from '../../src/authenticators/enrolled-repository.ts';
import { findPassword, setPassword } from '../../src/authenticators/password-repository.ts';
import { findSuspendedAt, suspendAuthenticators } from '../../src/authenticators/suspended-repository.ts';
import type { Transaction } from '../../src/platform/transaction.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { insertAccount } from '../support/insert-account.ts';

let database: TestDatabase;
let tx: Transaction;
const at = new Date('2026-11-22T08:00:00.123Z');

const tables = {
  password: 'password_credential',
  totp: 'totp_authenticator',
  'recovery-code': 'recovery_code',
  passkey: 'passkey',
} as const;

beforeAll(async () => {
  database = await testDatabase();
  tx = database.dataSource.manager;
});
afterAll(() => database.close());

/** An account with one of everything. */
async function fullAccount(): Promise<string> {
  const accountId = await insertAccount(tx);
  await setPassword(tx, { accountId, hash: '$argon2id$hash', pepperId: 'pepper-1', longEnough: true, at });
  await tx.query(
    `INSERT INTO totp_authenticator (id, account_id, name, seed_sealed, lookup_key_id, seed_hash, last_step, last_step_by,
       created_at) VALUES ($1, $2, 'Điện thoại', $3, 'lookup-1', $4, 59345678, $1, $5)`,
    [randomUUID(), accountId, randomBytes(40), randomBytes(32), at],
  );
  await tx.query(
    `INSERT INTO recovery_code (account_id, lookup_key_id, code_hash, created_at) VALUES ($1, 'lookup-1', $2, $4), ($1, 'lookup-1', $3, $4)`,
    [accountId, randomBytes(32), randomBytes(32), at],
  );
  await tx.query('INSERT INTO passkey_user (account_id, user_handle, created_at) VALUES ($1, $2, $3)', [
    accountId,
    randomBytes(32),
    at,
  ]);
  await tx.query(
    `INSERT INTO passkey (credential_id, account_id, kind, public_key, algorithm, sign_count, aaguid, transports,
       backup_eligible, backed_up, name, created_at, registered_by)
     VALUES ($1, $2, 'passkey', $3, -7, 4294967295, $4, '{internal,hybrid}', true, false, 'Máy tính', $5, $4)`,
    [randomBytes(32), accountId, randomBytes(77), randomUUID(), at],
  );
  return accountId;
}

const rowsIn = (table: string, accountId: string): Promise<readonly unknown[]> =>
  tx.query(`SELECT * FROM ${table} WHERE account_id = $1`, [accountId]);

describe('suspended authenticators', () => {
  it('are found by nothing that accepts one, and lost to nobody', async () => {
    const accountId = await fullAccount();
    const neighbour = await fullAccount();
    const before = new Map<string, readonly unknown[]>();
    for (const table of Object.values(tables)) before.set(table, await rowsIn(table, accountId));
    expect(await suspendAuthenticators(tx, { accountId, at })).toEqual([
      'passkey',
      'password',
      'recovery-code',
      'totp',
    ]);

    expect(await findPassword(tx, accountId)).toBeUndefined();
    expect(await findEnrolled(tx, accountId)).toMatchObject({
      password: false,
      totp: false,
      recoveryCode: false,
      passkey: false,
      securityKey: false,
    });
    for (const [kind, table] of Object.entries(tables)) {
      expect(await rowsIn(table, accountId)).toEqual([]);
      const kept = await tx.query(
        `SELECT r.* FROM suspended_authenticator s, jsonb_populate_record(null::${table}, s.stored) r
         WHERE s.account_id = $1 AND s.kind = $2 ORDER BY s.sequence`,
        [accountId, kind],
      );
      expect(kept).toEqual(expect.arrayContaining([...(before.get(table) ?? [])]));
      expect(kept).toHaveLength(before.get(table)?.length ?? 0);
    }
    expect(await findEnrolled(tx, neighbour)).toMatchObject({ password: true, totp: true, passkey: true });
  });

  it('say when that was, and don’t stand in the way of a new password', async () => {
    const accountId = await fullAccount();
    expect(await findSuspendedAt(tx, accountId)).toBeUndefined();
    await suspendAuthenticators(tx, { accountId, at });
    expect(await suspendAuthenticators(tx, { accountId, at: new Date() })).toEqual([]);
    expect(await findSuspendedAt(tx, accountId)).toEqual(at);
    await setPassword(tx, { accountId, hash: '$argon2id$new', pepperId: 'pepper-1', longEnough: true, at });
    expect(await findPassword(tx, accountId)).toEqual({ hash: '$argon2id$new', pepperId: 'pepper-1' });
  });
});
