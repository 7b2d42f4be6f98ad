import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Identities at eID sources: whose they are here, what was asserted when, and which number belongs to whom. */
export class CreateVerifiedIdentity implements MigrationInterface {
  readonly name = 'CreateVerifiedIdentity1795345200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE identity_evidence (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        method text NOT NULL CHECK (method IN ('eid', 'import')),
        source text NOT NULL,
        level text NOT NULL,
        rule_version integer NOT NULL,
        attributes_sealed bytea NOT NULL,
        asserted_at timestamptz NOT NULL
      );
      CREATE INDEX identity_evidence_of_account ON identity_evidence (account_id, asserted_at);
      COMMENT ON TABLE identity_evidence IS 'What a source asserted, once for each change of it; never rewritten.';
      COMMENT ON COLUMN identity_evidence.level IS 'As the source wrote it: what it is worth is decided when it is asked.';
      CREATE TRIGGER identity_evidence_append_only BEFORE UPDATE OR DELETE ON identity_evidence
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER identity_evidence_never_emptied BEFORE TRUNCATE ON identity_evidence
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE upstream_identity (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        source text NOT NULL,
        lookup_key_id text NOT NULL,
        subject_hash bytea NOT NULL,
        evidence_id uuid NOT NULL REFERENCES identity_evidence (id),
        linked_at timestamptz NOT NULL,
        confirmed_at timestamptz NOT NULL,
        withdrawn_at timestamptz,
        removed_at timestamptz
      );
      CREATE UNIQUE INDEX upstream_identity_one_account ON upstream_identity (source, subject_hash) WHERE removed_at IS NULL;
      CREATE UNIQUE INDEX upstream_identity_one_per_source ON upstream_identity (account_id, source) WHERE removed_at IS NULL;
      COMMENT ON COLUMN upstream_identity.subject_hash IS 'Keyed hash of the person''s stable key at the source, which itself is not kept.';
      COMMENT ON COLUMN upstream_identity.evidence_id IS 'The evidence that stands now.';
      COMMENT ON COLUMN upstream_identity.confirmed_at IS 'When the source last asserted exactly that.';
      COMMENT ON COLUMN upstream_identity.withdrawn_at IS 'The source said that it no longer vouches for this identity.';

      CREATE TABLE national_number (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        country text NOT NULL,
        type text NOT NULL,
        lookup_key_id text NOT NULL,
        number_hash bytea NOT NULL,
        evidence_id uuid NOT NULL REFERENCES identity_evidence (id),
        created_at timestamptz NOT NULL,
        removed_at timestamptz
      );
      CREATE UNIQUE INDEX national_number_one_account ON national_number (country, type, number_hash) WHERE removed_at IS NULL;
      CREATE UNIQUE INDEX national_number_one_of_a_kind ON national_number (account_id, country, type) WHERE removed_at IS NULL;
      COMMENT ON TABLE national_number IS 'One person, one account: the number itself lies sealed in its evidence.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE national_number, upstream_identity, identity_evidence');
  }
}
