import type { Origin } from '../accounts/ports.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { RepresentationContext } from './context.ts';
import { changeMandate } from './mandate-repository.ts';
import { tellHolder } from './tell-holder.ts';

/** Ends everything that an account holds or waits for, in the transaction of the caller. */
export type EndAllOf = (tx: Transaction, of: { readonly accountId: string; readonly origin: Origin }) => Promise<void>;

const heldText = `
  SELECT id FROM mandate
  WHERE account_id = $1 AND state IN ('pending-review', 'pending-consent', 'active', 'suspended') ORDER BY id`;

/**
 * A mandate is a person's, not an account's: whoever makes their account another person's leaves behind for whom they
 * acted. The next one asks the registers for themselves.
 */
export function createEndAllOf(
  context: Pick<RepresentationContext, 'clock' | 'findAccount' | 'onEnded' | 'notices' | 'organizations'>,
): EndAllOf {
  const { clock, onEnded } = context;

  return async (tx, { accountId, origin }) => {
    const by = { kind: 'delegate', account: accountId } as const;
    const reason = 'given-up';
    for (const { id: mandateId } of await rowsOf<{ readonly id: string }>(tx, heldText, [accountId])) {
      const change = { mandateId, to: 'revoked', by, reason, at: clock.now(), eventId: newUuid(clock) } as const;
      const result = await changeMandate(tx, change);
      if (result.kind !== 'changed') continue;
      await onEnded(tx, mandateId);
      await tellHolder(context, {
        tx,
        row: result.row,
        actor: `account:${accountId}`,
        origin,
        event: { kind: 'mandate-ended', details: { mandate: mandateId, reason } },
        letter: { template: 'mandate-ended', reason: 'by-yourself' },
      });
    }
  };
}
