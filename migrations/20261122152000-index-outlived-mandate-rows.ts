import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which the oldest of what only grew are found; nothing that the release before knows of changes. */
export class IndexOutlivedMandateRows implements MigrationInterface {
  readonly name = 'IndexOutlivedMandateRows1795359720000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX mandate_choice_age ON mandate_choice (last_chosen_at);
      CREATE INDEX mandate_consent_age ON mandate_consent (created_at);
      COMMENT ON TABLE mandate_consent IS
        'Whom a pending mandate waits for; removed some months after it is decided. Who answered stays in audit_event.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX mandate_choice_age, mandate_consent_age;
      COMMENT ON TABLE mandate_consent IS 'Whom a pending mandate waits for.';
    `);
  }
}
