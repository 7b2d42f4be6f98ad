import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { HeldMandate } from './held-mandate.ts';
import type { Delegable, Exercise, Mandate, MandateEvidence, MandateState } from './mandate.ts';
import { type MandateRow, selectMandate, toMandate } from './mandate-row.ts';
import { changeState, type MandateActor, type MandateReason } from './mandate-state.ts';
import { everything } from './powers.ts';

/** A representative by law may use everything that isn't critical, and hand it on twice. */
const statutory: { readonly powers: readonly string[]; readonly delegable: Delegable } = {
  powers: [everything],
  delegable: { powers: [everything], depth: 2 },
};

const dayMs = 86_400_000;
/** For so long a register's word stands before it is asked again. */
export const checkAfterMs = dayMs;

export type NewMandate = Pick<HeldMandate, 'orgLevel' | 'match' | 'asOf'> & {
  readonly id: string;
  readonly organizationId: string;
  readonly accountId: string;
  readonly state: Extract<MandateState, 'active' | 'pending-consent' | 'pending-review'>;
  readonly exercise: Exercise;
  readonly role: string | undefined;
  readonly evidence: readonly MandateEvidence[];
  readonly ruleVersion: string;
  readonly reference: string;
  readonly at: Date;
  readonly eventId: string;
  /** Why it waits for a review. */
  readonly note: string | undefined;
};

/** A change that is asked for. */
export type AskedChange = {
  readonly mandateId: string;
  readonly to: MandateState;
  readonly by: MandateActor;
  readonly reason: MandateReason;
  readonly at: Date;
  /** Made before the transaction: one that runs again finds its own. */
  readonly eventId: string;
  /** A code from the catalogue of decisions. */
  readonly note?: string | undefined;
  readonly evidence?: readonly MandateEvidence[] | undefined;
};

export type ChangeResult =
  | { readonly kind: 'changed'; readonly row: MandateRow; readonly mandate: Mandate }
  /** This very change was made before. */
  | { readonly kind: 'repeated' | 'not-allowed' };

const insertText = `
  WITH made AS (
    INSERT INTO mandate (id, organization_id, account_id, powers, delegable, basis, granted_by, exercise, org_level,
      match, role, evidence, rule_version, as_of, next_check_at, valid_from, state, state_at, reference, created_at)
    VALUES ($1, $2, $3, $4, $5, 'statutory', '{"kind": "register"}', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $14,
      $16, $14)
    ON CONFLICT DO NOTHING
    RETURNING id, state
  )
  INSERT INTO mandate_event (id, mandate_id, to_state, by_actor, reason, note, evidence, at)
  SELECT $17, id, state, jsonb_build_object('kind', 'delegate', 'account', $3::uuid), 'asked-for', $18, $10, $14 FROM made
  RETURNING id`;

const standingText = `
  SELECT ${selectMandate} FROM mandate m
  WHERE m.account_id = $1 AND m.organization_id = $2 AND m.basis = 'statutory'
    AND m.state IN ('pending-review', 'pending-consent', 'active', 'suspended')
  FOR NO KEY UPDATE`;

const changeText = `
  WITH changed AS (
    UPDATE mandate SET state = $2, state_reason = $3, state_at = $4, next_check_at = $5,
      evidence = CASE WHEN $6::jsonb IS NULL THEN evidence ELSE evidence || $6::jsonb END
    WHERE id = $1
  )
  INSERT INTO mandate_event (id, mandate_id, from_state, to_state, by_actor, reason, note, evidence, at)
  VALUES ($7, $1, $8, $2, $9, $3, $10, $6, $4)`;

const confirmText = `
  UPDATE mandate SET as_of = greatest(as_of, $2), evidence = $3, rule_version = $4, register_silent = false,
    next_check_at = $5
  WHERE id = $1`;

/** Writes a new mandate with the event it begins with. @returns false where one stands already, or this very one is written */
export async function insertMandate(tx: Transaction, mandate: NewMandate): Promise<boolean> {
  const { at, state } = mandate;
  const nextCheckAt = state === 'active' ? new Date(at.getTime() + checkAfterMs) : null;
  const written = await rowsOf(tx, insertText, [
    mandate.id,
    mandate.organizationId,
    mandate.accountId,
    statutory.powers,
    statutory.delegable,
    mandate.exercise,
    mandate.orgLevel,
    mandate.match,
    mandate.role ?? null,
    JSON.stringify(mandate.evidence),
    mandate.ruleVersion,
    mandate.asOf,
    nextCheckAt,
    at,
    state,
    mandate.reference,
    mandate.eventId,
    mandate.note ?? null,
  ]);
  return written.length > 0;
}

/** How many cases of an account wait for a reviewer. */
export async function countInReview(tx: Transaction, accountId: string): Promise<number> {
  const text = `SELECT count(*)::int AS cases FROM mandate WHERE account_id = $1 AND state = 'pending-review'`;
  const [row] = await rowsOf<{ readonly cases: number }>(tx, text, [accountId]);
  return row?.cases ?? 0;
}

/** What stands between a person and an organization by law, held until the transaction ends. */
export async function lockStanding(
  tx: Transaction,
  { accountId, organizationId }: { readonly accountId: string; readonly organizationId: string },
): Promise<MandateRow | undefined> {
  const [row] = await rowsOf<MandateRow>(tx, standingText, [accountId, organizationId]);
  return row;
}

/** A mandate in whatever state, as it is at this moment. */
export async function findMandate(tx: Transaction, mandateId: string): Promise<MandateRow | undefined> {
  const [row] = await rowsOf<MandateRow>(tx, `SELECT ${selectMandate} FROM mandate m WHERE m.id = $1`, [mandateId]);
  return row;
}

/** A mandate in whatever state, held until the transaction ends: changes of it come one after the other. */
export async function lockMandate(tx: Transaction, mandateId: string): Promise<MandateRow | undefined> {
  const text = `SELECT ${selectMandate} FROM mandate m WHERE m.id = $1 FOR NO KEY UPDATE`;
  const [row] = await rowsOf<MandateRow>(tx, text, [mandateId]);
  return row;
}

/** Changes the state by the table, with the event that says who and why. */
export async function changeMandate(tx: Transaction, asked: AskedChange): Promise<ChangeResult> {
  const { mandateId, at, eventId } = asked;
  const row = await lockMandate(tx, mandateId);
  if (row === undefined) return { kind: 'not-allowed' };
  if ((await rowsOf(tx, 'SELECT true AS made FROM mandate_event WHERE id = $1', [eventId])).length > 0) {
    return { kind: 'repeated' };
  }
  const outcome = changeState(toMandate(row), asked);
  if (outcome.kind === 'not-allowed') return outcome;
  await tx.query(changeText, [
    mandateId,
    asked.to,
    asked.reason,
    at,
    isWatched(asked) ? new Date(at.getTime() + (isDecidedByPeople(asked) ? 0 : checkAfterMs)) : null,
    asked.evidence ? JSON.stringify(asked.evidence) : null,
    eventId,
    row.state,
    asked.by,
    asked.note ?? null,
  ]);
  return { kind: 'changed', row, mandate: outcome.mandate };
}

/** What a register took away it can give back. */
export const registerReasons: readonly MandateReason[] = ['officer-left', 'organization-ended'];

/** Days have passed since the register was asked: its word of today is looked for at once. */
function isDecidedByPeople({ reason }: Pick<AskedChange, 'reason'>): boolean {
  return reason === 'consent-complete' || reason === 'review-approved';
}

function isWatched({ to, reason }: Pick<AskedChange, 'to' | 'reason'>): boolean {
  return to === 'active' || (to === 'suspended' && registerReasons.includes(reason));
}

/** The register said the same again. What stood before stays in the events. */
export async function confirmMandate(
  tx: Transaction,
  given: {
    readonly mandateId: string;
    readonly asOf: Date;
    readonly evidence: readonly MandateEvidence[];
    readonly ruleVersion: string;
    readonly at: Date;
  },
): Promise<void> {
  const nextCheckAt = new Date(given.at.getTime() + checkAfterMs);
  const { mandateId, asOf, evidence, ruleVersion } = given;
  await tx.query(confirmText, [mandateId, asOf, JSON.stringify(evidence), ruleVersion, nextCheckAt]);
}

/** Agreed by all: now it is known who acts together. */
export async function setExercise(
  tx: Transaction,
  { mandateId, exercise }: { readonly mandateId: string; readonly exercise: Exercise },
): Promise<void> {
  await tx.query('UPDATE mandate SET exercise = $2 WHERE id = $1', [mandateId, exercise]);
}

/** Whether recovering this account would give somebody power over an organization. */
export async function hasMandate(tx: Transaction, accountId: string): Promise<boolean> {
  const text = `SELECT true AS held FROM mandate WHERE account_id = $1 AND state = 'active' LIMIT 1`;
  return (await rowsOf(tx, text, [accountId])).length > 0;
}
