import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person's authenticators know the person by, and their credentials. */
export class CreatePasskeys implements MigrationInterface {
  readonly name = 'CreatePasskeys1795330800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE passkey_user (
        account_id uuid PRIMARY KEY REFERENCES account (id),
        user_handle bytea NOT NULL UNIQUE CHECK (octet_length(user_handle) = 32),
        created_at timestamptz NOT NULL
      );
      COMMENT ON COLUMN passkey_user.user_handle IS 'Random: authenticators show it to whoever holds them, so it must say nothing.';

      CREATE TABLE passkey (
        credential_id bytea PRIMARY KEY CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
        account_id uuid NOT NULL REFERENCES passkey_user (account_id),
        kind text NOT NULL CHECK (kind IN ('passkey', 'security-key')),
        public_key bytea NOT NULL CHECK (octet_length(public_key) <= 2048),
        algorithm integer NOT NULL,
        sign_count bigint NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
        aaguid uuid NOT NULL,
        transports text[] NOT NULL CHECK (cardinality(transports) <= 10),
        discoverable boolean,
        backup_eligible boolean NOT NULL,
        backed_up boolean NOT NULL,
        attestation_format text,
        attestation_blob_number bigint,
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
        created_at timestamptz NOT NULL,
        registered_by uuid NOT NULL,
        last_used_at timestamptz,
        last_used_by uuid,
        counter_fell_at timestamptz,
        CONSTRAINT passkey_backup_flags CHECK (backup_eligible OR NOT backed_up),
        CONSTRAINT passkey_attestation CHECK ((attestation_format IS NULL) = (attestation_blob_number IS NULL))
      );
      CREATE INDEX passkey_of_account ON passkey (account_id);
      COMMENT ON COLUMN passkey.public_key IS 'As a COSE_Key.';
      COMMENT ON COLUMN passkey.discoverable IS 'What the browser said (credProps.rk); null where it said nothing.';
      COMMENT ON COLUMN passkey.attestation_format IS 'Set where a metadata blob vouched for the AAGUID; beside it the number of that blob.';
      COMMENT ON COLUMN passkey.registered_by IS 'Whose call registered it: a retry tells its own success from another''s. The same for last_used_by.';
      COMMENT ON COLUMN passkey.counter_fell_at IS 'When its signature counter last fell or stood still: a sign of a copy.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE passkey, passkey_user');
  }
}
