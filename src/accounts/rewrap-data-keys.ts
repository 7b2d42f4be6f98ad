import type { Encryption } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { dataKeyContext } from './account-row.ts';

type WrappedRow = { readonly id: string; readonly data_key: Buffer; readonly key_encryption_key_id: string };

const batchSize = 500;
const beforeAll = '00000000-0000-0000-0000-000000000000';

const nextBatch = `
  SELECT id, data_key, key_encryption_key_id FROM account
  WHERE id > $1 AND key_encryption_key_id <> $2 ORDER BY id LIMIT ${batchSize} FOR UPDATE`;

const storeBatch = `
  UPDATE account SET data_key = t.data_key, key_encryption_key_id = t.key_id
  FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS t (id, data_key, key_id) WHERE account.id = t.id`;

/**
 * Wraps the data keys of all accounts by the current key-encryption key, a batch a transaction: what is sealed under a
 * data key stays as it is, and people sign in meanwhile. Begun again, it goes on where it stopped.
 * @returns how many were under another key
 */
export async function rewrapDataKeys({
  inTransaction,
  encryption,
  currentKeyId,
}: {
  readonly inTransaction: InTransaction;
  readonly encryption: Pick<Encryption, 'rewrapDataKey'>;
  readonly currentKeyId: string;
}): Promise<number> {
  async function rewrapBatch(tx: Transaction, after: string): Promise<readonly string[]> {
    const rows = await rowsOf<WrappedRow>(tx, nextBatch, [after, currentKeyId]);
    const rewrapped = await Promise.all(
      rows.map(({ id, data_key: wrapped, key_encryption_key_id: keyEncryptionKeyId }) =>
        encryption.rewrapDataKey({ wrapped, keyEncryptionKeyId }, dataKeyContext(id)),
      ),
    );
    const ids = rows.map(({ id }) => id);
    await tx.query(storeBatch, [
      ids,
      rewrapped.map(({ wrapped }) => wrapped),
      rewrapped.map(({ keyEncryptionKeyId }) => keyEncryptionKeyId),
    ]);
    return ids;
  }

  let total = 0;
  for (let last: string | undefined = beforeAll; last !== undefined; ) {
    const after: string = last;
    const done = await inTransaction((tx) => rewrapBatch(tx, after));
    total += done.length;
    last = done.at(-1);
  }
  return total;
}
