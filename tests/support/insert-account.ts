import { randomBytes, randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';

/** A bare row of `account`, for tests of what hangs on it. @returns its id */
export async function insertAccount(tx: EntityManager): Promise<string> {
  const id = randomUUID();
  await tx.query(
    `INSERT INTO account (id, subject_ref, state, locale, data_key, key_encryption_key_id, sessions_valid_from, created_at)
     VALUES ($1, $2, 'active', 'vi', $3, 'k1', now(), now())`,
    [id, randomBytes(16).toString('hex'), randomBytes(32)],
  );
  return id;
}
