import type { Clock } from '../platform/clock.ts';
import { createCoalescer } from '../platform/coalescer.ts';
import type { RunStatement } from '../platform/statement.ts';

/** What the session keeps per client: the engine's `sid`, `grantId`, `persistsLogout`. */
export type Authorization = Readonly<Record<string, unknown>>;

/** One request's change of one entry: the version it had read, and what the entry is now (null: removed). */
export type AuthorizationChange = { readonly base: number | null; readonly entry: Authorization | null };

/** A session as one request has it, and which parts of it that request changed. */
export type SessionChange = {
  readonly id: Buffer;
  readonly retiredId: Buffer | undefined;
  readonly uid: string;
  readonly accountId: string | undefined;
  readonly loginAtSeconds: number | undefined;
  /** The whole of it, as JSON: for a session that isn't stored yet. */
  readonly payload: string;
  /** The fields of a login, as JSON, where this request logged somebody in. */
  readonly login: string | undefined;
  /** Other fields it changed, as JSON, and those it removed. */
  readonly changed: string;
  readonly removed: readonly string[];
  readonly entries: Readonly<Record<string, AuthorizationChange>>;
  readonly expiresAt: Date;
};

/** How long a rotated id still leads to its session, for requests that left the browser before the answer came. */
export const retiredIdGraceSeconds = 60;

// Of two logins in one session the newer wins; within one second the later save does.
const loginWins = '(i.login IS NOT NULL AND coalesce(s.login_at, 0) <= coalesce(i.login_at, 0))';
const samePerson = '(s.account_id IS NULL OR s.account_id = i.account_id)';

// Of one person's session what each request changed is kept; an id leads nowhere once another account won. Sessions come
// sorted, and each is waited for before its aliases are touched, so that no two saves wait for each other.
const saveSessions = `
  WITH incoming AS (
    SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[], $7::jsonb[],
        $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::timestamptz[])
      AS i (id, retired_id, uid, account_id, login_at, payload, login, changed, removed, entries, expires_at)
  ), retired AS (
    UPDATE oidc_session_alias a SET retired_at = $12, expires_at = $13
    FROM incoming i WHERE a.id = i.retired_id AND a.id = ANY($2) AND a.retired_at IS NULL
  ), saved AS (
    INSERT INTO oidc_session AS s (uid, account_id, login_at, payload, authorizations, created_at, expires_at)
    SELECT uid, account_id, login_at, payload, merge_session_authorizations('{}', entries), $12, expires_at FROM incoming
    ON CONFLICT (uid) DO UPDATE SET (account_id, login_at, payload, expires_at, authorizations) = (
      SELECT
        CASE WHEN ${loginWins} THEN i.account_id ELSE s.account_id END,
        CASE WHEN ${loginWins} THEN i.login_at ELSE s.login_at END,
        CASE
          WHEN ${samePerson} THEN
            (s.payload - texts_of(i.removed)) || i.changed || CASE WHEN ${loginWins} THEN i.login ELSE '{}' END
          WHEN ${loginWins} THEN i.payload
          ELSE s.payload END,
        CASE WHEN ${samePerson} OR ${loginWins} THEN i.expires_at ELSE s.expires_at END,
        CASE
          WHEN ${samePerson} THEN merge_session_authorizations(s.authorizations, i.entries)
          WHEN ${loginWins} THEN EXCLUDED.authorizations
          ELSE s.authorizations END
      FROM incoming i WHERE i.uid = s.uid)
    WHERE s.ended_at IS NULL
    RETURNING uid, account_id
  )
  INSERT INTO oidc_session_alias AS a (id, uid, account_id, expires_at)
  SELECT i.id, i.uid, i.account_id, i.expires_at FROM incoming i JOIN saved USING (uid)
  ON CONFLICT (id) DO UPDATE SET expires_at = EXCLUDED.expires_at
  WHERE a.uid = EXCLUDED.uid AND a.retired_at IS NULL
  RETURNING a.uid, a.account_id IS NOT DISTINCT FROM (SELECT account_id FROM saved WHERE saved.uid = a.uid) AS leads`;

const byUid = (one: SessionChange, other: SessionChange): number => (one.uid < other.uid ? -1 : 1);

/** Each session once per wave, in the order of its saves: a statement can't merge two changes into one row. */
function wavesOf(changes: readonly SessionChange[]): readonly (readonly SessionChange[])[] {
  const waves: SessionChange[][] = [];
  const seen = new Map<string, number>();
  for (const change of changes) {
    const wave = seen.get(change.uid) ?? 0;
    seen.set(change.uid, wave + 1);
    waves[wave] = [...(waves[wave] ?? []), change];
  }
  return waves.map((wave) => wave.sort(byUid));
}

/**
 * Merges changes into their sessions and makes each `id` lead to its own; saves of the same moment share a statement.
 * @returns false where `id` doesn't lead to it: ended, rotated away, or somebody else's meanwhile
 */
export function createSaveSession({
  run,
  clock,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
}): (change: SessionChange) => Promise<boolean> {
  async function saveWave(wave: readonly SessionChange[]): Promise<ReadonlySet<SessionChange>> {
    const now = clock.now();
    const rows = await run<{ readonly uid: string; readonly leads: boolean }>({
      name: 'session-save',
      text: saveSessions,
      values: [
        wave.map((change) => change.id),
        wave.map((change) => change.retiredId ?? null),
        wave.map((change) => change.uid),
        wave.map((change) => change.accountId ?? null),
        wave.map((change) => change.loginAtSeconds ?? null),
        wave.map((change) => change.payload),
        wave.map((change) => change.login ?? null),
        wave.map((change) => change.changed),
        wave.map((change) => JSON.stringify(change.removed)),
        wave.map((change) => JSON.stringify(change.entries)),
        wave.map((change) => change.expiresAt),
        now,
        new Date(now.getTime() + retiredIdGraceSeconds * 1000),
      ],
    });
    const leading = new Set(rows.filter(({ leads }) => leads).map(({ uid }) => uid));
    return new Set(wave.filter(({ uid }) => leading.has(uid)));
  }

  return createCoalescer<SessionChange, boolean>({
    run: async (changes) => {
      const leading = new Set<SessionChange>();
      for (const wave of wavesOf(changes)) for (const change of await saveWave(wave)) leading.add(change);
      return changes.map((change) => leading.has(change));
    },
  });
}
