import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Organizations as registers know them, who acts for them, who has to agree, and which powers agencies publish. */
export class CreateRepresentation implements MigrationInterface {
  readonly name = 'CreateRepresentation1795359600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE organization (
        id uuid PRIMARY KEY,
        scheme text NOT NULL CHECK (scheme IN ('vn-enterprise', 'vn-household', 'fr-siren', 'lei')),
        lookup_key_id text NOT NULL,
        number_hash bytea NOT NULL,
        number text,
        search_key text,
        facts jsonb,
        facts_sealed bytea,
        sealed_key_id text,
        source text NOT NULL,
        as_of timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT organization_one_of_a_number UNIQUE (scheme, number_hash),
        CONSTRAINT organization_clear_or_sealed CHECK (
          (facts IS NULL) <> (facts_sealed IS NULL) AND (facts_sealed IS NULL) = (sealed_key_id IS NULL)
          AND (facts IS NULL) = (number IS NULL) AND (facts IS NULL) = (search_key IS NULL))
      );
      COMMENT ON TABLE organization IS 'What a register said last of one number. Facts of a natural person''s business never rest in clear.';
      COMMENT ON COLUMN organization.number_hash IS 'Keyed hash: the number of a household business is its owner''s.';
      COMMENT ON COLUMN organization.facts_sealed IS 'Under the key-encryption key: the facts of one natural person''s own business.';
      COMMENT ON COLUMN organization.search_key IS 'Its name as names are searched and sorted: plain letters.';
      COMMENT ON COLUMN organization.as_of IS 'How old the register''s word is.';

      CREATE TABLE mandate (
        id uuid PRIMARY KEY,
        organization_id uuid NOT NULL REFERENCES organization (id),
        account_id uuid NOT NULL REFERENCES account (id),
        powers text[] NOT NULL,
        delegable jsonb NOT NULL,
        basis text NOT NULL CHECK (basis IN ('statutory', 'delegated')),
        granted_by jsonb NOT NULL,
        exercise jsonb NOT NULL,
        org_level text NOT NULL CHECK (org_level IN ('org2', 'org3')),
        match text NOT NULL CHECK (match IN ('exact', 'close')),
        role text,
        evidence jsonb NOT NULL,
        rule_version text NOT NULL,
        as_of timestamptz NOT NULL,
        register_silent boolean NOT NULL DEFAULT false,
        next_check_at timestamptz,
        valid_from timestamptz NOT NULL,
        valid_until timestamptz,
        state text NOT NULL CHECK (state IN
          ('pending-review', 'pending-consent', 'active', 'suspended', 'revoked', 'expired', 'refused')),
        state_reason text,
        state_at timestamptz NOT NULL,
        reference text NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX mandate_one_of_a_basis ON mandate (account_id, organization_id, basis)
        WHERE state IN ('pending-review', 'pending-consent', 'active', 'suspended');
      CREATE INDEX mandate_of_account ON mandate (account_id);
      CREATE INDEX mandate_of_organization ON mandate (organization_id);
      CREATE INDEX mandate_due ON mandate (next_check_at) WHERE next_check_at IS NOT NULL;
      CREATE INDEX mandate_waiting ON mandate (state, state_at) WHERE state IN ('pending-review', 'pending-consent');
      COMMENT ON COLUMN mandate.evidence IS 'Every register answer and every review it rests on now; those before it are in its events.';
      COMMENT ON COLUMN mandate.as_of IS 'How old the oldest of the words is on which it rests.';
      COMMENT ON COLUMN mandate.register_silent IS 'The register was asked since and didn''t answer: never a reason to end anything.';
      COMMENT ON COLUMN mandate.next_check_at IS 'When the register is asked again; NULL where nothing is watched.';
      COMMENT ON COLUMN mandate.state_reason IS 'That of the last event.';
      COMMENT ON COLUMN mandate.reference IS 'By which people speak of it; shown on pages.';
      COMMENT ON COLUMN mandate.role IS 'Label of the listed role, as the register writes it.';

      CREATE TABLE mandate_event (
        id uuid PRIMARY KEY,
        sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        mandate_id uuid NOT NULL REFERENCES mandate (id),
        from_state text,
        to_state text NOT NULL,
        by_actor jsonb NOT NULL,
        reason text NOT NULL,
        note text,
        evidence jsonb,
        at timestamptz NOT NULL
      );
      CREATE INDEX mandate_event_of_mandate ON mandate_event (mandate_id, sequence);
      CREATE TRIGGER mandate_event_append_only BEFORE UPDATE OR DELETE ON mandate_event
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER mandate_event_never_emptied BEFORE TRUNCATE ON mandate_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      COMMENT ON TABLE mandate_event IS 'The history of a mandate: each change of its state, by whom and why.';
      COMMENT ON COLUMN mandate_event.sequence IS 'Their order, whatever the clocks of several instances say.';
      COMMENT ON COLUMN mandate_event.note IS 'A code from the catalogue of decisions, where a person decided.';
      COMMENT ON COLUMN mandate_event.evidence IS 'What the change rests on, where it rests on a register or a review.';

      CREATE TABLE mandate_consent (
        id uuid PRIMARY KEY,
        mandate_id uuid NOT NULL REFERENCES mandate (id),
        lookup_key_id text NOT NULL,
        number_hash bytea NOT NULL,
        name_sealed bytea,
        sealed_key_id text,
        answer text CHECK (answer IN ('agreed', 'declined')),
        answered_by uuid REFERENCES account (id),
        answered_at timestamptz,
        created_at timestamptz NOT NULL,
        UNIQUE (mandate_id, number_hash),
        CHECK ((answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answered_at IS NULL)),
        CHECK ((name_sealed IS NULL) = (sealed_key_id IS NULL))
      );
      CREATE INDEX mandate_consent_of_number ON mandate_consent (number_hash);
      COMMENT ON TABLE mandate_consent IS 'Whom a pending mandate waits for.';
      COMMENT ON COLUMN mandate_consent.number_hash IS 'Keyed hash of a personal number: whoever has proved it may answer.';
      COMMENT ON COLUMN mandate_consent.name_sealed IS 'Under the key-encryption key: as the register lists them.';

      CREATE TABLE mandate_choice (
        mandate_id uuid NOT NULL REFERENCES mandate (id),
        client_id text NOT NULL,
        first_chosen_at timestamptz NOT NULL,
        last_chosen_at timestamptz NOT NULL,
        PRIMARY KEY (mandate_id, client_id)
      );
      COMMENT ON TABLE mandate_choice IS 'Which client was told of which mandate: it needn''t ask again, and is offered it first.';

      CREATE TABLE power_namespace (
        namespace text PRIMARY KEY,
        agency_id uuid NOT NULL REFERENCES agency (id),
        created_at timestamptz NOT NULL,
        UNIQUE (namespace, agency_id)
      );
      CREATE INDEX power_namespace_of_agency ON power_namespace (agency_id);
      COMMENT ON TABLE power_namespace IS 'One agency''s from the first code it publishes there.';

      CREATE TABLE power (
        code text PRIMARY KEY CHECK (code LIKE '%_:_%'),
        namespace text NOT NULL GENERATED ALWAYS AS (split_part(code, ':', 1)) STORED,
        agency_id uuid NOT NULL,
        names jsonb NOT NULL,
        min_acr text NOT NULL CHECK (min_acr IN ('self', 'low', 'substantial', 'high')),
        critical boolean NOT NULL,
        published_at timestamptz NOT NULL,
        withdrawn_at timestamptz,
        CONSTRAINT power_in_own_namespace FOREIGN KEY (namespace, agency_id)
          REFERENCES power_namespace (namespace, agency_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE power, power_namespace, mandate_choice, mandate_consent, mandate_event, mandate, organization;
    `);
  }
}
