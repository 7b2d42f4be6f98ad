import { rowsOf } from '../platform/rows.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { AttemptMark } from './mailed-codes.ts';
import type { RecoveryProof } from './recovery-rules.ts';

/** Somebody waits for this account; from `readyAt` to `endsAt` their one proof recovers it. */
export type WaitingRecovery = { readonly readyAt: Date; readonly endsAt: Date };

/** What the attempts at an account amount to: the one that waits, and how many stops still count. */
export type RecoveryAttempts = { readonly waiting: WaitingRecovery | undefined; readonly stops: number };

/** An eID by which somebody waits: the hash of its key for them, and every hash under which an earlier wait may lie. */
export type Claimant = { readonly hash: Buffer; readonly all: readonly Buffer[] };

/** Notices that come later than the first, each sent once. */
export type LaterNotice = 'reminder' | 'ready';

type AttemptOf = { readonly accountId: string; readonly at: Date };

// By a mailbox, or by an eID: neither wait ever serves the other.
const runs = `state IN ('waiting', 'reclaiming')`;

/** One statement for the whole picture, as far as a mailbox is concerned. */
export async function findAttempts(tx: Transaction, { accountId, at }: AttemptOf): Promise<RecoveryAttempts> {
  const [row] = await rowsOf<{
    readonly ready_at: Date | null;
    readonly ends_at: Date | null;
    readonly stops: number;
  }>(
    tx,
    `SELECT max(ready_at) FILTER (WHERE state = 'waiting') AS ready_at,
       max(expires_at) FILTER (WHERE state = 'waiting') AS ends_at,
       (count(*) FILTER (WHERE state = 'stopped'))::int AS stops
     FROM recovery_attempt WHERE account_id = $1 AND expires_at > $2`,
    [accountId, at],
  );
  const waiting = row?.ready_at && row.ends_at ? { readyAt: row.ready_at, endsAt: row.ends_at } : undefined;
  return { waiting, stops: row?.stops ?? 0 };
}

/** The wait of this eID for the account. Another one's is no concern of it. */
export async function findClaim(
  tx: Transaction,
  { accountId, claimant, at }: AttemptOf & { readonly claimant: Claimant },
): Promise<WaitingRecovery | undefined> {
  const [claim] = await rowsOf<WaitingRecovery>(
    tx,
    `SELECT ready_at AS "readyAt", expires_at AS "endsAt" FROM recovery_attempt
     WHERE account_id = $1 AND state = 'reclaiming' AND claimant_hash = ANY($2) AND expires_at > $3
     ORDER BY ready_at LIMIT 1`,
    [accountId, claimant.all, at],
  );
  return claim;
}

/**
 * Begins a wait. Where one is running it stays as it is: asking again neither restarts nor shortens it.
 * @returns whether this call began one
 */
export async function insertAttempt(
  tx: Transaction,
  attempt: WaitingRecovery & {
    readonly id: string;
    readonly accountId: string;
    readonly proofs: readonly (RecoveryProof | 'eid')[];
    /** Absent where a mailbox is what was proved. `noticeSealed`: see {@link UntoldReclaim}. */
    readonly claim?: { readonly claimant: Claimant; readonly noticeSealed: Buffer } | undefined;
    readonly stopToken: string;
    readonly startedAt: Date;
  },
): Promise<boolean> {
  const { accountId, startedAt, claim } = attempt;
  await tx.query(`DELETE FROM recovery_attempt WHERE account_id = $1 AND ${runs} AND expires_at <= $2`, [
    accountId,
    startedAt,
  ]);
  const inserted = await rowsOf(
    tx,
    `INSERT INTO recovery_attempt
       (id, account_id, proofs, state, stop_token_hash, started_at, ready_at, expires_at, claimant_hash,
        notice_sealed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT DO NOTHING RETURNING true AS inserted`,
    [
      attempt.id,
      accountId,
      attempt.proofs,
      claim ? 'reclaiming' : 'waiting',
      sha256(attempt.stopToken),
      startedAt,
      attempt.readyAt,
      attempt.endsAt,
      claim?.claimant.hash ?? null,
      claim?.noticeSealed ?? null,
    ],
  );
  return inserted.length === 1;
}

/**
 * The account is recovered: whoever waits for it waits no longer.
 * @param claimant the eID that recovered it; undefined for who read the mailbox
 * @returns whether their own wait was over, so that it counts
 */
export async function endWaiting(
  tx: Transaction,
  {
    accountId,
    claimant,
    mark,
    at,
  }: AttemptOf & { readonly claimant?: Claimant | undefined; readonly mark: AttemptMark },
): Promise<{ readonly wasReady: boolean }> {
  const ended = await rowsOf<{ readonly was_ready: boolean }>(
    tx,
    `UPDATE recovery_attempt SET state = 'recovered', ended_at = $2, recovered_by = $3
     WHERE account_id = $1 AND expires_at > $2 AND (${runs} OR (state = 'recovered' AND recovered_by = $3))
     RETURNING ready_at <= $2 AND CASE WHEN $4::bytea[] IS NULL THEN claimant_hash IS NULL
       ELSE claimant_hash IS NOT NULL AND claimant_hash = ANY($4) END AS was_ready`,
    [accountId, at, mark, claimant?.all ?? null],
  );
  return { wasReady: ended.some(({ was_ready }) => was_ready) };
}

/** What a link stops. `by`: what whoever waits has shown. */
export type StoppableRecovery = {
  readonly accountId: string;
  readonly state: 'waiting' | 'stopped';
  readonly by: 'mailbox' | 'eid';
};

/** Whose recovery a link would stop, or has stopped; undefined for one that is over. */
export async function findByStopToken(
  tx: Transaction,
  { token, at }: { readonly token: string; readonly at: Date },
): Promise<StoppableRecovery | undefined> {
  const [found] = await rowsOf<StoppableRecovery>(
    tx,
    `SELECT account_id AS "accountId", CASE WHEN ${runs} THEN 'waiting' ELSE 'stopped' END AS state,
       CASE WHEN claimant_hash IS NULL THEN 'mailbox' ELSE 'eid' END AS by
     FROM recovery_attempt
     WHERE stop_token_hash = $1 AND expires_at > $2 AND (${runs} OR state = 'stopped')`,
    [sha256(token), at],
  );
  return found;
}

/** Stops the recovery of a link, once. @returns whether this call did */
export async function stopByToken(
  tx: Transaction,
  stop: { readonly token: string; readonly at: Date; readonly countsUntil: Date },
): Promise<boolean> {
  const stopped = await rowsOf(
    tx,
    `UPDATE recovery_attempt SET state = 'stopped', ended_at = $2, expires_at = $3
     WHERE stop_token_hash = $1 AND expires_at > $2 AND ${runs} RETURNING true AS stopped`,
    [sha256(stop.token), stop.at, stop.countsUntil],
  );
  return stopped.length === 1;
}

/** Takes on the sending of a later notice, once, while the attempt still waits. */
export async function claimNotice(
  tx: Transaction,
  { attemptId, notice, at }: { readonly attemptId: string; readonly notice: LaterNotice; readonly at: Date },
): Promise<(WaitingRecovery & { readonly accountId: string }) | undefined> {
  const [claimed] = await rowsOf<WaitingRecovery & { readonly accountId: string }>(
    tx,
    `UPDATE recovery_attempt SET notices_sent = notices_sent || $2::text
     WHERE id = $1 AND ${runs} AND expires_at > $3 AND $2 <> ALL (notices_sent)
     RETURNING account_id AS "accountId", ready_at AS "readyAt", expires_at AS "endsAt"`,
    [attemptId, notice, at],
  );
  return claimed;
}

/** Somebody who waits with an eID, of whom the owner hears when they sign in. */
export type UntoldReclaim = WaitingRecovery & { readonly id: string; readonly noticeSealed: Buffer };
