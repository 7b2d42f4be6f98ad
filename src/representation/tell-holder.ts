import type { Origin } from '../accounts/ports.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { RepresentationContext } from './context.ts';
import type { MandateLetter, MandateOccurrence } from './mandate-notices.ts';
import type { MandateRow } from './mandate-row.ts';

type WithoutName<Letter> = Letter extends MandateLetter ? Omit<Letter, 'organizationName'> : never;

/** What the holder of a mandate reads of it. */
export type HolderLetter = WithoutName<MandateLetter>;

/** Records what happened to a mandate about the one who holds it, and writes to them. Nobody is told whose account is gone. */
export async function tellHolder(
  { notices, organizations, findAccount }: Pick<RepresentationContext, 'notices' | 'organizations' | 'findAccount'>,
  told: {
    readonly tx: Transaction;
    readonly row: Pick<MandateRow, 'account_id' | 'organization_id'>;
    readonly actor: AuditEvent['actor'];
    /** Where the holder did it themselves. */
    readonly origin?: Origin | undefined;
    readonly event?: MandateOccurrence;
    readonly letter: HolderLetter;
  },
): Promise<void> {
  const { tx, row, actor, origin, event } = told;
  const { account_id, organization_id: principal } = row;
  const account = await findAccount(tx, account_id);
  if (account === undefined) return;
  if (event) await notices.record(tx, { account, principal, origin, actor, ...event });
  const { entity } = await organizations.get(tx, principal);
  const letter = { ...told.letter, organizationName: entity.name } as MandateLetter;
  await notices.tell(tx, { account, origin, letter });
}
