import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One login and its limits: the login transaction, throttle buckets, mail allowances. */
export class CreateAuthentication implements MigrationInterface {
  readonly name = 'CreateAuthentication1795316400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE login_transaction (
        id bytea PRIMARY KEY,
        client_id text NOT NULL,
        account_id uuid REFERENCES account (id),
        state jsonb NOT NULL,
        outcome text CHECK (outcome IN ('completed', 'refused')),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX login_transaction_expiry ON login_transaction (expires_at);
      COMMENT ON COLUMN login_transaction.id IS 'SHA-256 of the uid of the interaction; outlives it by 30 minutes.';

      CREATE TABLE throttle_bucket (
        key bytea PRIMARY KEY,
        failures integer NOT NULL,
        blocked_until timestamptz,
        updated_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX throttle_bucket_expiry ON throttle_bucket (expires_at);
      COMMENT ON COLUMN throttle_bucket.key IS 'HMAC of the normalised identifier and the kind of bucket, whether an account exists or not.';

      CREATE TABLE throttle_source_failure (
        source bytea NOT NULL,
        identifier bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (source, identifier)
      );
      CREATE INDEX throttle_source_failure_expiry ON throttle_source_failure (expires_at);

      CREATE TABLE mail_allowance (
        address bytea NOT NULL,
        kind text NOT NULL,
        sent_at timestamptz[] NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (address, kind)
      );
      CREATE INDEX mail_allowance_expiry ON mail_allowance (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mail_allowance, throttle_source_failure, throttle_bucket, login_transaction');
  }
}
