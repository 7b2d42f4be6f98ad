import type { Transaction } from '../platform/transaction.ts';
import type { RepresentationContext } from './context.ts';
import type { MandateEvidence } from './mandate.ts';
import { changeMandate } from './mandate-repository.ts';
import type { MandateReason } from './mandate-state.ts';
import { tellHolder } from './tell-holder.ts';

/** The register no longer names who asked: what waits for others, or for a reviewer, waits for nothing. Nothing where it doesn't wait. */
export async function refuseWaiting(
  context: Pick<RepresentationContext, 'notices' | 'organizations' | 'findAccount'>,
  refusal: {
    readonly tx: Transaction;
    readonly mandateId: string;
    readonly reason: Extract<MandateReason, 'officer-left' | 'organization-ended'>;
    readonly evidence: readonly MandateEvidence[];
    readonly eventId: string;
    readonly at: Date;
  },
): Promise<void> {
  const { tx, reason, ...change } = refusal;
  const by = { kind: 'system' } as const;
  const result = await changeMandate(tx, { ...change, to: 'refused', by, reason });
  if (result.kind !== 'changed') return;
  await tellHolder(context, {
    tx,
    row: result.row,
    actor: 'system',
    event: { kind: 'mandate-refused', details: { reason } },
    letter: { template: 'mandate-refused', reason },
  });
}
