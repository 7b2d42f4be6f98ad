import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What proves a person besides the password: apps that show one-time codes, and recovery codes on paper. */
export class CreateSecondFactors implements MigrationInterface {
  readonly name = 'CreateSecondFactors1795327200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE totp_authenticator (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
        seed_sealed bytea NOT NULL,
        lookup_key_id text NOT NULL,
        seed_hash bytea NOT NULL,
        last_step bigint,
        last_step_by uuid,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        CONSTRAINT totp_authenticator_one_of_a_seed UNIQUE (account_id, seed_hash),
        CONSTRAINT totp_authenticator_step_taken CHECK ((last_step IS NULL) = (last_step_by IS NULL))
      );
      COMMENT ON COLUMN totp_authenticator.seed_sealed IS 'Sealed with the data key of the account.';
      COMMENT ON COLUMN totp_authenticator.last_step IS 'The latest time step whose code was taken: it and earlier ones are over.';
      COMMENT ON COLUMN totp_authenticator.last_step_by IS 'Whose call took it: a retry tells its own success from another''s.';

      CREATE TABLE recovery_code (
        account_id uuid NOT NULL REFERENCES account (id),
        lookup_key_id text NOT NULL,
        code_hash bytea NOT NULL,
        created_at timestamptz NOT NULL,
        used_at timestamptz,
        used_by uuid,
        PRIMARY KEY (account_id, code_hash),
        CONSTRAINT recovery_code_used CHECK ((used_at IS NULL) = (used_by IS NULL))
      );
      COMMENT ON TABLE recovery_code IS 'One set of ten per account; a new set takes the place of the old one.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE recovery_code, totp_authenticator');
  }
}
