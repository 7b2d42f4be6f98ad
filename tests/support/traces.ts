import { createHash } from 'node:crypto';
import type { TestDatabase } from './database.ts';

/** As anybody with the rows could look for it: in clear, encoded, or hashed without a key. */
export function tracesOf(word: string): readonly string[] {
  const spellings = [word, word.toLowerCase(), word.toUpperCase(), `vneid\0${word}`, `VN\0personal-number\0${word}`];
  return spellings.flatMap((text) => [
    text,
    ...encodings(Buffer.from(text)),
    ...['sha256', 'sha1', 'md5', 'sha512'].flatMap((hash) => encodings(createHash(hash).update(text).digest())),
  ]);
}

/** In hexadecimal, and in base64 wherever in a longer text it stands. */
function encodings(bytes: Buffer): readonly string[] {
  const inBase64 = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url');
    return whole.slice(Math.ceil((before * 4) / 3), -2);
  });
  const spelled = inBase64.flatMap((text) => [text, text.replaceAll('-', '+').replaceAll('_', '/')]);
  return [bytes.toString('hex'), ...spelled.filter((text) => text.length >= 8)];
}

/** Every row of every table, as text. */
export async function dumpOf({ dataSource }: Pick<TestDatabase, 'dataSource'>): Promise<string> {
  const tables: readonly { readonly name: string }[] = await dataSource.query(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found: readonly { readonly row: string }[] = await dataSource.query(`SELECT t::text AS row FROM ${name} t`);
    rows.push(...found.map(({ row }) => `${name} ${row}`));
  }
  return rows.join('\n');
}
