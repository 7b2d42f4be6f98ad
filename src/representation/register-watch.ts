import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import { type AskedRegisters, askRegisters, evidenceOf, oldestOf } from './ask-registers.ts';
import type { RepresentationContext } from './context.ts';
import { matchingRules } from './judge-match.ts';
import { changeMandate, checkAfterMs, confirmMandate, lockMandate, registerReasons } from './mandate-repository.ts';
import { type HeldRow, type MandateRow, selectMandate, withOrganization } from './mandate-row.ts';
import { registerVerdict } from './register-verdict.ts';
import { suspendMandate } from './suspend-mandate.ts';
import { tellHolder } from './tell-holder.ts';

const dueText = `
  SELECT found.*, org.*
  FROM (
    SELECT ${selectMandate} FROM mandate m WHERE m.next_check_at <= $1 ORDER BY m.next_check_at LIMIT $2) AS found
  ${withOrganization('found')}`;

// What ended while its register was asked isn't watched any more.
const postponeText = `
  UPDATE mandate SET next_check_at = $2, register_silent = coalesce($3, register_silent)
  WHERE id = $1 AND next_check_at IS NOT NULL`;

/** After a register was silent, and after a check that came to nothing. */
const againAfterMs = 3_600_000;

/**
 * Asks the registers again for mandates whose word is a day old. Who left, or whose company ended, acts no longer, until
 * the register says so again; where it is silent that is written down and nothing else. One after the other, at the
 * registers' own pace. For the worker. @returns how many were looked at
 */
export function createRegisterWatch(context: RepresentationContext) {
  const { pool, inTransaction, registries, organizations, clock, findClaimant } = context;

  async function check(row: HeldRow): Promise<void> {
    const person = await findClaimant(row.account_id);
    // Whose identity doesn't stand now uses no mandate either; the register has nothing to say to that.
    if (person === undefined) return postpone(row, { afterMs: checkAfterMs });
    const { entity } = await organizations.open(row);
    const asked = await askRegisters(registries, { person, number: entity.number });
    await apply(row, { asked, eventId: newUuid(clock), organizationId: newUuid(clock) });
  }

  async function apply(
    row: HeldRow,
    ids: { readonly asked: AskedRegisters; readonly eventId: string; readonly organizationId: string },
  ): Promise<void> {
    const { asked, eventId } = ids;
    const verdict = isSurprising(row, asked) ? ({ kind: 'silent' } as const) : registerVerdict(asked);
    switch (verdict.kind) {
      case 'silent':
        return postpone(row, { afterMs: againAfterMs, isSilent: true });
      case 'unclear':
      case 'person-unproved':
        return postpone(row, { afterMs: checkAfterMs, isSilent: false });
      case 'confirmed':
        return inTransaction((tx) => confirm(tx, { ...ids, mandateId: row.id }));
      case 'lost':
        return inTransaction((tx) => lose(tx, { row, asked, reason: verdict.reason, eventId }));
    }
  }

  async function confirm(
    tx: Transaction,
    given: {
      readonly mandateId: string;
      readonly asked: AskedRegisters;
      readonly eventId: string;
      readonly organizationId: string;
    },
  ): Promise<void> {
    const { mandateId, asked, eventId, organizationId } = given;
    const at = clock.now();
    const [{ entity }] = asked.answers;
    if (entity.kind === 'found') {
      const { value, source, asOf } = entity;
      await organizations.keep(tx, { id: organizationId, entity: value, source, asOf, at });
    }
    const row = await lockMandate(tx, mandateId);
    const evidence = evidenceOf(asked);
    if (row === undefined || !isWatched(row)) return;
    if (row.state === 'suspended') await restore(tx, { row, eventId, at });
    const { version: ruleVersion } = matchingRules;
    await confirmMandate(tx, { mandateId, evidence, asOf: oldestOf(evidence, at), ruleVersion, at });
  }

  async function restore(
    tx: Transaction,
    { row, eventId, at }: { readonly row: MandateRow; readonly eventId: string; readonly at: Date },
  ): Promise<void> {
    const { id: mandateId } = row;
    const by = { kind: 'system' } as const;
    const result = await changeMandate(tx, { mandateId, to: 'active', by, reason: 'cleared', at, eventId });
    if (result.kind !== 'changed') return;
    await tellHolder(context, {
      tx,
      row,
      actor: 'system',
      event: { kind: 'mandate-restored', details: { mandate: mandateId, reason: 'cleared' } },
      letter: { template: 'mandate-established' },
    });
  }

  async function lose(
    tx: Transaction,
    {
      row,
      asked,
      reason,
      eventId,
    }: {
      readonly row: MandateRow;
      readonly asked: AskedRegisters;
      readonly reason: 'officer-left' | 'organization-ended';
      readonly eventId: string;
    },
  ): Promise<void> {
    const at = clock.now();
    const evidence = evidenceOf(asked);
    await suspendMandate(context, { tx, mandateId: row.id, reason, evidence, eventId, at });
    await tx.query(postponeText, [row.id, new Date(at.getTime() + checkAfterMs), false]);
  }

  async function postpone(
    { id }: MandateRow,
    { afterMs, isSilent }: { readonly afterMs: number; readonly isSilent?: boolean },
  ): Promise<void> {
    await pool.query(postponeText, [id, new Date(clock.now().getTime() + afterMs), isSilent ?? null]);
  }

  return async ({ batch, signal }: { readonly batch: number; readonly signal: AbortSignal }): Promise<number> => {
    const due = await rowsOf<HeldRow>(pool, dueText, [clock.now(), batch]);
    const faults: unknown[] = [];
    for (const row of due) {
      if (signal.aborted) break;
      await check(row).catch(async (fault: unknown) => {
        // One that can't be looked at must not stay the first of those that are due.
        await postpone(row, { afterMs: againAfterMs });
        faults.push(fault);
      });
    }
    if (faults.length > 0) throw faults[0];
    return due.length;
  };
}

/**
 * A register that knew a company writes that it has ended, and doesn't forget it: one that does has lost its data, of
 * everybody perhaps. It has to say so twice.
 */
function isSurprising({ state, register_silent: wasSilent }: MandateRow, { outcome }: AskedRegisters): boolean {
  const isForgotten = outcome.kind === 'not-representative' && outcome.reason === 'organization-not-found';
  return isForgotten && state === 'active' && !wasSilent;
}

/** Still as it was when the register was asked: neither ended meanwhile, nor suspended by people. */
function isWatched({ state, state_reason: reason }: MandateRow): boolean {
  return state === 'active' || (state === 'suspended' && reason !== null && registerReasons.includes(reason));
}
