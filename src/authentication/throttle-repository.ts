import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import { write } from '../platform/write.ts';
import {
  type BucketKind,
  failuresInARow,
  freeFailures,
  type Reservation,
  rememberFewSeconds,
  rememberManySeconds,
  sourceWindowSeconds,
  waitSecondsAfter,
} from './throttle.ts';

/** One attempt as it is counted. Without `source` only the bucket counts: the device or the address is proved. */
export type CountedAttempt = {
  readonly bucket: Buffer;
  readonly kind: BucketKind;
  readonly identifier: Buffer;
  readonly source: { readonly key: Buffer; readonly mostIdentifiers: number } | undefined;
};

/** A reservation together with what it was for: what a success clears. */
export type Reserved = Reservation & { readonly attempt: CountedAttempt };

type Row = {
  readonly reserved: boolean;
  readonly source_full: boolean;
  readonly source_frees_at: Date | null;
  readonly failures: number;
  readonly blocked_until: Date | null;
};

const count = 'CASE WHEN b.expires_at <= $2 THEN 1 ELSE b.failures + 1 END';
const seconds = (value: string): string => `make_interval(secs => ${value})`;

// The attempt is counted as a failure *before* the password is looked at, under the lock of its row: of any number of
// parallel guesses only as many get through as the allowance has left. The source is counted by a row of its own for
// each identifier, without a lock that a carrier's customers would queue for: at most the statements that run at the
// very same moment can slip past its limit together.
const reserveText = `
  WITH source AS (
    SELECT count(*) >= $9::int AND NOT coalesce(bool_or(identifier = $8), false) AS is_full,
      min(expires_at) AS frees_at
    FROM throttle_source_failure WHERE source = $7 AND expires_at > $2
  ), reserved AS (
    INSERT INTO throttle_bucket AS b (key, failures, blocked_until, updated_at, expires_at)
    SELECT $1::bytea, 1, $2::timestamptz, $2, $2 + ${seconds('$5::int')} FROM source WHERE NOT is_full
    ON CONFLICT (key) DO UPDATE SET
      failures = ${count},
      blocked_until = $2 + ${seconds(`($4::int[])[${count}]`)},
      updated_at = $2,
      expires_at = $2 + ${seconds(`CASE WHEN ${count} > $10::int THEN $6::int ELSE $5::int END`)}
    WHERE b.expires_at <= $2 OR (b.failures < $3::int AND (b.blocked_until IS NULL OR b.blocked_until <= $2))
    RETURNING failures, blocked_until
  ), marked AS (
    INSERT INTO throttle_source_failure AS f (source, identifier, expires_at)
    SELECT $7, $8::bytea, $2 + ${seconds('$11::int')} FROM reserved WHERE $7::bytea IS NOT NULL
    ON CONFLICT (source, identifier) DO UPDATE SET expires_at = excluded.expires_at WHERE f.expires_at <= $2
  )
  SELECT r.failures IS NOT NULL AS reserved, s.is_full AS source_full, s.frees_at AS source_frees_at,
    coalesce(r.failures, b.failures, 0) AS failures, coalesce(r.blocked_until, b.blocked_until) AS blocked_until
  FROM source s
  LEFT JOIN reserved r ON true
  LEFT JOIN throttle_bucket b ON b.key = $1 AND b.expires_at > $2`;

/** Takes one attempt out of the allowance, if there is one left. One statement, shared by all instances. */
export async function reserveAttempt(
  run: RunStatement,
  { attempt, now }: { readonly attempt: CountedAttempt; readonly now: Date },
): Promise<Reserved> {
  const { bucket, kind, identifier, source } = attempt;
  const waits = Array.from({ length: failuresInARow }, (_, index) => waitSecondsAfter(index + 1, kind));
  const [row] = await run<Row>({
    name: 'throttle-reserve',
    text: reserveText,
    values: [
      bucket,
      now,
      failuresInARow,
      waits,
      rememberFewSeconds,
      rememberManySeconds,
      source?.key ?? null,
      identifier,
      // Without a source nothing was counted for it either.
      source?.mostIdentifiers ?? 1,
      freeFailures,
      sourceWindowSeconds,
    ],
  });
  return {
    attempt,
    reserved: row?.reserved ?? false,
    sourceIsFull: row?.source_full ?? false,
    sourceFreesAt: row?.source_frees_at ?? null,
    failures: row?.failures ?? 0,
    blockedUntil: row?.blocked_until ?? null,
  };
}

/** A success: the failures in a row are over, and this identifier no longer counts against the source. */
export async function clearFailures(tx: Transaction, { bucket, source, identifier }: CountedAttempt): Promise<void> {
  await write(tx, { text: 'DELETE FROM throttle_bucket WHERE key = $1', values: [bucket] });
  if (!source) return;
  const text = 'DELETE FROM throttle_source_failure WHERE source = $1 AND identifier = $2';
  await write(tx, { text, values: [source.key, identifier] });
}
