import { afterAll, describe, expect, it } from '@jest/globals';
import { findPassword, replaceHash, setPassword } from '../../src/authenticators/password-repository.ts';
import { testDatabase } from '../support/database.ts';
import { insertAccount } from '../support/insert-account.ts';

const database = await testDatabase();
afterAll(() => database.close());
const tx = database.dataSource.manager;
const at = new Date('2026-11-22T03:00:00Z');

describe('The stored password', () => {
  it('is set, replaced and keeps the day it was first set', async () => {
    const accountId = await insertAccount(tx);
    expect(await findPassword(tx, accountId)).toBeUndefined();
    await setPassword(tx, { accountId, hash: 'imported', pepperId: null, longEnough: false, at });
    const later = new Date(at.getTime() + 1000);
    await setPassword(tx, { accountId, hash: 'own', pepperId: 'p1', longEnough: true, at: later });
    expect(await findPassword(tx, accountId)).toEqual({ hash: 'own', pepperId: 'p1' });
    const [row] = await tx.query(
      'SELECT created_at, changed_at, long_enough FROM password_credential WHERE account_id = $1',
      [accountId],
    );
    expect(row).toEqual({ created_at: at, changed_at: later, long_enough: true });
  });

  it('is hashed anew only while it is still the same one', async () => {
    const accountId = await insertAccount(tx);
    await setPassword(tx, { accountId, hash: 'newer', pepperId: 'p1', longEnough: true, at });
    const to = { hash: 'older, hashed anew', pepperId: 'p1' };
    await replaceHash(tx, { accountId, from: 'older', to, longEnough: true });
    expect(await findPassword(tx, accountId)).toEqual({ hash: 'newer', pepperId: 'p1' });
    await replaceHash(tx, { accountId, from: 'newer', to, longEnough: true });
    expect(await findPassword(tx, accountId)).toEqual(to);
  });
});
