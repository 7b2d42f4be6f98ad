import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Somebody with an eID waits for an account. In a state of its own: the release before looks for 'waiting' only, and so
 * never takes this wait for one that a mailbox has served.
 */
export class AddReclaimAttempt implements MigrationInterface {
  readonly name = 'AddReclaimAttempt1795353000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE recovery_attempt
        ADD COLUMN claimant_hash bytea,
        ADD COLUMN notice_sealed bytea,
        DROP CONSTRAINT recovery_attempt_state_check,
        DROP CONSTRAINT recovery_attempt_ended,
        ADD CONSTRAINT recovery_attempt_state_check CHECK (state IN ('waiting', 'reclaiming', 'recovered', 'stopped')),
        ADD CONSTRAINT recovery_attempt_ended CHECK (
          (state IN ('waiting', 'reclaiming')) = (ended_at IS NULL) AND (state = 'recovered') = (recovered_by IS NOT NULL)),
        ADD CONSTRAINT recovery_attempt_claimant CHECK (
          state <> 'reclaiming' OR (claimant_hash IS NOT NULL AND notice_sealed IS NOT NULL));
      CREATE UNIQUE INDEX recovery_attempt_one_of_claimant ON recovery_attempt (account_id, claimant_hash)
        WHERE state = 'reclaiming';
      COMMENT ON COLUMN recovery_attempt.claimant_hash IS
        'Keyed hash of the person''s key at the eID by which they wait; NULL for who waits with a mailbox.';
      COMMENT ON COLUMN recovery_attempt.notice_sealed IS
        'What a notice between the others is made of, under the data key of the account: its owner signs in meanwhile.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM recovery_attempt WHERE state = 'reclaiming';
      ALTER TABLE recovery_attempt
        DROP CONSTRAINT recovery_attempt_claimant,
        DROP CONSTRAINT recovery_attempt_state_check,
        DROP CONSTRAINT recovery_attempt_ended,
        DROP COLUMN claimant_hash,
        DROP COLUMN notice_sealed,
        ADD CONSTRAINT recovery_attempt_state_check CHECK (state IN ('waiting', 'recovered', 'stopped')),
        ADD CONSTRAINT recovery_attempt_ended CHECK (
          (state = 'waiting') = (ended_at IS NULL) AND (state = 'recovered') = (recovered_by IS NOT NULL));
    `);
  }
}
