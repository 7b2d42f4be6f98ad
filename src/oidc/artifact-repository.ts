import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { createCoalescer } from '../platform/coalescer.ts';
import type { RunStatement } from '../platform/statement.ts';

/** A row as the engine's adapter sees it. `id` is the SHA-256 under which it rests, never the id itself. */
export type StoredArtifact = {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly consumedAtSeconds: number | undefined;
};

export type ArtifactRow = {
  readonly id: Buffer;
  readonly model: string;
  readonly payload: string;
  readonly grantId: string | undefined;
  readonly parentGrantId: string | undefined;
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
  /** The mandate that it carries. */
  readonly mandateId: string | undefined;
  readonly userCodeHash: Buffer | undefined;
  readonly expiresAt: Date;
};

export type ArtifactTable = {
  readonly save: (row: ArtifactRow) => Promise<void>;
  readonly find: (id: Buffer) => Promise<StoredArtifact | undefined>;
  /** Spends the artifact. @returns false where it was spent before, or is gone */
  readonly consume: (id: Buffer) => Promise<boolean>;
  /** Ends it for good: it isn't found any more, and a save that was late doesn't bring it back. */
  readonly end: (id: Buffer) => Promise<void>;
};

export type ArtifactRepository = {
  /** What lives for minutes and comes in masses: interactions, codes, pushed requests, access tokens. */
  readonly transient: ArtifactTable;
  /** What lives for days: grants, refresh tokens, device codes. */
  readonly lasting: ArtifactTable & {
    readonly findByUserCode: (userCodeHash: Buffer) => Promise<StoredArtifact | undefined>;
  };
  /** Removes everything that was made from the grant, or from a grant derived of it, in one statement. */
  readonly removeByGrant: (grantId: string) => Promise<void>;
};

/** The ring of partitions: created in hour h → slot h mod 4. @see migrations/20261122040000-create-protocol-store.ts */
export const transientSlots = 4;
export const transientSlotSeconds = 3600;
/** Longest life of a transient artifact: a slot is emptied two hours after its last row was made, or a little earlier. */
export const transientMaxTtlSeconds = 2 * transientSlotSeconds - 900;

export function transientSlot(at: Date): number {
  return Math.floor(at.getTime() / 1000 / transientSlotSeconds) % transientSlots;
}

type FoundRow = { readonly id: Buffer; readonly payload: Record<string, unknown>; readonly consumed_at: Date | null };

function toStored(row: FoundRow): StoredArtifact {
  const consumedAtSeconds = row.consumed_at === null ? undefined : Math.floor(row.consumed_at.getTime() / 1000);
  return { payload: row.payload, consumedAtSeconds };
}

const hex = (id: Buffer): string => id.toString('hex');

/** The last call per key wins and keys are sorted: two batches take their row locks in one order. */
function uniqueSorted<Call>(calls: readonly Call[], key: (call: Call) => string): readonly Call[] {
  const byKey = new Map(calls.map((call) => [key(call), call]));
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
}

// Each statement names its ids to every table it looks into: a plan that was made while a table was small would else read
// all of it to join it, and is kept when it has grown.

// Saved again it stays in its slot. What isn't updated because it ended meanwhile isn't inserted anew either.
const saveTransient = `
  WITH incoming AS (
    SELECT * FROM unnest($1::bytea[], $2::smallint[], $3::text[], $4::jsonb[], $5::text[], $6::timestamptz[], $7::uuid[])
      AS i (id, slot, model, payload, grant_id, expires_at, mandate_id)
  ), again AS (
    UPDATE oidc_transient t SET payload = i.payload, expires_at = i.expires_at
    FROM incoming i WHERE t.id = i.id AND t.id = ANY($1) AND t.ended_at IS NULL
  )
  INSERT INTO oidc_transient AS t (id, slot, model, payload, grant_id, expires_at, mandate_id)
  SELECT id, slot, model, payload, grant_id, expires_at, mandate_id FROM incoming i
  WHERE NOT EXISTS (SELECT FROM oidc_transient known WHERE known.id = i.id AND known.id = ANY($1))
  ON CONFLICT (id, slot) DO UPDATE SET payload = EXCLUDED.payload, expires_at = EXCLUDED.expires_at
  WHERE t.ended_at IS NULL`;

const insertTransient = `
  INSERT INTO oidc_transient AS t (id, slot, model, payload, grant_id, expires_at, mandate_id)
  SELECT * FROM unnest($1::bytea[], $2::smallint[], $3::text[], $4::jsonb[], $5::text[], $6::timestamptz[], $7::uuid[])
  ON CONFLICT (id, slot) DO UPDATE SET payload = EXCLUDED.payload, expires_at = EXCLUDED.expires_at
  WHERE t.ended_at IS NULL`;

// Two tabs may fill the grant of one session and client in the same moment: each keeps what it asked for.
const saveLasting = `
  INSERT INTO oidc_artifact AS a
    (id, model, payload, grant_id, parent_grant_id, account_id, client_id, user_code_hash, expires_at, mandate_id)
  SELECT * FROM unnest($1::bytea[], $2::text[], $3::jsonb[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::bytea[], $9::timestamptz[], $10::uuid[])
  ON CONFLICT (id) DO UPDATE SET expires_at = EXCLUDED.expires_at,
    payload = CASE a.model WHEN 'Grant' THEN merge_grant(a.payload, EXCLUDED.payload) ELSE EXCLUDED.payload END
  WHERE a.ended_at IS NULL`;

// Saved again after their first save; every other transient artifact is written once.
const savedAgain = new Set(['Interaction']);

export function createArtifactRepository({
  run,
  clock,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
}): ArtifactRepository {
  function transientWriter(name: string, text: string): (row: ArtifactRow) => Promise<void> {
    return createCoalescer<ArtifactRow, void>({
      run: async (calls) => {
        const rows = uniqueSorted(calls, (row) => hex(row.id));
        const slot = transientSlot(clock.now());
        await run({
          name,
          text,
          values: [
            rows.map((row) => row.id),
            rows.map(() => slot),
            rows.map((row) => row.model),
            rows.map((row) => row.payload),
            rows.map((row) => row.grantId ?? null),
            rows.map((row) => row.expiresAt),
            rows.map((row) => row.mandateId ?? null),
          ],
        });
        return calls.map(() => undefined);
      },
    });
  }

  const insert = transientWriter('transient-insert', insertTransient);
  const save = transientWriter('transient-save', saveTransient);

  const lastingSave = createCoalescer<ArtifactRow, void>({
    run: async (calls) => {
      const rows = uniqueSorted(calls, (row) => hex(row.id));
      await run({
        name: 'artifact-save',
        text: saveLasting,
        values: [
          rows.map((row) => row.id),
          rows.map((row) => row.model),
          rows.map((row) => row.payload),
          rows.map((row) => row.grantId ?? null),
          rows.map((row) => row.parentGrantId ?? null),
          rows.map((row) => row.accountId ?? null),
          rows.map((row) => row.clientId ?? null),
          rows.map((row) => row.userCodeHash ?? null),
          rows.map((row) => row.expiresAt),
          rows.map((row) => row.mandateId ?? null),
        ],
      });
      return calls.map(() => undefined);
    },
  });

  function readers(table: 'oidc_transient' | 'oidc_artifact'): Pick<ArtifactTable, 'find' | 'consume' | 'end'> {
    const find = createCoalescer<Buffer, StoredArtifact | undefined>({
      run: async (ids) => {
        const rows = await run<FoundRow>({
          name: `${table}-find`,
          text: `SELECT id, payload, consumed_at FROM ${table} WHERE id = ANY($1) AND ended_at IS NULL`,
          values: [uniqueSorted(ids, hex)],
        });
        const byId = new Map(rows.map((row) => [hex(row.id), row]));
        // The engine changes what it is given in place: two who ask for one row at once must not share it.
        const shared = ids.length > rows.length;
        return ids.map((id) => {
          const row = byId.get(hex(id));
          return row && toStored(shared ? structuredClone(row) : row);
        });
      },
    });

    // Each attempt has a token of its own: a statement repeated after a lost answer knows its own success,
    // and of two attempts in one batch only one finds its token in the row. Rows are locked by id, whatever the plan.
    const consume = createCoalescer<{ readonly id: Buffer; readonly attempt: string }, boolean>({
      run: async (calls) => {
        const attempts = uniqueSorted(calls, (call) => hex(call.id));
        const rows = await run<{ readonly id: Buffer; readonly consumed_by: string }>({
          name: `${table}-consume`,
          text: `
            UPDATE ${table} t SET consumed_at = $3, consumed_by = mine.attempt
            FROM (
              SELECT k.id, i.attempt
              FROM ${table} k JOIN unnest($1::bytea[], $2::uuid[]) AS i (id, attempt) ON k.id = i.id
              WHERE k.id = ANY($1) AND k.ended_at IS NULL AND (k.consumed_at IS NULL OR k.consumed_by = i.attempt)
              ORDER BY k.id FOR UPDATE OF k
            ) AS mine
            WHERE t.id = mine.id AND t.id = ANY($1)
            RETURNING t.id, t.consumed_by`,
          values: [attempts.map((call) => call.id), attempts.map((call) => call.attempt), clock.now()],
        });
        const winners = new Set(rows.map((row) => row.consumed_by));
        return calls.map((call) => winners.has(call.attempt));
      },
    });

    const end = createCoalescer<Buffer, void>({
      run: async (ids) => {
        await run({
          name: `${table}-end`,
          text: `
            UPDATE ${table} SET ended_at = $2, payload = '{}'
            WHERE id = ANY($1) AND id IN (
              SELECT id FROM ${table} WHERE id = ANY($1) AND ended_at IS NULL ORDER BY id FOR UPDATE)`,
          values: [uniqueSorted(ids, hex), clock.now()],
        });
        return ids.map(() => undefined);
      },
    });

    return { find, consume: (id) => consume({ id, attempt: randomUUID() }), end };
  }

  return {
    transient: {
      ...readers('oidc_transient'),
      save: (row) => (savedAgain.has(row.model) ? save(row) : insert(row)),
    },
    lasting: {
      ...readers('oidc_artifact'),
      save: lastingSave,
      findByUserCode: async (userCodeHash) => {
        const [row] = await run<FoundRow>({
          name: 'artifact-find-by-user-code',
          text: 'SELECT id, payload, consumed_at FROM oidc_artifact WHERE user_code_hash = $1 AND ended_at IS NULL',
          values: [userCodeHash],
        });
        return row && toStored(row);
      },
    },
    // The engine asks once per kind of token in the same moment: the coalescer makes one statement of it.
    removeByGrant: createCoalescer<string, void>({
      run: async (grantIds) => {
        await run({
          name: 'artifact-remove-by-grant',
          // Rows are locked by id, the order of every other batch: else a revocation and a batch wait for each other.
          text: `
            WITH short AS (
              SELECT id FROM oidc_transient WHERE grant_id = ANY($1) ORDER BY id FOR UPDATE
            ), long AS (
              SELECT id FROM oidc_artifact WHERE id = ANY(ARRAY(
                SELECT id FROM oidc_artifact WHERE grant_id = ANY($1)
                UNION SELECT id FROM oidc_artifact WHERE parent_grant_id = ANY($1)))
              ORDER BY id FOR UPDATE
            ), transient AS (
              DELETE FROM oidc_transient WHERE id = ANY(ARRAY(SELECT id FROM short))
            )
            DELETE FROM oidc_artifact WHERE id = ANY(ARRAY(SELECT id FROM long))`,
          values: [[...new Set(grantIds)].sort()],
        });
        return grantIds.map(() => undefined);
      },
    }),
  };
}
