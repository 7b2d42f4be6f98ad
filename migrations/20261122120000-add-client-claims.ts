import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a portal wants its claims named, and how old an identity may be; the release before writes clients without it. */
export class AddClientClaims implements MigrationInterface {
  readonly name = 'AddClientClaims1795348800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE relying_party
        ADD COLUMN claims_preset text CHECK (claims_preset IN ('vnconnect', 'franceconnect')),
        ADD COLUMN identity_max_age_days integer CHECK (identity_max_age_days BETWEEN 1 AND 3650);
      COMMENT ON COLUMN relying_party.claims_preset IS 'The portal gets its claims under the names of another identity provider.';
      COMMENT ON COLUMN relying_party.identity_max_age_days IS 'For how long a proved identity counts at this portal; NULL: for ever.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE relying_party DROP COLUMN claims_preset, DROP COLUMN identity_max_age_days');
  }
}
