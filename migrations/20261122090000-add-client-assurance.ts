import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a portal demands of how its people are authenticated; the release before writes clients without it. */
export class AddClientAssurance implements MigrationInterface {
  readonly name = 'AddClientAssurance1795338000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE relying_party
        ADD COLUMN minimum_acr text CHECK (minimum_acr IN ('self', 'low', 'substantial', 'high', 'aal2', 'phr')),
        ADD COLUMN phishing_resistant boolean NOT NULL DEFAULT false,
        ADD COLUMN acr_aliases jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(acr_aliases) = 'object');
      COMMENT ON COLUMN relying_party.minimum_acr IS 'Nobody reaches the portal with less, whatever its requests ask for.';
      COMMENT ON COLUMN relying_party.acr_aliases IS 'The portal''s own names for acr values, each with the value it stands for.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE relying_party DROP COLUMN minimum_acr, DROP COLUMN phishing_resistant, DROP COLUMN acr_aliases',
    );
  }
}
