import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the protocol engine keeps. Masses that die young live in a ring of four partitions, emptied whole (TRUNCATE)
 * instead of row by row; what lives for days is plain and expires in small batches.
 */
export class CreateProtocolStore implements MigrationInterface {
  readonly name = 'CreateProtocolStore1795320000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE oidc_transient (
        id bytea NOT NULL,
        slot smallint NOT NULL,
        model text NOT NULL,
        payload jsonb NOT NULL,
        grant_id text,
        consumed_at timestamptz,
        consumed_by uuid,
        ended_at timestamptz,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (id, slot)
      ) PARTITION BY LIST (slot);
      CREATE TABLE oidc_transient_0 PARTITION OF oidc_transient FOR VALUES IN (0);
      CREATE TABLE oidc_transient_1 PARTITION OF oidc_transient FOR VALUES IN (1);
      CREATE TABLE oidc_transient_2 PARTITION OF oidc_transient FOR VALUES IN (2);
      CREATE TABLE oidc_transient_3 PARTITION OF oidc_transient FOR VALUES IN (3);
      CREATE INDEX oidc_transient_grant ON oidc_transient (grant_id) WHERE grant_id IS NOT NULL;
      COMMENT ON COLUMN oidc_transient.id IS 'SHA-256 over model and id: a dump opens nothing.';
      COMMENT ON COLUMN oidc_transient.slot IS 'The hour of creation modulo 4; the slot two hours ahead is emptied whole.';

      CREATE TABLE oidc_artifact (
        id bytea PRIMARY KEY,
        model text NOT NULL,
        payload jsonb NOT NULL,
        grant_id text,
        parent_grant_id text,
        account_id text,
        client_id text,
        user_code_hash bytea,
        consumed_at timestamptz,
        consumed_by uuid,
        ended_at timestamptz,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX oidc_artifact_grant ON oidc_artifact (grant_id) WHERE grant_id IS NOT NULL;
      CREATE INDEX oidc_artifact_parent_grant ON oidc_artifact (parent_grant_id) WHERE parent_grant_id IS NOT NULL;
      CREATE INDEX oidc_artifact_account ON oidc_artifact (account_id) WHERE account_id IS NOT NULL;
      CREATE UNIQUE INDEX oidc_artifact_user_code ON oidc_artifact (user_code_hash) WHERE user_code_hash IS NOT NULL;
      CREATE INDEX oidc_artifact_expiry ON oidc_artifact (expires_at);
      COMMENT ON COLUMN oidc_transient.ended_at IS 'Set once, for good: a save that was late brings nothing back.';
      COMMENT ON COLUMN oidc_artifact.ended_at IS 'Set once, for good: a save that was late brings nothing back.';

      CREATE TABLE oidc_replay (
        id bytea PRIMARY KEY,
        attempt uuid NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX oidc_replay_expiry ON oidc_replay (expires_at);
      COMMENT ON COLUMN oidc_replay.attempt IS 'Whose call won: a retry tells its own success from a replay.';

      CREATE TABLE oidc_session (
        uid text PRIMARY KEY,
        account_id text,
        login_at bigint,
        payload jsonb NOT NULL,
        authorizations jsonb NOT NULL,
        ended_at timestamptz,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX oidc_session_account ON oidc_session (account_id) WHERE account_id IS NOT NULL;
      CREATE INDEX oidc_session_expiry ON oidc_session (expires_at);
      COMMENT ON COLUMN oidc_session.authorizations IS 'Per client {sid, grantId, …, v} or {removed: true, v}: v grows with each change.';
      COMMENT ON COLUMN oidc_session.ended_at IS 'Set once, for good: nothing revives an ended session.';

      CREATE TABLE oidc_session_alias (
        id bytea PRIMARY KEY,
        uid text NOT NULL,
        account_id text,
        retired_at timestamptz,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX oidc_session_alias_uid ON oidc_session_alias (uid);
      CREATE INDEX oidc_session_alias_expiry ON oidc_session_alias (expires_at);

      CREATE FUNCTION merge_session_authorizations(stored jsonb, changes jsonb) RETURNS jsonb
      LANGUAGE sql IMMUTABLE AS $$
        SELECT stored || coalesce(jsonb_object_agg(key, merged) FILTER (WHERE merged IS NOT NULL), '{}'::jsonb)
        FROM (
          SELECT key, CASE
            WHEN was IS NULL THEN CASE WHEN entry IS NULL THEN NULL ELSE entry || '{"v": 1}' END
            WHEN was ? 'removed' AND (entry IS NULL OR base IS NOT NULL) THEN was
            WHEN was ? 'removed' THEN entry || jsonb_build_object('v', version + 1)
            WHEN entry IS NULL THEN jsonb_build_object('removed', true, 'v', version + 1)
            WHEN base IS NULL THEN entry || was || jsonb_build_object('v', version + 1)
            ELSE was || entry || jsonb_build_object('v', version + 1)
          END AS merged
          FROM (
            SELECT c.key, stored -> c.key AS was, (stored -> c.key ->> 'v')::integer AS version,
              nullif(c.value -> 'entry', 'null'::jsonb) AS entry, nullif(c.value -> 'base', 'null'::jsonb) AS base
            FROM jsonb_each(changes) AS c
          ) AS change
        ) AS outcome
      $$;
      COMMENT ON FUNCTION merge_session_authorizations IS
        'Merges what one request changed: {client: {base: version it had read | null, entry: its new value | null}}.';

      CREATE FUNCTION words_of(sentence text) RETURNS text[]
      LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce(string_to_array(sentence, ' '), '{}') $$;

      CREATE FUNCTION distinct_words(words text[]) RETURNS text[]
      LANGUAGE sql IMMUTABLE AS $$
        SELECT coalesce(array_agg(word ORDER BY place), '{}')
        FROM (SELECT word, min(place) AS place FROM unnest(words) WITH ORDINALITY AS w (word, place) GROUP BY word) AS w
      $$;

      CREATE FUNCTION texts_of(list jsonb) RETURNS text[]
      LANGUAGE sql IMMUTABLE AS $$ SELECT ARRAY(SELECT jsonb_array_elements_text(coalesce(list, '[]'))) $$;

      CREATE FUNCTION merge_grant(stored jsonb, incoming jsonb) RETURNS jsonb
      LANGUAGE sql IMMUTABLE AS $$
        SELECT stored || incoming
          || jsonb_build_object('openid', jsonb_build_object(
            'scope', array_to_string(distinct_words(
              words_of(stored #>> '{openid,scope}') || words_of(incoming #>> '{openid,scope}')), ' '),
            'claims', distinct_words(texts_of(stored #> '{openid,claims}') || texts_of(incoming #> '{openid,claims}'))))
          || coalesce((
            SELECT jsonb_build_object('resources', jsonb_object_agg(resource, array_to_string(distinct_words(
              words_of(stored -> 'resources' ->> resource) || words_of(incoming -> 'resources' ->> resource)), ' ')))
            FROM jsonb_object_keys(coalesce(stored -> 'resources', '{}') || coalesce(incoming -> 'resources', '{}'))
              AS r (resource)
            HAVING count(*) > 0), '{}')
          || jsonb_build_object('rejected', jsonb_build_object('openid', jsonb_build_object('claims', ARRAY(
            SELECT claim FROM unnest(texts_of(stored #> '{rejected,openid,claims}')) AS c (claim)
            WHERE claim <> ALL (texts_of(incoming #> '{openid,claims}'))
            UNION SELECT unnest(texts_of(incoming #> '{rejected,openid,claims}')) ORDER BY 1))))
      $$;
      COMMENT ON FUNCTION merge_grant IS
        'What two requests put into one grant: both''s scopes and claims; of a claim both know, the later one says whether it is rejected.';

      CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        alg text NOT NULL CHECK (alg IN ('ES256', 'RS256')),
        state text NOT NULL CHECK (state IN ('next', 'current', 'retiring')),
        public_jwk jsonb NOT NULL,
        private_sealed bytea,
        key_encryption_key_id text NOT NULL,
        created_at timestamptz NOT NULL,
        activated_at timestamptz,
        retired_at timestamptz,
        CONSTRAINT signing_key_private_part CHECK ((private_sealed IS NULL) = (state = 'retiring')),
        CONSTRAINT signing_key_times CHECK (
          (activated_at IS NULL) = (state = 'next') AND (retired_at IS NULL) = (state <> 'retiring')
        )
      );
      CREATE UNIQUE INDEX signing_key_one_current ON signing_key (alg) WHERE state = 'current';
      CREATE UNIQUE INDEX signing_key_one_next ON signing_key (alg) WHERE state = 'next';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE signing_key, oidc_session_alias, oidc_session, oidc_replay, oidc_artifact, oidc_transient',
    );
    await runner.query('DROP FUNCTION merge_session_authorizations, merge_grant, texts_of, distinct_words, words_of');
  }
}
