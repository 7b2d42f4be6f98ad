import type { Transaction } from '../platform/transaction.ts';

/**
 * Ends what a person's agreement with a portal made, in the transaction that withdraws it: the grants of all their
 * sessions and the refresh tokens. Access tokens die with their grant, which is looked up wherever one is shown; the
 * session lives on, and the portal's next request asks again.
 */
export async function endReleaseTo(
  tx: Transaction,
  { accountId, clientId, at }: { readonly accountId: string; readonly clientId: string; readonly at: Date },
): Promise<void> {
  await tx.query(
    `WITH grants AS (
       UPDATE oidc_artifact SET ended_at = $3, payload = '{}'
       WHERE account_id = $1 AND client_id = $2 AND model = 'Grant' AND ended_at IS NULL
     )
     DELETE FROM oidc_artifact WHERE account_id = $1 AND client_id = $2 AND model <> 'Grant'`,
    [accountId, clientId, at],
  );
}
