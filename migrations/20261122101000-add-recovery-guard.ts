import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a link took away still guards the account: the release before, which takes nothing away, needn't know. */
export class AddRecoveryGuard implements MigrationInterface {
  readonly name = 'AddRecoveryGuard1795342200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account ADD COLUMN recovery_guarded_until timestamptz;
      COMMENT ON COLUMN account.recovery_guarded_until IS
        'A link took a second factor away: until then, or its recovery, a mailbox alone doesn''t recover the account.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account DROP COLUMN recovery_guarded_until');
  }
}
