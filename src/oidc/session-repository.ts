import type { Clock } from '../platform/clock.ts';
import { createCoalescer } from '../platform/coalescer.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import {
  type Authorization,
  createSaveSession,
  retiredIdGraceSeconds,
  type SessionChange,
} from './session-save-repository.ts';
import { storageKey } from './storage-key.ts';

export type Authorizations = Readonly<Record<string, Authorization>>;

/** An entry as it rests: its version grows with each change; a removed one stays as a mark. */
type VersionedEntry = Authorization & { readonly v: number; readonly removed?: true };

export type StoredSession = {
  readonly uid: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly authorizations: Authorizations;
  /** The version of each entry, to be given back with a change of it; of a removed one, the version of its mark. */
  readonly versions: ReadonlyMap<string, number>;
  /** True where it was found by an id that was rotated away moments ago: the caller needs a new one. */
  readonly idRetired: boolean;
};

export type SessionRepository = {
  readonly findById: (id: Buffer) => Promise<StoredSession | undefined>;
  readonly findByUid: (uid: string) => Promise<StoredSession | undefined>;
  /**
   * Merges the change into the session and makes `id` lead to it. An ended session stays as it is: ended.
   * @returns false where `id` doesn't lead to it: ended, rotated away, or somebody else's meanwhile
   */
  readonly save: (change: SessionChange) => Promise<boolean>;
  readonly endById: (id: Buffer) => Promise<void>;
  /** Ends every session of an account, and what was made from them. @returns the portals that have to be told */
  readonly endAllOf: (
    tx: Transaction,
    end: { readonly accountId: string; readonly at: Date; readonly except?: string | undefined },
  ) => Promise<readonly SignedOnPortal[]>;
  /** Ends one session. @returns the portals that have to be told; none where it had ended before */
  readonly endOne: (
    tx: Transaction,
    end: { readonly uid: string; readonly at: Date },
  ) => Promise<readonly SignedOnPortal[]>;
};

/** A portal a session signed on to, by the `sid` it knows. */
export type SignedOnPortal = {
  readonly sessionUid: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly sid: string;
};

type SessionRow = {
  readonly key: string;
  readonly uid: string;
  readonly payload: Record<string, unknown>;
  readonly authorizations: Readonly<Record<string, VersionedEntry>>;
  readonly retired_at: Date | null;
};

function toStored(row: SessionRow): StoredSession {
  const authorizations: Record<string, Authorization> = {};
  const versions = new Map<string, number>();
  for (const [clientId, { v, removed, ...entry }] of Object.entries(row.authorizations)) {
    versions.set(clientId, v);
    if (!removed) authorizations[clientId] = entry;
  }
  return { uid: row.uid, payload: row.payload, authorizations, versions, idRetired: row.retired_at !== null };
}

/** What the end of a session gives back. */
export type EndedRow = Pick<SessionRow, 'uid' | 'authorizations'> & { readonly account_id: string | null };

export function signedOnPortals(rows: readonly EndedRow[]): readonly SignedOnPortal[] {
  return rows.flatMap(({ uid, account_id: accountId, authorizations }) =>
    Object.entries(authorizations).flatMap(([clientId, { sid }]) =>
      typeof sid === 'string' && accountId !== null ? [{ sessionUid: uid, accountId, clientId, sid }] : [],
    ),
  );
}

export function createSessionRepository({
  run,
  clock,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
}): SessionRepository {
  // An alias leads only to the account it was made for: an id from before the login is worth nothing after it.
  const findById = createCoalescer<Buffer, StoredSession | undefined>({
    run: async (ids) => {
      const graceFrom = new Date(clock.now().getTime() - retiredIdGraceSeconds * 1000);
      const rows = await run<SessionRow>({
        name: 'session-find-by-id',
        text: `
          SELECT encode(a.id, 'hex') AS key, s.uid, s.payload, s.authorizations, a.retired_at
          FROM oidc_session_alias a
          CROSS JOIN LATERAL (
            SELECT uid, payload, authorizations FROM oidc_session
            WHERE uid = a.uid AND ended_at IS NULL AND account_id IS NOT DISTINCT FROM a.account_id LIMIT 1) AS s
          WHERE a.id = ANY($1) AND (a.retired_at IS NULL OR a.retired_at > $2)`,
        values: [ids, graceFrom],
      });
      const byId = new Map(rows.map((row) => [row.key, row]));
      return ids.map((id) => {
        const row = byId.get(id.toString('hex'));
        return row && toStored(row);
      });
    },
  });

  const findByUid = createCoalescer<string, StoredSession | undefined>({
    run: async (uids) => {
      const rows = await run<SessionRow>({
        name: 'session-find-by-uid',
        text: `
          SELECT uid AS key, uid, payload, authorizations, NULL AS retired_at
          FROM oidc_session WHERE uid = ANY($1) AND ended_at IS NULL`,
        values: [uids],
      });
      const byUid = new Map(rows.map((row) => [row.uid, row]));
      return uids.map((uid) => {
        const row = byUid.get(uid);
        return row && toStored(row);
      });
    },
  });

  return {
    findById,
    findByUid,
    save: createSaveSession({ run, clock }),
    endById: async (id) => {
      await run({
        name: 'session-end-by-id',
        text: `
          UPDATE oidc_session SET ended_at = $2
          WHERE uid = (SELECT uid FROM oidc_session_alias WHERE id = $1) AND ended_at IS NULL`,
        values: [id, clock.now()],
      });
    },
    endAllOf: async (tx, { accountId, at, except }) => {
      const kept = await rowsOf<Pick<SessionRow, 'authorizations'>>(
        tx,
        'SELECT authorizations FROM oidc_session WHERE uid = $1 AND account_id = $2',
        [except ?? '', accountId],
      );
      const keptGrants = kept.flatMap((row) => Object.values(row.authorizations).map(({ grantId }) => String(grantId)));
      const ended = await rowsOf<EndedRow>(
        tx,
        `WITH ended AS (
           UPDATE oidc_session SET ended_at = $2
           WHERE account_id = $1 AND ended_at IS NULL AND uid IS DISTINCT FROM $3
           RETURNING uid, account_id, authorizations
         ), grants AS (
           UPDATE oidc_artifact SET ended_at = $2, payload = '{}'
           WHERE account_id = $1 AND model = 'Grant' AND ended_at IS NULL AND id <> ALL ($4)
         ), revoked AS (
           DELETE FROM oidc_artifact
           WHERE account_id = $1 AND model <> 'Grant' AND (grant_id IS NULL OR grant_id <> ALL ($5))
         )
         SELECT uid, account_id, authorizations FROM ended`,
        [accountId, at, except ?? null, keptGrants.map((grantId) => storageKey('Grant', grantId)), keptGrants],
      );
      return signedOnPortals(ended);
    },
    endOne: async (tx, { uid, at }) =>
      signedOnPortals(
        await rowsOf<EndedRow>(
          tx,
          `UPDATE oidc_session SET ended_at = $2 WHERE uid = $1 AND ended_at IS NULL
           RETURNING uid, account_id, authorizations`,
          [uid, at],
        ),
      ),
  };
}
