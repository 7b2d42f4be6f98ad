// An identity claims two places that are each one account's: the subject at its source and the national number. Both
// are looked up first, so that the answer can say which was taken; what comes in between meets the unique indexes.

const live = 'removed_at IS NULL';

// $1 account, $2 evidence, $3 link, $4 source, $5 level, $6 rule version, $7 attributes, $8 when it was asserted,
// $9 country, $10 type, $11 and $12 the number under the current key, $13 under every key
const isNumberOfAnother = `EXISTS (
  SELECT FROM national_number WHERE ${live} AND country = $9 AND type = $10 AND number_hash = ANY($13::bytea[])
    AND account_id <> $1)`;
const hasAnotherNumber = `EXISTS (
  SELECT FROM national_number WHERE ${live} AND country = $9 AND type = $10 AND account_id = $1
    AND number_hash <> ALL ($13::bytea[]))`;

const insertEvidence = `
  INSERT INTO identity_evidence (id, account_id, method, source, level, rule_version, attributes_sealed, asserted_at)
  SELECT $2, $1, 'eid', $4, $5, $6, $7, $8 FROM verdict WHERE outcome = 'free'
  RETURNING id`;

// One evidence brings one number, so it goes by the same id.
const insertNumber = (after: string) => `
  INSERT INTO national_number (id, account_id, country, type, lookup_key_id, number_hash, evidence_id, created_at)
  SELECT $2, $1, $9::text, $10::text, $11::text, $12::bytea, $2, $8 FROM ${after}
  WHERE $12::bytea IS NOT NULL AND NOT EXISTS (
    SELECT FROM national_number WHERE ${live} AND account_id = $1 AND country = $9 AND type = $10)`;

/**
 * Then $14 and $15 the subject under the current key, $16 under every key, $17 when it is linked, $18 the withdrawn link
 * that it takes the place of, or null. Reading `left_behind` first frees that place before it is taken.
 */
export const linkIdentity = `
  WITH verdict AS (
    SELECT CASE
      WHEN EXISTS (SELECT FROM upstream_identity WHERE id = $3 AND account_id = $1) THEN 'linked'
      WHEN EXISTS (SELECT FROM upstream_identity WHERE ${live} AND source = $4 AND subject_hash = ANY($16::bytea[])
        AND account_id <> $1) THEN 'identity-taken'
      WHEN EXISTS (SELECT FROM upstream_identity WHERE ${live} AND source = $4 AND account_id = $1
        AND (withdrawn_at IS NULL OR id IS DISTINCT FROM $18)) THEN 'source-taken'
      WHEN ${isNumberOfAnother} THEN 'number-taken'
      WHEN ${hasAnotherNumber} THEN 'disagrees'
      ELSE 'free' END AS outcome
  ), evidence AS (${insertEvidence}
  ), left_behind AS (
    UPDATE upstream_identity SET removed_at = $17 WHERE id = $18::uuid AND ${live} AND EXISTS (SELECT FROM evidence)
    RETURNING id
  ), link AS (
    INSERT INTO upstream_identity (id, account_id, source, lookup_key_id, subject_hash, evidence_id, linked_at, confirmed_at)
    SELECT $3, $1, $4, $14, $15, id, $17, $8 FROM evidence WHERE (SELECT count(*) FROM left_behind) >= 0
    RETURNING id
  ), number AS (${insertNumber('link')}
  )
  SELECT CASE outcome WHEN 'free' THEN 'linked' ELSE outcome END AS outcome FROM verdict`;

/** What was withdrawn stands again, unless it was withdrawn after the source said this. */
export const replaceEvidence = `
  WITH standing AS (
    SELECT evidence_id, confirmed_at <= $8 AND (withdrawn_at IS NULL OR withdrawn_at <= $8) AS older
    FROM upstream_identity WHERE id = $3 AND account_id = $1 AND source = $4 AND ${live}
  ), verdict AS (
    SELECT CASE
      WHEN EXISTS (SELECT FROM standing WHERE evidence_id = $2) THEN 'replaced'
      WHEN NOT EXISTS (SELECT FROM standing WHERE older) THEN 'over'
      WHEN ${isNumberOfAnother} OR ${hasAnotherNumber} THEN 'number-taken'
      ELSE 'free' END AS outcome
  ), evidence AS (${insertEvidence}
  ), link AS (
    UPDATE upstream_identity SET evidence_id = evidence.id, confirmed_at = $8, withdrawn_at = NULL
    FROM evidence WHERE upstream_identity.id = $3
    RETURNING upstream_identity.id
  ), number AS (${insertNumber('link')}
  )
  SELECT CASE outcome WHEN 'free' THEN 'replaced' ELSE outcome END AS outcome FROM verdict`;

export const confirmEvidence = `
  UPDATE upstream_identity SET confirmed_at = greatest(confirmed_at, $3)
  WHERE id = $1 AND evidence_id = $2 AND withdrawn_at IS NULL AND ${live}
  RETURNING id`;

// A repeated transaction finds its own moment.
export const withdrawIdentity = `
  UPDATE upstream_identity SET withdrawn_at = $2
  WHERE id = $1 AND (withdrawn_at IS NULL OR withdrawn_at = $2) AND ${live}
  RETURNING id`;

/** $4: the numbers that other identities of the account still assert, under every key. */
export const removeIdentity = `
  WITH removed AS (
    UPDATE upstream_identity SET removed_at = $3
    WHERE id = $2 AND account_id = $1 AND (removed_at IS NULL OR removed_at = $3)
    RETURNING id
  ), freed AS (
    UPDATE national_number SET removed_at = $3
    WHERE account_id = $1 AND ${live} AND number_hash <> ALL ($4::bytea[]) AND EXISTS (SELECT FROM removed)
  )
  SELECT id FROM removed`;

export const ownerOfSubject = `
  SELECT a.id AS "accountId", a.state, u.id AS "linkId" FROM upstream_identity u JOIN account a ON a.id = u.account_id
  WHERE u.source = $1 AND u.subject_hash = ANY($2::bytea[]) AND u.${live}`;

export const ownerOfNumber = `
  SELECT a.id AS "accountId", a.state FROM national_number n JOIN account a ON a.id = n.account_id
  WHERE n.country = $1 AND n.type = $2 AND n.number_hash = ANY($3::bytea[]) AND n.${live}`;

/** Every identity of an account, in the order in which they were linked, also those the source withdrew. */
export const recordsOfAccount = `
  SELECT u.id, u.evidence_id, u.confirmed_at, u.withdrawn_at IS NOT NULL AS withdrawn, e.source, e.level,
    e.attributes_sealed
  FROM upstream_identity u JOIN identity_evidence e ON e.id = u.evidence_id
  WHERE u.account_id = $1 AND u.${live}
  ORDER BY u.linked_at, u.id`;

export const evidenceOfAccount = `
  SELECT id, source, level, attributes_sealed, asserted_at FROM identity_evidence
  WHERE account_id = $1 ORDER BY asserted_at DESC, id DESC LIMIT $2`;

// A number that an earlier identity brought isn't younger than the moment, and stays.
export const removeIdentitiesSince = `
  WITH unlinked AS (
    UPDATE upstream_identity SET removed_at = $3 WHERE account_id = $1 AND linked_at >= $2 AND removed_at IS NULL
    RETURNING evidence_id, confirmed_at
  ), freed AS (
    UPDATE national_number SET removed_at = $3 WHERE account_id = $1 AND created_at >= $2 AND removed_at IS NULL
  )
  SELECT e.source, e.level, u.confirmed_at AS "verifiedAt"
  FROM unlinked u JOIN identity_evidence e ON e.id = u.evidence_id`;

/** Of every link of an account, also of one that the source withdrew. */
export const standingsOnFile = `
  SELECT e.source, e.level, u.confirmed_at AS "verifiedAt"
  FROM upstream_identity u JOIN identity_evidence e ON e.id = u.evidence_id
  WHERE u.account_id = $1 AND u.${live}`;
