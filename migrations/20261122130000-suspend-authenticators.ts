import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where authenticators go that sign nobody in for the time being. They move out of their tables instead of being marked
 * there: a query that doesn't know of suspension, in this release or the one before, finds nothing to accept.
 */
export class SuspendAuthenticators implements MigrationInterface {
  readonly name = 'SuspendAuthenticators1795352400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE suspended_authenticator (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        kind text NOT NULL CHECK (kind IN ('password', 'totp', 'recovery-code', 'passkey')),
        stored jsonb NOT NULL,
        suspended_at timestamptz NOT NULL
      );
      CREATE INDEX suspended_authenticator_of_account ON suspended_authenticator (account_id, suspended_at);
      COMMENT ON TABLE suspended_authenticator IS 'What an account signed in with before it was reclaimed: kept, and accepted nowhere.';
      COMMENT ON COLUMN suspended_authenticator.stored IS 'The row as it lay in its table: jsonb_populate_record makes it one again.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE suspended_authenticator');
  }
}
