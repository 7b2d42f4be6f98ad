import type { DataKey, Encryption, WrappedDataKey } from '../platform/encryption.ts';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';
import { identifierContext, profileContext } from './account-row.ts';
import type { ImportedPerson } from './import-line.ts';
import { verificationRuleVersion } from './login-email-repository.ts';

/** A person about to be written: ids and keys made before the transaction. */
export type PersonToImport = ImportedPerson & {
  readonly line: number;
  readonly accountId: string;
  readonly identifierId: string;
  readonly verificationId: string;
  readonly subjectRef: string;
  readonly dataKey: WrappedDataKey & { readonly dataKey: DataKey };
};

// Who gets the address gets the rest; the others are somebody's already, and stay untouched. Foreign keys are checked
// when the statement ends.
const insertPeople = `
  WITH incoming AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::bytea[],
      $9::bytea[], $10::text[], $11::bytea[], $12::timestamptz[], $13::timestamptz[], $14::text[])
    AS t (account_id, identifier_id, verification_id, subject_ref, locale, data_key, key_encryption_key_id,
      profile_sealed, value_sealed, lookup_key_id, lookup_hash, verified_at, created_at, password_hash)
  ), claimed AS (
    INSERT INTO identifier (id, account_id, kind, value_sealed, lookup_key_id, lookup_hash, is_login, created_at)
    SELECT identifier_id, account_id, 'email', value_sealed, lookup_key_id, lookup_hash, true, created_at FROM incoming
    ON CONFLICT DO NOTHING
    RETURNING account_id
  ), made AS (
    INSERT INTO account (id, subject_ref, state, locale, data_key, key_encryption_key_id, profile_sealed,
      profile_updated_at, sessions_valid_from, created_at)
    SELECT account_id, subject_ref, 'active', locale, data_key, key_encryption_key_id, profile_sealed,
      CASE WHEN profile_sealed IS NULL THEN NULL ELSE created_at END, $15, created_at
    FROM incoming JOIN claimed USING (account_id)
  ), verified AS (
    INSERT INTO verification (id, account_id, identifier_id, method, source, rule_version, verified_at)
    SELECT verification_id, account_id, identifier_id, 'import', $16, $17, verified_at
    FROM incoming JOIN claimed USING (account_id)
  ), passwords AS (
    INSERT INTO password_credential (account_id, hash, pepper_id, long_enough, created_at, changed_at)
    SELECT account_id, password_hash, NULL, true, $15, $15
    FROM incoming JOIN claimed USING (account_id) WHERE password_hash IS NOT NULL
  ), subjects AS (
    INSERT INTO pairwise_subject (sector_id, subject_ref, sub, created_at)
    SELECT s.sector_id, s.subject_ref, s.sub, $15
    FROM unnest($18::uuid[], $19::uuid[], $20::text[], $21::text[]) AS s (account_id, sector_id, subject_ref, sub)
    JOIN claimed USING (account_id)
  )
  SELECT account_id AS "accountId" FROM claimed`;

/** Sectors by their key. */
export async function findSectorIds(tx: Transaction): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsOf<{ readonly id: string; readonly key: string }>(tx, 'SELECT id, key FROM sector');
  return new Map(rows.map(({ id, key }) => [key, id]));
}

/** Which of these people somebody already is: their address is a login address here. @returns their account ids */
export async function findAlreadyHere(
  tx: Transaction,
  { encryption, people }: { readonly encryption: Encryption; readonly people: readonly PersonToImport[] },
): Promise<ReadonlySet<string>> {
  const hashes = people.flatMap(({ accountId, email }) =>
    encryption.lookupHashes('email', email.lookup).map(({ hash }) => ({ accountId, hash })),
  );
  const rows = await rowsOf<{ readonly accountId: string }>(
    tx,
    `SELECT t.account_id AS "accountId" FROM unnest($1::uuid[], $2::bytea[]) AS t (account_id, lookup_hash)
     JOIN identifier i ON i.kind = 'email' AND i.lookup_hash = t.lookup_hash AND i.is_login AND i.removed_at IS NULL`,
    [hashes.map(({ accountId }) => accountId), hashes.map(({ hash }) => hash)],
  );
  return new Set(rows.map(({ accountId }) => accountId));
}

/** Which of these subjects a sector already knows as somebody, as `<sector id> <sub>`. */
export async function findTakenSubjects(
  tx: Transaction,
  people: readonly PersonToImport[],
): Promise<ReadonlySet<string>> {
  const subjects = people.flatMap((person) => person.subjects);
  const rows = await rowsOf<{ readonly taken: string }>(
    tx,
    `SELECT p.sector_id || ' ' || p.sub AS taken FROM unnest($1::uuid[], $2::text[]) AS t (sector_id, sub)
     JOIN pairwise_subject p ON p.sector_id = t.sector_id AND p.sub = t.sub`,
    [subjects.map(({ sectorId }) => sectorId), subjects.map(({ sub }) => sub)],
  );
  return new Set(rows.map(({ taken }) => taken));
}

/** Writes a batch with one statement. @returns the ids of the accounts made; the others' addresses were taken */
export async function insertImported(
  tx: Transaction,
  batch: {
    readonly encryption: Encryption;
    readonly people: readonly PersonToImport[];
    readonly source: string;
    readonly at: Date;
  },
): Promise<ReadonlySet<string>> {
  const { encryption, people, source, at } = batch;
  const lookups = people.map(({ email }) => encryption.lookupHash('email', email.lookup));
  const subjects = people.flatMap(({ accountId, subjectRef, subjects: theirs }) =>
    theirs.map((subject) => ({ ...subject, accountId, subjectRef })),
  );
  const rows = await rowsOf<{ readonly accountId: string }>(tx, insertPeople, [
    people.map(({ accountId }) => accountId),
    people.map(({ identifierId }) => identifierId),
    people.map(({ verificationId }) => verificationId),
    people.map(({ subjectRef }) => subjectRef),
    people.map(({ locale }) => locale),
    people.map(({ dataKey }) => dataKey.wrapped),
    people.map(({ dataKey }) => dataKey.keyEncryptionKeyId),
    people.map(({ accountId, dataKey, profile }) =>
      Object.keys(profile).length === 0
        ? null
        : encryption.seal(dataKey.dataKey, JSON.stringify(profile), profileContext(accountId)),
    ),
    people.map(({ identifierId, dataKey, email }) =>
      encryption.seal(dataKey.dataKey, email.display, identifierContext(identifierId)),
    ),
    lookups.map(({ keyId }) => keyId),
    lookups.map(({ hash }) => hash),
    people.map(({ verifiedAt }) => verifiedAt),
    people.map(({ createdAt }) => createdAt),
    people.map(({ passwordHash }) => passwordHash),
    at,
    source,
    verificationRuleVersion,
    subjects.map(({ accountId }) => accountId),
    subjects.map(({ sectorId }) => sectorId),
    subjects.map(({ subjectRef }) => subjectRef),
    subjects.map(({ sub }) => sub),
  ]);
  return new Set(rows.map(({ accountId }) => accountId));
}
