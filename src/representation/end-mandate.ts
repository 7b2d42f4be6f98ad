import { isCoolingDown } from '../accounts/account.ts';
import type { Origin } from '../accounts/ports.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { MandateEndedBecause } from '../jobs/job.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { RepresentationContext } from './context.ts';
import { changeMandate, lockMandate } from './mandate-repository.ts';
import type { MandateRow } from './mandate-row.ts';
import { holderMayAct, inForceAt } from './mandate-row.ts';
import type { MandateActor, MandateReason } from './mandate-state.ts';
import { tellHolder } from './tell-holder.ts';

export type EndMandate = (key: {
  readonly mandateId: string;
  readonly by: MandateActor;
  readonly reason: MandateReason;
  /** A code from the catalogue of decisions. */
  readonly note?: string;
  readonly origin?: Origin;
}) => Promise<'ended' | 'not-allowed'>;

const representsText = `
  SELECT true AS represents FROM mandate m
  WHERE m.account_id = $1 AND m.organization_id = $2 AND ${inForceAt('$3')} AND ${holderMayAct('m', '$3')} LIMIT 1`;

/**
 * Ends a mandate for good: its state by the table, the event, the record, everything that carries it and the letter, in
 * one transaction. Its holder may give it up, whoever represents the organization may end it, and operators may.
 */
export function createEndMandate(
  context: Pick<
    RepresentationContext,
    'inTransaction' | 'clock' | 'findAccount' | 'onEnded' | 'notices' | 'organizations'
  >,
): EndMandate {
  const { inTransaction, clock, findAccount, onEnded } = context;

  return (key) => {
    const { mandateId, by, reason, note, origin } = key;
    const eventId = newUuid(clock);
    return inTransaction(async (tx) => {
      const at = clock.now();
      const row = await lockMandate(tx, mandateId);
      if (row === undefined || !(await mayEnd(tx, { row, by, at }))) return 'not-allowed';
      const result = await changeMandate(tx, { mandateId, to: 'revoked', by, reason, at, eventId, note });
      if (result.kind === 'not-allowed') return 'not-allowed';
      if (result.kind === 'repeated') return 'ended';
      await onEnded(tx, mandateId);
      await tellHolder(context, {
        tx,
        row,
        actor: actorOf(by),
        // Where somebody else ended it, the place they did it from is theirs.
        ...(by.kind === 'delegate' && { origin }),
        event: { kind: 'mandate-ended', details: { mandate: mandateId, reason } },
        letter: { template: 'mandate-ended', reason: becauseOf(reason) },
      });
      return 'ended';
    });
  };

  async function mayEnd(
    tx: Transaction,
    { row, by, at }: { readonly row: MandateRow; readonly by: MandateActor; readonly at: Date },
  ): Promise<boolean> {
    switch (by.kind) {
      case 'system':
      case 'operator':
        return true;
      case 'delegate': {
        const account = by.account === row.account_id ? await findAccount(tx, by.account) : undefined;
        return account !== undefined && account.state === 'active' && !isCoolingDown(account, at);
      }
      case 'principal':
        return (await rowsOf(tx, representsText, [by.account, row.organization_id, at])).length > 0;
      case 'reviewer':
      case 'co-representative':
        return false;
    }
  }
}

/** As the audit log names whoever did it. */
export function actorOf(by: MandateActor): AuditEvent['actor'] {
  switch (by.kind) {
    case 'system':
      return 'system';
    case 'operator':
    case 'reviewer':
      return `operator:${by.account}`;
    case 'delegate':
    case 'principal':
    case 'co-representative':
      return `account:${by.account}`;
  }
}

function becauseOf(reason: MandateReason): MandateEndedBecause {
  if (reason === 'officer-left' || reason === 'organization-ended') return reason;
  return reason === 'given-up' ? 'by-yourself' : 'decided';
}
