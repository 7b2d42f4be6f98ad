import { rowsOf } from '../platform/rows.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { FurtherProof } from './recovery-rules.ts';

type RequestAt = { readonly handle: string; readonly at: Date };

const isOpen = `handle_hash = $1 AND purpose = 'recovery' AND proved_at IS NOT NULL AND consumed_at IS NULL
  AND expires_at > $2 AND further_proof IS NULL`;

/**
 * Takes one try at a further proof out of what a request for recovery has, before the try is looked at.
 * @returns how many are left; undefined where there was none, or the request takes no more
 */
export async function spendFurtherTry(tx: Transaction, { handle, at }: RequestAt): Promise<number | undefined> {
  const [spent] = await rowsOf<{ readonly left: number }>(
    tx,
    `UPDATE mailed_code SET further_tries_left = further_tries_left - 1
     WHERE ${isOpen} AND further_tries_left > 0 RETURNING further_tries_left AS left`,
    [sha256(handle), at],
  );
  return spent?.left;
}

/** The request has its further proof, for as long as it lasts. */
export async function recordFurtherProof(
  tx: Transaction,
  { handle, at, proof }: RequestAt & { readonly proof: FurtherProof },
): Promise<void> {
  await tx.query(`UPDATE mailed_code SET further_proof = $3 WHERE ${isOpen}`, [sha256(handle), at, proof]);
}
