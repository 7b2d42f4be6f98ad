import type { AttemptMark } from '../accounts/mailed-codes.ts';
import type { LookupHash } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

/** One authenticator as its owner sees it. */
export type TotpAuthenticator = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** Null until a sign-in; the code that confirmed it doesn't count as one. */
  readonly lastUsedAt: Date | null;
};

/** Which authenticator of which account: neither alone names one. */
export type TotpOfAccount = { readonly accountId: string; readonly id: string };

/** The authenticators of an account, oldest first, without their seeds. */
export function listTotpAuthenticators(tx: Transaction, accountId: string): Promise<readonly TotpAuthenticator[]> {
  return rowsOf<TotpAuthenticator>(
    tx,
    `SELECT id, name, created_at AS "createdAt", last_used_at AS "lastUsedAt" FROM totp_authenticator
     WHERE account_id = $1 ORDER BY created_at, id`,
    [accountId],
  );
}

/** What is there beside a seed about to be added. Asked under the account's lock, it stays true. */
export function findBesideSeed(
  tx: Transaction,
  { accountId, seedHashes }: { readonly accountId: string; readonly seedHashes: readonly LookupHash[] },
): Promise<readonly { readonly id: string; readonly sameSeed: boolean; readonly lastStepBy: string | null }[]> {
  return rowsOf(
    tx,
    `SELECT id, seed_hash = ANY($2) AS "sameSeed", last_step_by AS "lastStepBy" FROM totp_authenticator
     WHERE account_id = $1`,
    [accountId, seedHashes.map(({ hash }) => hash)],
  );
}

/** @param added.step the step of the code that confirmed it, taken by `attempt` */
export async function insertTotpAuthenticator(
  tx: Transaction,
  added: TotpOfAccount & {
    readonly name: string;
    readonly seedSealed: Buffer;
    readonly seedHash: LookupHash;
    readonly step: number;
    readonly attempt: AttemptMark;
    readonly at: Date;
  },
): Promise<void> {
  await rowsOf(
    tx,
    `INSERT INTO totp_authenticator (id, account_id, name, seed_sealed, lookup_key_id, seed_hash, last_step,
       last_step_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      added.id,
      added.accountId,
      added.name,
      added.seedSealed,
      added.seedHash.keyId,
      added.seedHash.hash,
      added.step,
      added.attempt,
      added.at,
    ],
  );
}

/** Every seed of an account, still sealed. */
export function findSealedSeeds(
  tx: Transaction,
  accountId: string,
): Promise<readonly { readonly id: string; readonly seedSealed: Buffer }[]> {
  return rowsOf(
    tx,
    `SELECT id, seed_sealed AS "seedSealed" FROM totp_authenticator WHERE account_id = $1 ORDER BY created_at, id`,
    [accountId],
  );
}

/**
 * Takes a step, and with it every earlier one. Of any number of calls at once one gets it; that one gets it again when
 * it is repeated after its answer was lost. @returns false where the step or a later one is already taken
 */
export async function takeStep(
  tx: Transaction,
  {
    accountId,
    id,
    step,
    attempt,
    at,
  }: TotpOfAccount & {
    readonly step: number;
    readonly attempt: AttemptMark;
    readonly at: Date;
  },
): Promise<boolean> {
  const taken = await rowsOf(
    tx,
    `UPDATE totp_authenticator SET last_step = $3, last_step_by = $4, last_used_at = $5
     WHERE account_id = $1 AND id = $2
       AND (last_step IS NULL OR last_step < $3 OR (last_step = $3 AND last_step_by = $4))
     RETURNING true AS taken`,
    [accountId, id, step, attempt, at],
  );
  return taken.length === 1;
}

/** @returns whether the account has this authenticator */
export async function renameTotpAuthenticator(
  tx: Transaction,
  { accountId, id, name }: TotpOfAccount & { readonly name: string },
): Promise<boolean> {
  const renamed = await rowsOf(
    tx,
    'UPDATE totp_authenticator SET name = $3 WHERE account_id = $1 AND id = $2 RETURNING true AS renamed',
    [accountId, id, name],
  );
  return renamed.length === 1;
}

/** @returns whether the account had this authenticator */
export async function removeTotpAuthenticator(tx: Transaction, { accountId, id }: TotpOfAccount): Promise<boolean> {
  const removed = await rowsOf(
    tx,
    'DELETE FROM totp_authenticator WHERE account_id = $1 AND id = $2 RETURNING true AS removed',
    [accountId, id],
  );
  return removed.length === 1;
}
