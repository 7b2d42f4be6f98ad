import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What business registers answered, kept for as long as it may be used. */
export class CreateRegisterAnswer implements MigrationInterface {
  readonly name = 'CreateRegisterAnswer1795356000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE register_answer (
        source text NOT NULL,
        lookup_key_id text NOT NULL,
        question_hash bytea NOT NULL,
        answer_sealed bytea NOT NULL,
        key_encryption_key_id text NOT NULL,
        as_of timestamptz NOT NULL,
        fetched_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (source, question_hash)
      );
      CREATE INDEX register_answer_expiry ON register_answer (expires_at);
      COMMENT ON TABLE register_answer IS 'A cache: it may be emptied at any time, and the registers are asked again.';
      COMMENT ON COLUMN register_answer.question_hash IS 'Keyed hash: a question may name a household business, whose number is a person''s.';
      COMMENT ON COLUMN register_answer.as_of IS 'How old the register''s word is.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE register_answer');
  }
}
