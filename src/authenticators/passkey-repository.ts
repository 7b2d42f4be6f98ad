import { createCoalescer } from '../platform/coalescer.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';

/** `passkey`: signs in on its own. `security-key`: a second factor, with or without user verification. */
export type PasskeyKind = 'passkey' | 'security-key';

export type StoredPasskey = {
  readonly accountId: string;
  readonly kind: PasskeyKind;
  readonly userHandle: Buffer;
  readonly publicKey: Buffer;
  readonly algorithm: number;
  readonly aaguid: string;
  readonly backupEligible: boolean;
  readonly attested: boolean;
};

export type NewPasskey = {
  readonly credentialId: Buffer;
  readonly accountId: string;
  readonly kind: PasskeyKind;
  readonly publicKey: Buffer;
  readonly algorithm: number;
  readonly signCount: number;
  readonly aaguid: string;
  readonly transports: readonly string[];
  readonly discoverable: boolean | undefined;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly attestation: { readonly format: string; readonly blobNumber: number } | undefined;
  readonly name: string;
};

export type PasskeySummary = {
  /** The credential id in base64url. */
  readonly id: string;
  readonly kind: PasskeyKind;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** May be copied to other devices of the person, by their credential manager. */
  readonly synced: boolean;
  readonly attested: boolean;
  readonly transports: readonly string[];
};

type OfAccount = { readonly accountId: string; readonly credentialId: Buffer };

/** The handle by which authenticators know this person, made on first asking. Undefined for no active account. */
export async function ensureUserHandle(
  tx: Transaction,
  { accountId, candidate, at }: { readonly accountId: string; readonly candidate: Buffer; readonly at: Date },
): Promise<Buffer | undefined> {
  await tx.query(
    `INSERT INTO passkey_user (account_id, user_handle, created_at)
     SELECT id, $2, $3 FROM account WHERE id = $1 AND state = 'active' ON CONFLICT (account_id) DO NOTHING`,
    [accountId, candidate, at],
  );
  const [row] = await rowsOf<{ readonly userHandle: Buffer }>(
    tx,
    `SELECT u.user_handle AS "userHandle" FROM passkey_user u
     JOIN account a ON a.id = u.account_id AND a.state = 'active' WHERE u.account_id = $1`,
    [accountId],
  );
  return row?.userHandle;
}

/**
 * Adds a passkey to an active account that has fewer than `limit`. The row of the person is locked, so that the count
 * is true until the end of the transaction. @param mark the call's own: its repetition is told `inserted` again
 */
export async function insertPasskey(
  tx: Transaction,
  {
    passkey,
    limit,
    mark,
    at,
  }: { readonly passkey: NewPasskey; readonly limit: number; readonly mark: string; readonly at: Date },
): Promise<'inserted' | 'already-registered' | 'too-many' | 'account-inactive'> {
  const [person] = await rowsOf(
    tx,
    `SELECT u.account_id FROM passkey_user u JOIN account a ON a.id = u.account_id AND a.state = 'active'
     WHERE u.account_id = $1 FOR UPDATE OF u`,
    [passkey.accountId],
  );
  if (person === undefined) return 'account-inactive';
  const [inserted] = await rowsOf(
    tx,
    `INSERT INTO passkey (credential_id, account_id, kind, public_key, algorithm, sign_count, aaguid, transports,
       discoverable, backup_eligible, backed_up, attestation_format, attestation_blob_number, name, created_at,
       registered_by)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
     WHERE (SELECT count(*) FROM passkey WHERE account_id = $2) < $17
     ON CONFLICT (credential_id) DO NOTHING RETURNING true AS inserted`,
    [
      passkey.credentialId,
      passkey.accountId,
      passkey.kind,
      passkey.publicKey,
      passkey.algorithm,
      passkey.signCount,
      passkey.aaguid,
      passkey.transports,
      passkey.discoverable ?? null,
      passkey.backupEligible,
      passkey.backedUp,
      passkey.attestation?.format ?? null,
      passkey.attestation?.blobNumber ?? null,
      passkey.name,
      at,
      mark,
      limit,
    ],
  );
  if (inserted !== undefined) return 'inserted';
  const [present] = await rowsOf<{ readonly own: boolean }>(
    tx,
    'SELECT registered_by = $2 AS own FROM passkey WHERE credential_id = $1',
    [passkey.credentialId, mark],
  );
  if (present === undefined) return 'too-many';
  return present.own ? 'inserted' : 'already-registered';
}

/** The credential and whose it is, if that account is active. */
export type FindPasskey = (credentialId: Buffer) => Promise<StoredPasskey | undefined>;

/** The questions of one moment share a statement; none is answered from before it was asked. */
export function createFindPasskey(run: RunStatement): FindPasskey {
  return createCoalescer<Buffer, StoredPasskey | undefined>({
    run: async (credentialIds) => {
      const rows = await run<StoredPasskey & { readonly credentialId: Buffer }>({
        name: 'passkey-find',
        text: `
          SELECT p.credential_id AS "credentialId", p.account_id AS "accountId", p.kind, u.user_handle AS "userHandle",
            p.public_key AS "publicKey", p.algorithm, p.aaguid, p.backup_eligible AS "backupEligible",
            p.attestation_format IS NOT NULL AS attested
          FROM passkey p
          CROSS JOIN LATERAL (
            SELECT user_handle FROM passkey_user JOIN account a ON a.id = account_id AND a.state = 'active'
            WHERE account_id = p.account_id LIMIT 1) AS u
          WHERE p.credential_id = ANY($1)`,
        values: [credentialIds],
      });
      const byId = new Map(rows.map(({ credentialId, ...passkey }) => [credentialId.toString('hex'), passkey]));
      return credentialIds.map((id) => byId.get(id.toString('hex')));
    },
  });
}

type PasskeyUse = {
  readonly credentialId: Buffer;
  readonly signCount: number;
  readonly backedUp: boolean;
  /** The call's own: its repetition is told `recorded` again. */
  readonly mark: string;
  readonly at: Date;
};

/**
 * Writes down a use if its counter has gone up, or was never counted. Of uses at once with the same counter one is
 * `recorded`; the others, and any that are behind, are `counter-fell`. @see WebAuthn Level 3 §7.2 step 22
 */
export type RecordUse = (use: PasskeyUse) => Promise<'recorded' | 'counter-fell' | 'unknown-credential'>;

/** Every sign-in by a passkey writes one, so the uses of one moment share a statement. */
export function createRecordUse(run: RunStatement): RecordUse {
  /** `not-tried`: a statement changes no row twice, and another use of this credential came first. */
  const record = createCoalescer<PasskeyUse, 'recorded' | 'refused' | 'not-tried'>({
    run: async (calls) => {
      const byId = new Map<string, PasskeyUse>();
      for (const call of calls) {
        const id = call.credentialId.toString('hex');
        if (!byId.has(id)) byId.set(id, call);
      }
      const uses = [...byId.values()];
      const rows = await run<{ readonly mark: string }>({
        name: 'passkey-record-use',
        text: `
          UPDATE passkey p SET sign_count = mine.sign_count, backed_up = mine.backed_up, last_used_by = mine.mark,
            last_used_at = mine.at
          FROM (
            SELECT k.credential_id, i.sign_count, i.backed_up, i.mark, i.at
            FROM passkey k JOIN unnest($1::bytea[], $2::bigint[], $3::boolean[], $4::uuid[], $5::timestamptz[])
              AS i (id, sign_count, backed_up, mark, at) ON k.credential_id = i.id
            WHERE k.credential_id = ANY($1)
              AND (k.last_used_by = i.mark OR k.sign_count < i.sign_count OR (k.sign_count = 0 AND i.sign_count = 0))
            ORDER BY k.credential_id FOR UPDATE OF k
          ) AS mine
          WHERE p.credential_id = mine.credential_id AND p.credential_id = ANY($1)
          RETURNING p.last_used_by AS mark`,
        values: [
          uses.map(({ credentialId }) => credentialId),
          uses.map(({ signCount }) => signCount),
          uses.map(({ backedUp }) => backedUp),
          uses.map(({ mark }) => mark),
          uses.map(({ at }) => at),
        ],
      });
      const recorded = new Set(rows.map(({ mark }) => mark));
      return calls.map((call) => {
        if (!uses.includes(call)) return 'not-tried';
        return recorded.has(call.mark) ? 'recorded' : 'refused';
      });
    },
  });

  return async (use) => {
    let outcome = await record(use);
    while (outcome === 'not-tried') outcome = await record(use);
    if (outcome === 'recorded') return 'recorded';
    const [fell] = await run({
      name: 'passkey-counter-fell',
      text: 'UPDATE passkey SET counter_fell_at = $2 WHERE credential_id = $1 RETURNING true AS fell',
      values: [use.credentialId, use.at],
    });
    return fell === undefined ? 'unknown-credential' : 'counter-fell';
  };
}

/** Every passkey of an active account, oldest first. */
export async function listPasskeys(tx: Transaction, accountId: string): Promise<readonly PasskeySummary[]> {
  const rows = await rowsOf<Omit<PasskeySummary, 'id'> & { readonly credentialId: Buffer }>(
    tx,
    `SELECT p.credential_id AS "credentialId", p.kind, p.name, p.created_at AS "createdAt",
       p.last_used_at AS "lastUsedAt", p.backup_eligible AS synced, p.attestation_format IS NOT NULL AS attested,
       p.transports
     FROM passkey p JOIN account a ON a.id = p.account_id AND a.state = 'active'
     WHERE p.account_id = $1 ORDER BY p.created_at, p.credential_id`,
    [accountId],
  );
  return rows.map(({ credentialId, ...summary }) => ({ id: credentialId.toString('base64url'), ...summary }));
}

/** @returns false where the account has no such passkey */
export async function renamePasskey(
  tx: Transaction,
  { accountId, credentialId, name }: OfAccount & { readonly name: string },
): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    'UPDATE passkey SET name = $3 WHERE credential_id = $2 AND account_id = $1 RETURNING true AS renamed',
    [accountId, credentialId, name],
  );
  return rows.length === 1;
}

/** @returns false where the account has no such passkey, or no longer: either way it is gone */
export async function removePasskey(tx: Transaction, { accountId, credentialId }: OfAccount): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    'DELETE FROM passkey WHERE credential_id = $2 AND account_id = $1 RETURNING true AS removed',
    [accountId, credentialId],
  );
  return rows.length === 1;
}
