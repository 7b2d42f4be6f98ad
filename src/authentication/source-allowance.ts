import type { Clock } from '../platform/clock.ts';
import type { RunStatement } from '../platform/statement.ts';
import { type Source, sourceOf, type ThrottleKeys } from './throttle.ts';

/** What nobody has to be signed in for and what leaves a row behind, from one source within the window. */
export const requestsPerSource = { ipv4: 300, ipv6: 60 } as const satisfies Record<Source['family'], number>;
const windowSeconds = 60 * 60;

export type SourceDecision =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/**
 * Takes one request for a mailed code out of what its source may ask for in an hour, whatever address it names. So
 * strangers can't fill the table of codes, and a carrier's customers still come through. One statement.
 */
export type AllowRequest = (request: { readonly ip: string }) => Promise<SourceDecision>;

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

export function createSourceAllowance(dependencies: {
  readonly run: RunStatement;
  readonly clock: Clock;
  readonly throttleKeys: ThrottleKeys;
}): AllowRequest {
  const { run, clock, throttleKeys } = dependencies;
  return async ({ ip }) => {
    const source = sourceOf(ip);
    const now = clock.now();
    const [row] = await run<{ readonly taken: boolean; readonly ends_at: Date | null }>({
      name: 'source-allowance-take',
      text: takeText,
      values: [throttleKeys.requests(source), now, requestsPerSource[source.family], windowSeconds],
    });
    if (row?.taken) return { kind: 'go-on' };
    // The look at the row may be older than the request that filled it.
    const seconds = row?.ends_at ? Math.ceil((row.ends_at.getTime() - now.getTime()) / 1000) : windowSeconds;
    return { kind: 'throttled', retryAfterSeconds: Math.max(1, seconds) };
  };
}
