import type { Clock } from '../platform/clock.ts';
import type { RunStatement } from '../platform/statement.ts';

export type AllowanceDecision =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/** Takes one out of what a key has in a window, for all instances together. One statement, before what it is for. */
export type TakeAllowance = (asked: {
  /** A keyed hash: the table doesn't tell whose it is. */
  readonly key: Buffer;
  readonly limit: number;
  readonly windowSeconds: number;
}) => Promise<AllowanceDecision>;

/** Gives one back that was taken and turned out to cost nothing. */
export type ReturnAllowance = (taken: { readonly key: Buffer }) => Promise<void>;

const takeText = `
  WITH taken AS (
    INSERT INTO throttle_bucket AS b (key, failures, updated_at, expires_at)
    VALUES ($1::bytea, 1, $2::timestamptz, $2 + make_interval(secs => $4::int))
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN b.expires_at <= $2 THEN 1 ELSE b.failures + 1 END,
      updated_at = $2,
      expires_at = CASE WHEN b.expires_at <= $2 THEN excluded.expires_at ELSE b.expires_at END
    WHERE b.expires_at <= $2 OR b.failures < $3::int
    RETURNING true AS taken
  )
  SELECT EXISTS (SELECT FROM taken) AS taken, (SELECT expires_at FROM throttle_bucket WHERE key = $1) AS ends_at`;

export function createTakeAllowance({
  run,
  clock,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
}): TakeAllowance {
  return async ({ key, limit, windowSeconds }) => {
    const now = clock.now();
    const [row] = await run<{ readonly taken: boolean; readonly ends_at: Date | null }>({
      name: 'allowance-take',
      text: takeText,
      values: [key, now, limit, windowSeconds],
    });
    if (row?.taken) return { kind: 'go-on' };
    // The look at the row may be older than the request that filled it.
    const seconds = row?.ends_at ? Math.ceil((row.ends_at.getTime() - now.getTime()) / 1000) : windowSeconds;
    return { kind: 'throttled', retryAfterSeconds: Math.max(1, seconds) };
  };
}

export function createReturnAllowance({ run }: { readonly run: RunStatement }): ReturnAllowance {
  return async ({ key }) => {
    await run({
      name: 'allowance-return',
      text: 'UPDATE throttle_bucket SET failures = failures - 1 WHERE key = $1 AND failures > 0',
      values: [key],
    });
  };
}
