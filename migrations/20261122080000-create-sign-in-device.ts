import type { MigrationInterface, QueryRunner } from 'typeorm';

/** With what somebody signed in, and the link by which its owner says that it wasn't them. */
export class CreateSignInDevice implements MigrationInterface {
  readonly name = 'CreateSignInDevice1795334400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sign_in_device (
        login_id bytea NOT NULL,
        account_id uuid NOT NULL REFERENCES account (id),
        device_sealed bytea NOT NULL,
        signed_in_at timestamptz NOT NULL,
        report_token_hash bytea UNIQUE,
        report_until timestamptz,
        reported_at timestamptz,
        reported_by uuid,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (login_id, account_id),
        CONSTRAINT sign_in_device_report CHECK ((report_token_hash IS NULL) = (report_until IS NULL))
      );
      CREATE INDEX sign_in_device_of_account ON sign_in_device (account_id, signed_in_at);
      CREATE INDEX sign_in_device_expiry ON sign_in_device (expires_at);
      COMMENT ON COLUMN sign_in_device.login_id IS 'The id of the login transaction; the session it led to names it too.';
      COMMENT ON COLUMN sign_in_device.device_sealed IS 'Names of browser and system, under the data key of the account.';
      COMMENT ON COLUMN sign_in_device.report_token_hash IS 'SHA-256 of the token in the mail; NULL where none was sent.';
      COMMENT ON COLUMN sign_in_device.reported_by IS 'Whose call won: a retry tells its own success from a second use.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sign_in_device');
  }
}
