import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agencies, their sectors, the portals that rely on us, and what each person agreed to release to them. */
export class CreateRelyingParties implements MigrationInterface {
  readonly name = 'CreateRelyingParties1795309200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE installation (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        issuer text NOT NULL,
        relying_party_id text NOT NULL,
        subject_key_id text NOT NULL,
        created_at timestamptz NOT NULL
      );
      COMMENT ON TABLE installation IS 'The permanent choices, fixed at first start: start-up refuses others.';

      CREATE TABLE agency (
        id uuid PRIMARY KEY,
        key text NOT NULL UNIQUE,
        name jsonb NOT NULL,
        created_at timestamptz NOT NULL
      );

      CREATE TABLE sector (
        id uuid PRIMARY KEY,
        agency_id uuid NOT NULL REFERENCES agency (id),
        key text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL
      );
      COMMENT ON TABLE sector IS 'Within one, a person has one sub; a portal may change its domain without losing its people.';

      CREATE TABLE relying_party (
        client_id text PRIMARY KEY CHECK (length(client_id) BETWEEN 1 AND 255),
        agency_id uuid NOT NULL REFERENCES agency (id),
        sector_id uuid NOT NULL REFERENCES sector (id),
        profile text NOT NULL CHECK (profile IN ('standard', 'native', 'fapi2')),
        legacy boolean NOT NULL DEFAULT false,
        name jsonb NOT NULL,
        metadata jsonb NOT NULL,
        secret_hash bytea,
        release jsonb NOT NULL,
        release_version text NOT NULL,
        resources text[] NOT NULL DEFAULT '{}',
        disabled_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT relying_party_secret CHECK (
          coalesce(starts_with(metadata ->> 'token_endpoint_auth_method', 'client_secret_'), false) = (secret_hash IS NOT NULL)
        )
      );

      CREATE TABLE resource_server (
        identifier text PRIMARY KEY,
        agency_id uuid NOT NULL REFERENCES agency (id),
        sector_id uuid NOT NULL REFERENCES sector (id),
        scopes text[] NOT NULL,
        access_token_format text NOT NULL CHECK (access_token_format IN ('opaque', 'jwt')),
        access_token_ttl_seconds integer NOT NULL CHECK (access_token_ttl_seconds BETWEEN 30 AND 3600),
        created_at timestamptz NOT NULL
      );
      COMMENT ON TABLE resource_server IS 'An API of an agency that accepts our access tokens (RFC 8707).';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE resource_server, relying_party, sector, agency, installation');
  }
}
