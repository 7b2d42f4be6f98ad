import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The event table, ready to be sealed later: the personal part can be erased without breaking a proof. */
export class CreateAuditEvent implements MigrationInterface {
  readonly name = 'CreateAuditEvent1795323600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_event (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
        occurred_at timestamptz NOT NULL,
        kind text NOT NULL,
        version smallint NOT NULL,
        actor text NOT NULL,
        about_account_id uuid,
        principal text,
        client_id text,
        reference_id text,
        reason text,
        details jsonb NOT NULL,
        personal_sealed bytea,
        commitment bytea,
        CHECK ((personal_sealed IS NULL) = (commitment IS NULL))
      );
      CREATE INDEX audit_event_about ON audit_event (about_account_id, sequence) WHERE about_account_id IS NOT NULL;
      CREATE INDEX audit_event_reference ON audit_event (reference_id) WHERE reference_id IS NOT NULL;
      CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER audit_event_never_emptied BEFORE TRUNCATE ON audit_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      COMMENT ON COLUMN audit_event.commitment IS 'SHA-256 over a salt and the personal part; both lie inside the sealed part.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_event');
  }
}
