import { createCoalescer } from '../platform/coalescer.ts';
import type { DataKey, Encryption, WrappedDataKey } from '../platform/encryption.ts';
import type { Locale } from '../platform/i18n.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Account, AddressOwner, SubjectRef } from './account.ts';
import {
  type AccountRow,
  identifierContext,
  isReclaimed,
  openAccount,
  openDataKey,
  profileContext,
  selectAccount,
  standingsOf,
} from './account-row.ts';
import type { EmailAddress } from './email-address.ts';
import {
  createLoginEmailRepository,
  emailHashes,
  type NewVerification,
  verificationRuleVersion,
} from './login-email-repository.ts';
import type { Profile } from './profile.ts';
import type { IdentityStanding } from './verified-identity.ts';

type LoginRow = Pick<
  AccountRow,
  'id' | 'locale' | 'data_key' | 'key_encryption_key_id' | 'sessions_valid_from' | 'is_reclaimed'
>;

/** An account that signs in, and the key to what is recorded about it. */
export type SealedLogin = Pick<Account, 'id' | 'locale' | 'sessionsValidFrom' | 'isReclaimed'> & {
  readonly dataKey: () => Promise<DataKey>;
};

export type AccountRepository = ReturnType<typeof createAccountRepository>;

/** Everything a new account needs, made before the transaction: a repeated one must write the same rows. */
export type NewAccount = {
  readonly id: string;
  readonly subjectRef: SubjectRef;
  readonly locale: Locale;
  readonly dataKey: WrappedDataKey & { readonly dataKey: DataKey };
  readonly profile: Profile;
  readonly identifierId: string;
  readonly email: EmailAddress;
  readonly verification: NewVerification;
  readonly at: Date;
};

/** An active account as it rests. Most requests only ask whether the person is still there. */
export type SealedAccount = Pick<Account, 'id' | 'subjectRef' | 'sessionsValidFrom'> & {
  readonly standings: readonly IdentityStanding[];
  /** Unwraps its data key, and nothing else. */
  readonly dataKey: () => Promise<DataKey>;
  /** Unwraps its data key and decrypts what it holds. */
  readonly open: () => Promise<Account>;
};

const activeById = `${selectAccount} WHERE a.id = $1 AND a.state = 'active'`;
// One after the other by their keys, whatever the planner thought when there were few accounts.
const activeByIds = `
  SELECT found.* FROM unnest($1::uuid[]) AS asked (id)
  CROSS JOIN LATERAL (${selectAccount} WHERE a.id = asked.id AND a.state = 'active' LIMIT 1) AS found`;
const anyStateById = `${selectAccount} WHERE a.id = $1`;
const loginByEmail = `
  SELECT a.id, a.locale, a.data_key, a.key_encryption_key_id, a.sessions_valid_from, ${isReclaimed} AS is_reclaimed
  FROM identifier i JOIN account a ON a.id = i.account_id
  WHERE i.kind = 'email' AND i.is_login AND i.removed_at IS NULL AND i.lookup_hash = ANY($1) AND a.state = 'active'`;
const activeByEmail = `${selectAccount} WHERE i.lookup_hash = ANY($1) AND a.state = 'active'`;

const ownerOfEmail = `
  SELECT a.id AS "accountId", a.state FROM identifier i JOIN account a ON a.id = i.account_id
  WHERE i.kind = 'email' AND i.is_login AND i.removed_at IS NULL AND i.lookup_hash = ANY($1)`;

// The account is made only if the address could be claimed. Its foreign key is checked when the statement ends.
const insertAccount = `
  WITH claimed AS (
    INSERT INTO identifier (id, account_id, kind, value_sealed, lookup_key_id, lookup_hash, is_login, created_at)
    SELECT $1, $2, 'email', $3, $4, $5, true, $6
    WHERE NOT EXISTS (
      SELECT FROM identifier WHERE kind = 'email' AND is_login AND removed_at IS NULL AND lookup_hash = ANY($7))
    ON CONFLICT DO NOTHING
    RETURNING account_id
  ), made AS (
    INSERT INTO account (id, subject_ref, state, locale, data_key, key_encryption_key_id, profile_sealed,
      profile_updated_at, sessions_valid_from, created_at)
    SELECT account_id, $8, 'active', $9, $10, $11, $12, CASE WHEN $12::bytea IS NULL THEN NULL ELSE $6 END, $6, $6
    FROM claimed
    RETURNING id
  )
  INSERT INTO verification (id, account_id, identifier_id, method, source, rule_version, verified_at)
  SELECT $13, id, $1, $14, $15, $16, $6 FROM made
  RETURNING account_id`;

const insertWithoutAddress = `
  INSERT INTO account (id, subject_ref, state, locale, data_key, key_encryption_key_id, sessions_valid_from, created_at)
  VALUES ($1, $2, 'active', $3, $4, $5, $6, $6)
  ON CONFLICT (id) DO NOTHING`;

/** The natural person in the database. Every read is one statement, and opens what it finds. */
export function createAccountRepository({ encryption }: { readonly encryption: Encryption }) {
  async function findActive(tx: Transaction, accountId: string): Promise<Account | undefined> {
    return opened(await rowsOf<AccountRow>(tx, activeById, [accountId]));
  }

  /** The questions of one moment share a statement; none is answered from before it was asked. */
  function createFindActiveSealed(run: RunStatement): (accountId: string) => Promise<SealedAccount | undefined> {
    return createCoalescer<string, SealedAccount | undefined>({
      run: async (accountIds) => {
        const values = [[...new Set(accountIds)]];
        const rows = await run<AccountRow>({ name: 'account-find-active', text: activeByIds, values });
        const found = new Map(rows.map((row) => [row.id, sealed(row)]));
        return accountIds.map((accountId) => found.get(accountId));
      },
    });
  }

  function sealed(row: AccountRow): SealedAccount {
    return {
      id: row.id,
      subjectRef: row.subject_ref as SubjectRef,
      sessionsValidFrom: row.sessions_valid_from,
      standings: standingsOf(row),
      dataKey: () => openDataKey(encryption, row),
      open: () => openAccount(encryption, row),
    };
  }

  /** Also a suspended or closed one: for operators and for what happens to an account at its end. */
  async function findInAnyState(tx: Transaction, accountId: string): Promise<Account | undefined> {
    return opened(await rowsOf<AccountRow>(tx, anyStateById, [accountId]));
  }

  /** The active account that signs in with this address. */
  async function findActiveByEmail(tx: Transaction, email: EmailAddress): Promise<Account | undefined> {
    const hashes = emailHashes(encryption, email).map(({ hash }) => hash);
    return opened(await rowsOf<AccountRow>(tx, activeByEmail, [hashes]));
  }

  /** Who would sign in with this address, with nothing opened yet: finding nobody must cost the same. */
  async function findActiveLogin(tx: Transaction, email: EmailAddress): Promise<SealedLogin | undefined> {
    const hashes = emailHashes(encryption, email).map(({ hash }) => hash);
    const [row] = await rowsOf<LoginRow>(tx, loginByEmail, [hashes]);
    if (row === undefined) return undefined;
    return {
      id: row.id,
      locale: row.locale as Locale,
      sessionsValidFrom: row.sessions_valid_from,
      isReclaimed: row.is_reclaimed,
      dataKey: () => openDataKey(encryption, row),
    };
  }

  /** Whose login address this is, whatever the state of the account; opens nothing, so that finding none costs the same. */
  async function findOwner(tx: Transaction, email: EmailAddress): Promise<AddressOwner | undefined> {
    const hashes = emailHashes(encryption, email).map(({ hash }) => hash);
    const [owner] = await rowsOf<AddressOwner>(tx, ownerOfEmail, [hashes]);
    return owner;
  }

  /** Account, login address and how it was proved, in one statement. @returns false when the address is taken. */
  async function insert(tx: Transaction, account: NewAccount): Promise<boolean> {
    const { dataKey, email, verification } = account;
    const [current, ...hashes] = emailHashes(encryption, email);
    const profile = JSON.stringify(account.profile);
    const inserted = await rowsOf(tx, insertAccount, [
      account.identifierId,
      account.id,
      encryption.seal(dataKey.dataKey, email.display, identifierContext(account.identifierId)),
      current.keyId,
      current.hash,
      account.at,
      [current, ...hashes].map(({ hash }) => hash),
      account.subjectRef,
      account.locale,
      dataKey.wrapped,
      dataKey.keyEncryptionKeyId,
      profile === '{}' ? null : encryption.seal(dataKey.dataKey, profile, profileContext(account.id)),
      verification.id,
      verification.method,
      verification.source,
      verificationRuleVersion,
    ]);
    return inserted.length === 1;
  }

  /** Somebody who comes by an eID and has no address here yet. Safe to repeat. */
  async function insertUnaddressed(
    tx: Transaction,
    account: Pick<NewAccount, 'id' | 'subjectRef' | 'locale' | 'dataKey' | 'at'>,
  ): Promise<void> {
    const { id, subjectRef, locale, dataKey, at } = account;
    const { wrapped, keyEncryptionKeyId } = dataKey;
    await tx.query(insertWithoutAddress, [id, subjectRef, locale, wrapped, keyEncryptionKeyId, at]);
  }

  async function setProfile(
    tx: Transaction,
    { account, profile, at }: { readonly account: Account; readonly profile: Profile; readonly at: Date },
  ): Promise<void> {
    await tx.query('UPDATE account SET profile_sealed = $2, profile_updated_at = $3 WHERE id = $1', [
      account.id,
      encryption.seal(account.dataKey, JSON.stringify(profile), profileContext(account.id)),
      at,
    ]);
  }

  /** Every session that began before `at` is over; a later call never moves the moment back. */
  async function endSessions(
    tx: Transaction,
    end: { readonly accountId: string; readonly at: Date; readonly coolDownUntil?: Date },
  ): Promise<void> {
    await tx.query(
      `UPDATE account SET sessions_valid_from = greatest(sessions_valid_from, $2),
         cool_down_until = coalesce($3, cool_down_until)
       WHERE id = $1`,
      [end.accountId, end.at, end.coolDownUntil ?? null],
    );
  }

  async function opened([row]: readonly AccountRow[]): Promise<Account | undefined> {
    return row && openAccount(encryption, row);
  }

  return {
    findActive,
    createFindActiveSealed,
    findInAnyState,
    findActiveByEmail,
    findActiveLogin,
    findOwner,
    insert,
    insertUnaddressed,
    ...createLoginEmailRepository({ encryption }),
    setProfile,
    endSessions,
  };
}
