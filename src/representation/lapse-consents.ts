import { rowsOf } from '../platform/rows.ts';
import { newUuid } from '../platform/uuid.ts';
import { answerDays } from './ask-others.ts';
import type { RepresentationContext } from './context.ts';
import { changeMandate } from './mandate-repository.ts';
import { tellHolder } from './tell-holder.ts';

const dueText = `
  SELECT id FROM mandate WHERE state = 'pending-consent' AND state_at <= $1 ORDER BY state_at LIMIT $2`;

const dayMs = 86_400_000;

/**
 * Nobody is stuck behind one who never answers: after 30 days it is for a reviewer. Whoever answers in the same moment
 * comes before or after, and never both. For the worker. @returns how many there were
 */
export function createLapseConsents(context: RepresentationContext) {
  const { pool, inTransaction, clock } = context;

  async function lapse(mandateId: string): Promise<void> {
    const eventId = newUuid(clock);
    await inTransaction(async (tx) => {
      const by = { kind: 'system' } as const;
      const change = {
        mandateId,
        to: 'pending-review',
        by,
        reason: 'consent-lapsed',
        at: clock.now(),
        eventId,
      } as const;
      const result = await changeMandate(tx, change);
      if (result.kind !== 'changed') return;
      await tellHolder(context, {
        tx,
        row: result.row,
        actor: 'system',
        event: { kind: 'mandate-review-asked', details: { mandate: mandateId, reason: 'consent-lapsed' } },
        letter: { template: 'mandate-in-review' },
      });
    });
  }

  return async ({ batch }: { readonly batch: number }): Promise<number> => {
    const before = new Date(clock.now().getTime() - answerDays * dayMs);
    const due = await rowsOf<{ readonly id: string }>(pool, dueText, [before, batch]);
    const faults: unknown[] = [];
    // One that can't lapse keeps no other waiting.
    for (const { id } of due) await lapse(id).catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} of ${due.length} wishes can’t lapse`);
    return due.length;
  };
}
