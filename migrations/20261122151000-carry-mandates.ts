import type { MigrationInterface, QueryRunner } from 'typeorm';

/** On which authorization a mandate rides, and how portals and APIs take it; the release before writes rows without it. */
export class CarryMandates implements MigrationInterface {
  readonly name = 'CarryMandates1795359660000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE oidc_transient ADD COLUMN mandate_id uuid;
      ALTER TABLE oidc_artifact ADD COLUMN mandate_id uuid;
      CREATE INDEX oidc_transient_mandate ON oidc_transient (mandate_id) WHERE mandate_id IS NOT NULL;
      CREATE INDEX oidc_artifact_mandate ON oidc_artifact (mandate_id) WHERE mandate_id IS NOT NULL;
      COMMENT ON COLUMN oidc_transient.mandate_id IS 'Ends with that mandate; what else its grant made lives on.';
      COMMENT ON COLUMN oidc_artifact.mandate_id IS 'Ends with that mandate; what else its grant made lives on.';

      ALTER TABLE relying_party
        ADD COLUMN acting_as_self boolean NOT NULL DEFAULT true,
        ADD COLUMN joint_powers boolean NOT NULL DEFAULT false;
      COMMENT ON COLUMN relying_party.acting_as_self IS 'People may act there for themselves.';
      COMMENT ON COLUMN relying_party.joint_powers IS 'It takes powers that several have to exercise together.';
      ALTER TABLE resource_server ADD COLUMN representation_as_jwt boolean NOT NULL DEFAULT false;
      COMMENT ON COLUMN resource_server.representation_as_jwt IS 'Of whoever acts for an organization it takes JWTs only, which live a minute.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE resource_server DROP COLUMN representation_as_jwt;
      ALTER TABLE relying_party DROP COLUMN acting_as_self, DROP COLUMN joint_powers;
      ALTER TABLE oidc_artifact DROP COLUMN mandate_id;
      ALTER TABLE oidc_transient DROP COLUMN mandate_id;
    `);
  }
}
