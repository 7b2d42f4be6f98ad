import { newAttemptMark } from '../accounts/mailed-codes.ts';
import { ensureUserHandle, insertPasskey } from '../authenticators/passkey-repository.ts';
import { restingSeed, type SeedOwner } from '../authenticators/totp.ts';
import { insertTotpAuthenticator } from '../authenticators/totp-repository.ts';
import type { Clock } from '../platform/clock.ts';
import type { Encryption } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { DemoPerson } from './demo-config.ts';

type DemoPasskey = NonNullable<DemoPerson['passkey']>;

const es256 = -7;
const noModel = '00000000-0000-0000-0000-000000000000';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

/** An ES256 key as a COSE_Key in canonical CBOR. @see RFC 9052 §7; RFC 9053 §2.1, §7.1.1 */
export function coseKeyOf({ x, y }: DemoPasskey['private_key_jwk']): Buffer {
  // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: 32 bytes of x, -3: 32 bytes of y}
  const [beforeX, beforeY] = [Buffer.from('a5010203262001215820', 'hex'), Buffer.from('225820', 'hex')];
  return Buffer.concat([beforeX, bytesOf(x), beforeY, bytesOf(y)]);
}

/** Whether somebody has this passkey of the demo, in whatever state their account is. */
export async function isPasskeyTaken(tx: Transaction, passkey: DemoPasskey): Promise<boolean> {
  const handle = bytesOf(passkey.user_handle);
  return (await rowsOf(tx, 'SELECT FROM passkey_user WHERE user_handle = $1', [handle])).length > 0;
}

/** An app with a seed that everybody can read; none of its codes is used yet. */
export async function seedTotp(
  tx: Transaction,
  {
    encryption,
    clock,
    owner,
    seed,
  }: { readonly encryption: Encryption; readonly clock: Clock; readonly owner: SeedOwner; readonly seed: string },
): Promise<void> {
  const id = newUuid(clock);
  const resting = restingSeed(encryption, { account: owner, authenticatorId: id, seed });
  const unused = { step: 0, attempt: newAttemptMark() };
  const named = { accountId: owner.id, id, name: 'Ứng dụng xác thực' };
  await insertTotpAuthenticator(tx, { ...named, ...resting, ...unused, at: clock.now() });
}

/** A passkey whose private key everybody can read: it verifies its user, stays on its device and may count. */
export async function seedPasskey(
  tx: Transaction,
  { passkey, accountId, at }: { readonly passkey: DemoPasskey; readonly accountId: string; readonly at: Date },
): Promise<void> {
  await ensureUserHandle(tx, { accountId, candidate: bytesOf(passkey.user_handle), at });
  const inserted = await insertPasskey(tx, {
    passkey: {
      credentialId: bytesOf(passkey.credential_id),
      accountId,
      kind: 'passkey',
      publicKey: coseKeyOf(passkey.private_key_jwk),
      algorithm: es256,
      signCount: 0,
      aaguid: noModel,
      transports: ['internal'],
      discoverable: true,
      backupEligible: false,
      backedUp: false,
      attestation: undefined,
      name: 'Khóa truy cập',
    },
    limit: 1,
    mark: newAttemptMark(),
    at,
  });
  if (inserted !== 'inserted') throw new TypeError(`the passkey of the demo is ${inserted}`);
}
