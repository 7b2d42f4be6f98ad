import { randomUUID } from 'node:crypto';
import { createCoalescer } from '../platform/coalescer.ts';
import type { RunStatement } from '../platform/statement.ts';

type Mark = { readonly id: Buffer; readonly attempt: string; readonly expiresAt: Date };

export type ReplayRepository = {
  /** Marks a `jti` as used. @returns true for the one call that was first @see RFC 9449 §11.1; RFC 7523 §3 */
  readonly markOnce: (id: Buffer, expiresAt: Date) => Promise<boolean>;
};

export function createReplayRepository({ run }: { readonly run: RunStatement }): ReplayRepository {
  const mark = createCoalescer<Mark, boolean>({
    run: async (calls) => {
      const byId = new Map<string, Mark>();
      for (const call of calls) {
        const key = call.id.toString('hex');
        if (!byId.has(key)) byId.set(key, call);
      }
      const marks = [...byId.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
      // The update changes nothing: it only makes the row of an earlier call come back, with that call's token.
      const rows = await run<{ readonly attempt: string }>({
        name: 'replay-mark',
        text: `
          INSERT INTO oidc_replay AS r (id, attempt, expires_at)
          SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::timestamptz[])
          ON CONFLICT (id) DO UPDATE SET attempt = r.attempt
          RETURNING attempt`,
        values: [marks.map((one) => one.id), marks.map((one) => one.attempt), marks.map((one) => one.expiresAt)],
      });
      const first = new Set(rows.map((row) => row.attempt));
      return calls.map((call) => first.has(call.attempt));
    },
  });
  return { markOnce: (id, expiresAt) => mark({ id, attempt: randomUUID(), expiresAt }) };
}
