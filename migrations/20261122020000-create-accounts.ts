import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The natural person: account, identifiers, how each was verified, subjects by sector, password, what was agreed. */
export class CreateAccounts implements MigrationInterface {
  readonly name = 'CreateAccounts1795312800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account (
        id uuid PRIMARY KEY,
        subject_ref text NOT NULL UNIQUE,
        state text NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
        locale text NOT NULL,
        data_key bytea NOT NULL,
        key_encryption_key_id text NOT NULL,
        profile_sealed bytea,
        profile_updated_at timestamptz,
        sessions_valid_from timestamptz NOT NULL,
        cool_down_until timestamptz,
        created_at timestamptz NOT NULL
      );
      COMMENT ON COLUMN account.subject_ref IS 'Random handle of the person, root of every sub; outlives the account row.';
      COMMENT ON COLUMN account.data_key IS 'Wrapped; erasing an account is erasing this key.';
      COMMENT ON COLUMN account.profile_sealed IS 'Self-declared attributes as JSON, sealed with the data key.';
      COMMENT ON COLUMN account.cool_down_until IS 'After a recovery nothing is removed and no contact changes until then.';

      CREATE TABLE identifier (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        kind text NOT NULL CHECK (kind IN ('email', 'phone')),
        value_sealed bytea NOT NULL,
        lookup_key_id text NOT NULL,
        lookup_hash bytea NOT NULL,
        is_login boolean NOT NULL,
        created_at timestamptz NOT NULL,
        removed_at timestamptz
      );
      CREATE UNIQUE INDEX identifier_one_login ON identifier (kind, lookup_hash) WHERE is_login AND removed_at IS NULL;
      CREATE UNIQUE INDEX identifier_login_of_account ON identifier (account_id, kind) WHERE is_login AND removed_at IS NULL;
      CREATE INDEX identifier_of_account ON identifier (account_id);

      CREATE TABLE verification (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        identifier_id uuid REFERENCES identifier (id),
        method text NOT NULL CHECK (method IN ('mailed-code', 'import')),
        source text NOT NULL,
        rule_version integer NOT NULL,
        verified_at timestamptz NOT NULL
      );
      CREATE INDEX verification_of_identifier ON verification (identifier_id);
      CREATE INDEX verification_of_account ON verification (account_id);
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
      CREATE TRIGGER verification_append_only BEFORE UPDATE OR DELETE ON verification
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER verification_never_emptied BEFORE TRUNCATE ON verification
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE pairwise_subject (
        sector_id uuid NOT NULL REFERENCES sector (id),
        subject_ref text NOT NULL,
        sub text NOT NULL,
        subject_key_id text,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (sector_id, subject_ref),
        UNIQUE (sector_id, sub)
      );
      COMMENT ON COLUMN pairwise_subject.subject_key_id IS 'The key the sub was derived with; null where it was imported.';

      CREATE TABLE password_credential (
        account_id uuid PRIMARY KEY REFERENCES account (id),
        hash text NOT NULL,
        pepper_id text,
        long_enough boolean NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL
      );
      COMMENT ON COLUMN password_credential.hash IS 'A PHC string; pepper_id is null for a foreign hash not yet rehashed.';
      COMMENT ON COLUMN password_credential.long_enough IS 'False for a short imported password: it only works with a second factor.';

      CREATE TABLE mailed_code (
        id uuid PRIMARY KEY,
        purpose text NOT NULL CHECK (purpose IN ('registration', 'recovery', 'sign-in', 'email-change')),
        handle_hash bytea NOT NULL UNIQUE,
        lookup_key_id text NOT NULL,
        lookup_hash bytea NOT NULL,
        address_sealed bytea NOT NULL,
        sealed_key_id text NOT NULL,
        account_id uuid REFERENCES account (id),
        code_hash bytea NOT NULL,
        tries_left smallint NOT NULL CHECK (tries_left >= 0),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        proved_at timestamptz,
        proved_by uuid,
        consumed_at timestamptz,
        consumed_by uuid
      );
      CREATE INDEX mailed_code_expiry ON mailed_code (expires_at);
      CREATE INDEX mailed_code_of_account ON mailed_code (account_id) WHERE account_id IS NOT NULL;
      COMMENT ON TABLE mailed_code IS 'Until its code is typed where it was asked for, an address is only this row.';
      COMMENT ON COLUMN mailed_code.handle_hash IS 'SHA-256 of the handle in the cookie of the browser that asked.';
      COMMENT ON COLUMN mailed_code.proved_by IS 'Whose call proved it: a retry tells its own success from another''s. The same for consumed_by.';

      CREATE TABLE undo_link (
        token_hash bytea PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        kind text NOT NULL CHECK (kind IN ('email-change')),
        identifier_id uuid NOT NULL REFERENCES identifier (id),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz,
        consumed_by uuid
      );
      CREATE INDEX undo_link_of_account ON undo_link (account_id);
      CREATE INDEX undo_link_expiry ON undo_link (expires_at);

      CREATE TABLE release_consent (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        client_id text NOT NULL REFERENCES relying_party (client_id),
        principal text NOT NULL DEFAULT 'self',
        claims text[] NOT NULL,
        refused_claims text[] NOT NULL DEFAULT '{}',
        informed_claims text[] NOT NULL DEFAULT '{}',
        release_version text NOT NULL,
        granted_at timestamptz NOT NULL,
        withdrawn_at timestamptz
      );
      CREATE UNIQUE INDEX release_consent_current ON release_consent (account_id, client_id, principal)
        WHERE withdrawn_at IS NULL;
      COMMENT ON COLUMN release_consent.informed_claims IS 'Released by law; the person was told, not asked.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE release_consent, undo_link, mailed_code, password_credential, pairwise_subject, verification, identifier, account;
      DROP FUNCTION refuse_change();
    `);
  }
}
