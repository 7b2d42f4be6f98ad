import type { Transaction } from '../platform/transaction.ts';

/**
 * Ends what carries a mandate, in the transaction that ends or suspends it: codes, refresh tokens, access tokens. The
 * session, its grant, and what the same person does there for others live on. What is being issued at this very moment
 * is refused where it is used: the mandate is looked up then. @see find-account.ts
 */
export async function endMandateArtifacts(tx: Transaction, mandateId: string): Promise<void> {
  // Rows are locked by id, the order of every other batch: else a revocation and a batch wait for each other.
  await tx.query(
    `WITH short AS (
       SELECT id FROM oidc_transient WHERE mandate_id = $1 ORDER BY id FOR UPDATE
     ), long AS (
       SELECT id FROM oidc_artifact WHERE mandate_id = $1 ORDER BY id FOR UPDATE
     ), transient AS (
       DELETE FROM oidc_transient WHERE id IN (SELECT id FROM short)
     )
     DELETE FROM oidc_artifact WHERE id IN (SELECT id FROM long)`,
    [mandateId],
  );
}
