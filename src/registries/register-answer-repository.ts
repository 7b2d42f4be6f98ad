import type { Encryption, SealContext } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { LegalEntity, Listed, RegisterAnswer } from './legal-entity.ts';

/** What a register can be asked. */
export type Question = 'entity' | 'representatives';

/** Whatever a register says to each of them. */
export type Answered = { readonly entity: LegalEntity; readonly representatives: readonly Listed[] };

export type KeptAnswer<Value> = {
  readonly answer: Exclude<RegisterAnswer<Value>, { readonly kind: 'unavailable' }>;
  readonly fetchedAt: Date;
  readonly expiresAt: Date;
};

/** One question to one register: `value` is the number with its scheme in front. */
export type QuestionKey = { readonly source: string; readonly question: Question; readonly value: string };

export type AnswerRepository = ReturnType<typeof createAnswerRepository>;

type Row = {
  readonly answer_sealed: Buffer;
  readonly key_encryption_key_id: string;
  readonly as_of: Date;
  readonly fetched_at: Date;
  readonly expires_at: Date;
};

/** Of the shape in which answers are kept: another one is not found, and asked for again. */
const shapeVersion = 1;

/** Answers with their age, sealed: they are full of personal data. */
export function createAnswerRepository({
  run,
  encryption,
}: {
  readonly run: RunStatement;
  readonly encryption: Encryption;
}) {
  const hashOf = ({ source, question, value }: QuestionKey) =>
    encryption.lookupHash('register-question', `${shapeVersion} ${source} ${question} ${value}`);

  return {
    find: async <Value>(key: QuestionKey, now: Date): Promise<KeptAnswer<Value> | undefined> => {
      const { hash } = hashOf(key);
      const [row] = await run<Row>({
        name: 'register-answer-find',
        text: `SELECT answer_sealed, key_encryption_key_id, as_of, fetched_at, expires_at FROM register_answer
               WHERE source = $1 AND question_hash = $2 AND expires_at > $3`,
        values: [key.source, hash, now],
      });
      if (!row) return undefined;
      const sealed = { sealed: row.answer_sealed, keyEncryptionKeyId: row.key_encryption_key_id };
      const kept = JSON.parse(await encryption.openWithKek(sealed, contextOf(key, hash)));
      const answer = { ...kept, source: key.source, asOf: row.as_of } as KeptAnswer<Value>['answer'];
      return { answer, fetchedAt: row.fetched_at, expiresAt: row.expires_at };
    },

    /** An answer that was fetched later stands. */
    keep: async <Value>(key: QuestionKey, { answer, fetchedAt, expiresAt }: KeptAnswer<Value>): Promise<void> => {
      const { keyId, hash } = hashOf(key);
      const { source: _source, asOf, ...kept } = answer;
      const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(JSON.stringify(kept), contextOf(key, hash));
      await run({
        name: 'register-answer-keep',
        text: `INSERT INTO register_answer AS earlier (source, lookup_key_id, question_hash, answer_sealed,
                 key_encryption_key_id, as_of, fetched_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (source, question_hash) DO UPDATE SET lookup_key_id = EXCLUDED.lookup_key_id,
                 answer_sealed = EXCLUDED.answer_sealed, key_encryption_key_id = EXCLUDED.key_encryption_key_id,
                 as_of = EXCLUDED.as_of, fetched_at = EXCLUDED.fetched_at, expires_at = EXCLUDED.expires_at
               WHERE earlier.fetched_at < EXCLUDED.fetched_at`,
        values: [key.source, keyId, hash, sealed, keyEncryptionKeyId, asOf, fetchedAt, expiresAt],
      });
    },
  };
}

function contextOf({ source }: QuestionKey, hash: Buffer): SealContext {
  return `register_answer:answer_sealed:${source}/${hash.toString('hex')}`;
}

/** Removes at most `batch` answers whose time is over. @returns how many */
export async function removeExpiredAnswers(
  tx: Transaction,
  { now, batch }: { readonly now: Date; readonly batch: number },
): Promise<number> {
  const rows = await rowsOf(
    tx,
    `DELETE FROM register_answer WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM register_answer WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING true AS removed`,
    [now, batch],
  );
  return rows.length;
}
