import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Recovery by more than a mailbox: the second proof of a request, and the wait of somebody who has none. */
export class CreateRecoveryAttempt implements MigrationInterface {
  readonly name = 'CreateRecoveryAttempt1795341600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE recovery_attempt (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        proofs text[] NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'recovered', 'stopped')),
        stop_token_hash bytea NOT NULL UNIQUE,
        notices_sent text[] NOT NULL DEFAULT '{}',
        started_at timestamptz NOT NULL,
        ready_at timestamptz NOT NULL,
        ended_at timestamptz,
        recovered_by uuid,
        expires_at timestamptz NOT NULL,
        CONSTRAINT recovery_attempt_ended CHECK (
          (state = 'waiting') = (ended_at IS NULL) AND (state = 'recovered') = (recovered_by IS NOT NULL))
      );
      CREATE UNIQUE INDEX recovery_attempt_one_waiting ON recovery_attempt (account_id) WHERE state = 'waiting';
      CREATE INDEX recovery_attempt_of_account ON recovery_attempt (account_id);
      CREATE INDEX recovery_attempt_expiry ON recovery_attempt (expires_at);
      COMMENT ON TABLE recovery_attempt IS 'Somebody with one proof waits for an account while its owner may stop them.';
      COMMENT ON COLUMN recovery_attempt.proofs IS 'What was proved when it began.';
      COMMENT ON COLUMN recovery_attempt.state IS 'Whether a waiting one is ready, or over, the clock tells: ready_at, expires_at.';
      COMMENT ON COLUMN recovery_attempt.stop_token_hash IS 'SHA-256 of the token in the links of its notices.';
      COMMENT ON COLUMN recovery_attempt.recovered_by IS 'Whose call recovered the account: a retry tells its own success from another''s.';
      COMMENT ON COLUMN recovery_attempt.expires_at IS 'A waiting one can be used until then; a stopped one counts until then.';

      ALTER TABLE mailed_code
        ADD COLUMN further_proof text,
        ADD COLUMN further_tries_left smallint NOT NULL DEFAULT 5 CHECK (further_tries_left >= 0);
      COMMENT ON COLUMN mailed_code.further_proof IS 'What was proved besides the code, where a recovery took more.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE mailed_code DROP COLUMN further_proof, DROP COLUMN further_tries_left;
      DROP TABLE recovery_attempt;
    `);
  }
}
