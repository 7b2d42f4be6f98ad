import { OperatorError } from '../platform/operator-error.ts';
import { rowsOf } from '../platform/rows.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { readDemoConfig } from './demo-config.ts';

/**
 * A deployment's database holds no portal of the demo: their secrets are public, and so are the passwords of the people
 * seeded with them. A secret is refused under any client id, disabled or not.
 * @throws OperatorError `demo-data-present`
 */
export async function refuseDemoData(tx: Transaction): Promise<void> {
  const { clients } = readDemoConfig();
  const found = await rowsOf<{ readonly client_id: string }>(
    tx,
    'SELECT client_id FROM relying_party WHERE client_id = ANY ($1) OR secret_hash = ANY ($2) ORDER BY client_id',
    [clients.map(({ client_id }) => client_id), clients.map(({ client_secret }) => sha256(client_secret))],
  );
  if (found.length === 0) return;
  const names = found.map(({ client_id }) => client_id).join(', ');
  throw new OperatorError(
    'demo-data-present',
    `This database holds clients of the demo (${names}), whose secrets and people everybody can read: production needs a database of its own.`,
  );
}
