import type { Encryption } from './encryption.ts';
import { rowsOf } from './rows.ts';
import type { InTransaction, Transaction } from './transaction.ts';

/** A column sealed by the key-encryption key, of a table whose `id` is a uuid; NULL where a row has nothing sealed. */
export type SealedColumn = {
  readonly table: string;
  readonly sealed: string;
  /** The column that says which key it is under. */
  readonly keyId: string;
};

type Row = { readonly id: string; readonly sealed: Buffer; readonly key_id: string };

const batchSize = 500;
const beforeAll = '00000000-0000-0000-0000-000000000000';

/**
 * Seals a column anew under the current key-encryption key, a batch a transaction, while the server runs. Begun again, it
 * goes on where it stopped.
 */
export async function resealColumn({
  inTransaction,
  encryption,
  currentKeyId,
  column: { table, sealed, keyId },
}: {
  readonly inTransaction: InTransaction;
  readonly encryption: Pick<Encryption, 'sealWithKek' | 'openWithKek'>;
  readonly currentKeyId: string;
  readonly column: SealedColumn;
}): Promise<void> {
  const nextBatch = `
    SELECT id, ${sealed} AS sealed, ${keyId} AS key_id FROM ${table}
    WHERE id > $1 AND ${keyId} <> $2 ORDER BY id LIMIT ${batchSize} FOR UPDATE`;
  const storeBatch = `
    UPDATE ${table} SET ${sealed} = t.sealed, ${keyId} = t.key_id
    FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS t (id, sealed, key_id) WHERE ${table}.id = t.id`;

  async function reseal(row: Row) {
    const context = `${table}:${sealed}:${row.id}` as const;
    const stored = { sealed: row.sealed, keyEncryptionKeyId: row.key_id };
    return encryption.sealWithKek(await encryption.openWithKek(stored, context), context);
  }

  async function resealBatch(tx: Transaction, after: string): Promise<readonly string[]> {
    const rows = await rowsOf<Row>(tx, nextBatch, [after, currentKeyId]);
    const anew = await Promise.all(rows.map(reseal));
    const ids = rows.map(({ id }) => id);
    const values = [anew.map((one) => one.sealed), anew.map(({ keyEncryptionKeyId }) => keyEncryptionKeyId)];
    await tx.query(storeBatch, [ids, ...values]);
    return ids;
  }

  for (let last: string | undefined = beforeAll; last !== undefined; ) {
    const after: string = last;
    const done = await inTransaction((tx) => resealBatch(tx, after));
    last = done.at(-1);
  }
}
