import type { DataKey, Encryption } from '../platform/encryption.ts';
import type { Locale } from '../platform/i18n.ts';
import type { Account, AccountState, LoginEmail, SubjectRef } from './account.ts';
import type { IdentityRecord, IdentityStanding } from './verified-identity.ts';

/** An account as it rests, with its login address. */
export type AccountRow = {
  readonly id: string;
  readonly subject_ref: string;
  readonly state: AccountState;
  readonly locale: string;
  readonly data_key: Buffer;
  readonly key_encryption_key_id: string;
  readonly profile_sealed: Buffer | null;
  readonly profile_updated_at: Date | null;
  readonly sessions_valid_from: Date;
  readonly cool_down_until: Date | null;
  readonly is_reclaimed: boolean;
  readonly created_at: Date;
  readonly identifier_id: string | null;
  readonly value_sealed: Buffer | null;
  readonly verified: boolean;
  readonly identities: readonly IdentityRow[];
};

/** An identity at a source that stands now. */
type IdentityRow = {
  readonly id: string;
  readonly evidenceId: string;
  readonly source: string;
  readonly level: string;
  readonly verifiedAt: string;
  /** Base64. */
  readonly sealed: string;
};

/** Of an account `a`. @see Account.isReclaimed */
export const isReclaimed = `EXISTS (
  SELECT FROM recovery_attempt r
  WHERE r.account_id = a.id AND r.state = 'reclaiming' AND 'sign-in' <> ALL (r.notices_sent))`;

export const selectAccount = `
  SELECT a.id, a.subject_ref, a.state, a.locale, a.data_key, a.key_encryption_key_id, a.profile_sealed,
    a.profile_updated_at, a.sessions_valid_from, a.cool_down_until, a.created_at, i.id AS identifier_id, i.value_sealed,
    ${isReclaimed} AS is_reclaimed,
    EXISTS (SELECT FROM verification v WHERE v.identifier_id = i.id) AS verified,
    ARRAY(
      SELECT json_build_object('id', u.id, 'evidenceId', e.id, 'source', e.source, 'level', e.level,
        'verifiedAt', u.confirmed_at, 'sealed', encode(e.attributes_sealed, 'base64'))
      FROM upstream_identity u JOIN identity_evidence e ON e.id = u.evidence_id
      WHERE u.account_id = a.id AND u.removed_at IS NULL AND u.withdrawn_at IS NULL
      ORDER BY u.linked_at, u.id) AS identities
  FROM account a
  LEFT JOIN identifier i ON i.account_id = a.id AND i.kind = 'email' AND i.is_login AND i.removed_at IS NULL`;

type KeyedRow = Pick<AccountRow, 'id' | 'data_key' | 'key_encryption_key_id'>;

export function openDataKey(encryption: Encryption, row: KeyedRow): Promise<DataKey> {
  const stored = { wrapped: row.data_key, keyEncryptionKeyId: row.key_encryption_key_id };
  return encryption.unwrapDataKey(stored, dataKeyContext(row.id));
}

/** Unwraps the account's data key and decrypts what the row holds. */
export async function openAccount(encryption: Encryption, row: AccountRow): Promise<Account> {
  const dataKey = await openDataKey(encryption, row);
  return {
    id: row.id,
    subjectRef: row.subject_ref as SubjectRef,
    state: row.state,
    locale: row.locale as Locale,
    dataKey,
    email: openEmail(encryption, { row, dataKey }),
    profile:
      row.profile_sealed === null
        ? {}
        : JSON.parse(encryption.open(dataKey, row.profile_sealed, profileContext(row.id))),
    profileUpdatedAt: row.profile_updated_at,
    sessionsValidFrom: row.sessions_valid_from,
    coolDownUntil: row.cool_down_until,
    isReclaimed: row.is_reclaimed,
    identities: row.identities.map((identity) => openIdentity(encryption, { identity, dataKey })),
    createdAt: row.created_at,
  };
}

function openEmail(
  encryption: Encryption,
  { row, dataKey }: { readonly row: AccountRow; readonly dataKey: DataKey },
): LoginEmail | null {
  if (row.identifier_id === null || row.value_sealed === null) {
    return null;
  }
  const address = encryption.open(dataKey, row.value_sealed, identifierContext(row.identifier_id));
  return { identifierId: row.identifier_id, address, verified: row.verified };
}

/** What is known of the identities without opening anything. */
export function standingsOf({ identities }: Pick<AccountRow, 'identities'>): readonly IdentityStanding[] {
  return identities.map(({ source, level, verifiedAt }) => ({ source, level, verifiedAt: new Date(verifiedAt) }));
}

function openIdentity(
  encryption: Encryption,
  { identity, dataKey }: { readonly identity: IdentityRow; readonly dataKey: DataKey },
): IdentityRecord {
  const { sealed, verifiedAt, ...record } = identity;
  const attributes = encryption.open(dataKey, Buffer.from(sealed, 'base64'), evidenceContext(record.evidenceId));
  return { ...record, verifiedAt: new Date(verifiedAt), attributes: JSON.parse(attributes) };
}

/** The places sealed values are bound to. */
export function dataKeyContext(accountId: string) {
  return `account:data_key:${accountId}` as const;
}

export function profileContext(accountId: string) {
  return `account:profile_sealed:${accountId}` as const;
}

export function identifierContext(identifierId: string) {
  return `identifier:value_sealed:${identifierId}` as const;
}

export function evidenceContext(evidenceId: string) {
  return `identity_evidence:attributes_sealed:${evidenceId}` as const;
}
