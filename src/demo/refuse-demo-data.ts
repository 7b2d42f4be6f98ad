import { OperatorError } from '../platform/operator-error.ts';
import { rowsOf } from '../platform/rows.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { readDemoConfig } from './demo-config.ts';
import { isPasskeyTaken } from './seed-authenticators.ts';

/**
 * A deployment's database holds nothing of the demo: its secrets, passwords, seeds and private keys are public. A secret
 * is refused under any client id, disabled or not. People are known by the handles of their passkeys, which nobody else
 * can come by: this service draws them. (A seed or an address can't be looked for without the demo's keys.)
 * @throws OperatorError `demo-data-present`
 */
export async function refuseDemoData(tx: Transaction): Promise<void> {
  const { clients, people } = readDemoConfig();
  const found = await rowsOf<{ readonly client_id: string }>(
    tx,
    'SELECT client_id FROM relying_party WHERE client_id = ANY ($1) OR secret_hash = ANY ($2) ORDER BY client_id',
    [clients.map(({ client_id }) => client_id), clients.map(({ client_secret }) => sha256(client_secret))],
  );
  const names = found.map(({ client_id }) => client_id).join(', ');
  if (names !== '') throw refusal(`clients of the demo (${names})`);
  for (const { name, passkey } of people) {
    if (passkey && (await isPasskeyTaken(tx, passkey))) throw refusal(`people of the demo (${name})`);
  }
}

function refusal(found: string): OperatorError {
  return new OperatorError(
    'demo-data-present',
    `This database holds ${found}, whose secrets everybody can read: production needs a database of its own.`,
  );
}
