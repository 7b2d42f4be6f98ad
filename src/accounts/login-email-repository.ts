import type { Encryption, LookupHash } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Account } from './account.ts';
import { identifierContext } from './account-row.ts';
import type { EmailAddress } from './email-address.ts';

export type NewVerification = {
  readonly id: string;
  readonly method: 'mailed-code' | 'import';
  readonly source: string;
};

// The rules by which an address counts as proved; they grow, so each record says which it was made under.
export const verificationRuleVersion = 1;

// The first address of somebody who came without one.
const insertLoginEmail = `
  WITH claimed AS (
    INSERT INTO identifier (id, account_id, kind, value_sealed, lookup_key_id, lookup_hash, is_login, created_at)
    SELECT $1, $2, 'email', $3, $4, $5, true, $6
    WHERE NOT EXISTS (
      SELECT FROM identifier WHERE kind = 'email' AND is_login AND removed_at IS NULL AND lookup_hash = ANY($7))
    ON CONFLICT DO NOTHING
    RETURNING id, account_id
  )
  INSERT INTO verification (id, account_id, identifier_id, method, source, rule_version, verified_at)
  SELECT $8, account_id, id, $9, $10, $11, $6 FROM claimed
  RETURNING identifier_id`;

// The new address takes the place of the one the change began with: of two changes at once, one finds it gone.
const replaceLoginEmail = `
  WITH removed AS (
    UPDATE identifier SET removed_at = $6 WHERE id = $8 AND account_id = $2 AND removed_at IS NULL RETURNING account_id
  ), claimed AS (
    INSERT INTO identifier (id, account_id, kind, value_sealed, lookup_key_id, lookup_hash, is_login, created_at)
    SELECT $1, account_id, 'email', $3, $4, $5, true, $6 FROM removed
    WHERE NOT EXISTS (
      SELECT FROM identifier WHERE kind = 'email' AND is_login AND removed_at IS NULL AND lookup_hash = ANY($7))
    RETURNING id, account_id
  )
  INSERT INTO verification (id, account_id, identifier_id, method, source, rule_version, verified_at)
  SELECT $9, account_id, id, $10, $11, $12, $6 FROM claimed
  RETURNING identifier_id`;

/** The address somebody signs in with: a first one, another one, and back again. */
export function createLoginEmailRepository({ encryption }: { readonly encryption: Encryption }) {
  /** Gives an account without one its first address. @returns false when the address is taken, or it has one by now */
  async function addEmail(
    tx: Transaction,
    added: {
      readonly account: Account;
      readonly identifierId: string;
      readonly email: EmailAddress;
      readonly verification: NewVerification;
      readonly at: Date;
    },
  ): Promise<boolean> {
    const [current, ...hashes] = emailHashes(encryption, added.email);
    const { account, identifierId, email, verification, at } = added;
    const inserted = await rowsOf(tx, insertLoginEmail, [
      identifierId,
      account.id,
      encryption.seal(account.dataKey, email.display, identifierContext(identifierId)),
      current.keyId,
      current.hash,
      at,
      [current, ...hashes].map(({ hash }) => hash),
      verification.id,
      verification.method,
      verification.source,
      verificationRuleVersion,
    ]);
    return inserted.length === 1;
  }

  /**
   * Puts a proved address in the place of the login address it replaces.
   * @returns false when the old one is no longer there or the new one is taken: then nothing may be committed.
   */
  async function replaceEmail(
    tx: Transaction,
    change: {
      readonly account: Account;
      readonly replacedIdentifierId: string;
      readonly identifierId: string;
      readonly email: EmailAddress;
      readonly verification: NewVerification;
      readonly at: Date;
    },
  ): Promise<boolean> {
    const [current, ...hashes] = emailHashes(encryption, change.email);
    const replaced = await rowsOf(tx, replaceLoginEmail, [
      change.identifierId,
      change.account.id,
      encryption.seal(change.account.dataKey, change.email.display, identifierContext(change.identifierId)),
      current.keyId,
      current.hash,
      change.at,
      [current, ...hashes].map(({ hash }) => hash),
      change.replacedIdentifierId,
      change.verification.id,
      change.verification.method,
      change.verification.source,
      verificationRuleVersion,
    ]);
    return replaced.length === 1;
  }

  /** Makes an address that was replaced the login address again, and removes the one that stands in its place. */
  async function restoreEmail(
    tx: Transaction,
    { account, identifierId, at }: { readonly account: Account; readonly identifierId: string; readonly at: Date },
  ): Promise<void> {
    await tx.query(
      `UPDATE identifier SET removed_at = $2
       WHERE account_id = $1 AND kind = 'email' AND is_login AND removed_at IS NULL AND id <> $3`,
      [account.id, at, identifierId],
    );
    await tx.query('UPDATE identifier SET removed_at = NULL WHERE id = $2 AND account_id = $1', [
      account.id,
      identifierId,
    ]);
  }

  /** @returns the address of an identifier, also of one that was replaced. */
  async function findEmail(
    tx: Transaction,
    { account, identifierId }: { readonly account: Account; readonly identifierId: string },
  ): Promise<string | undefined> {
    const [row] = await rowsOf<{ readonly value_sealed: Buffer }>(
      tx,
      'SELECT value_sealed FROM identifier WHERE id = $2 AND account_id = $1',
      [account.id, identifierId],
    );
    return row && encryption.open(account.dataKey, row.value_sealed, identifierContext(identifierId));
  }

  return { addEmail, replaceEmail, restoreEmail, findEmail };
}

/** The hash to store first, then those under which earlier keys may have stored it. */
export function emailHashes(
  encryption: Pick<Encryption, 'lookupHash' | 'lookupHashes'>,
  email: EmailAddress,
): readonly [LookupHash, ...LookupHash[]] {
  const current = encryption.lookupHash('email', email.lookup);
  const earlier = encryption.lookupHashes('email', email.lookup).filter(({ keyId }) => keyId !== current.keyId);
  return [current, ...earlier];
}
