import { endMandateArtifacts } from './oidc/end-mandate.ts';
import type { Transaction } from './platform/transaction.ts';

/** Takes away what carries a mandate that ended or is suspended; a portal that was told of it has to ask again. */
export async function removeCarriers(tx: Transaction, mandateId: string): Promise<void> {
  await endMandateArtifacts(tx, mandateId);
  await tx.query('DELETE FROM mandate_choice WHERE mandate_id = $1', [mandateId]);
}
