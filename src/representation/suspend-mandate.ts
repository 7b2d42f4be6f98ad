import type { Transaction } from '../platform/transaction.ts';
import type { RepresentationContext } from './context.ts';
import type { MandateEvidence } from './mandate.ts';
import { changeMandate } from './mandate-repository.ts';
import type { MandateReason } from './mandate-state.ts';
import { tellHolder } from './tell-holder.ts';

/** The register says otherwise now: the mandate isn't used until it says so again. Nothing where it wasn't active. */
export async function suspendMandate(
  context: RepresentationContext,
  suspension: {
    readonly tx: Transaction;
    readonly mandateId: string;
    readonly reason: Extract<MandateReason, 'officer-left' | 'organization-ended'>;
    readonly evidence: readonly MandateEvidence[];
    readonly eventId: string;
    readonly at: Date;
  },
): Promise<void> {
  const { tx, mandateId, reason, evidence, eventId, at } = suspension;
  const by = { kind: 'system' } as const;
  const result = await changeMandate(tx, { mandateId, to: 'suspended', by, reason, at, eventId, evidence });
  if (result.kind !== 'changed') return;
  await context.onEnded(tx, mandateId);
  await tellHolder(context, {
    tx,
    row: result.row,
    actor: 'system',
    event: { kind: 'mandate-suspended', details: { mandate: mandateId, reason } },
    letter: { template: 'mandate-suspended', reason },
  });
}
