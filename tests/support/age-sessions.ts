import type { TestInstallation } from './installation.ts';

/** As if this much time had passed for whoever is signed in: their accounts and sessions are this much older. */
export async function ageSessions({ database }: Pick<TestInstallation, 'database'>, seconds: number): Promise<void> {
  await database.dataSource.query(
    `UPDATE account SET sessions_valid_from = sessions_valid_from - make_interval(secs => $1)
     WHERE id::text IN (SELECT account_id FROM oidc_session WHERE ended_at IS NULL)`,
    [seconds],
  );
  // What was proved, and when the engine thinks the login was.
  await database.dataSource.query(
    `UPDATE oidc_session SET login_at = login_at - $1, payload = jsonb_set(jsonb_set(payload,
       '{loginTs}', to_jsonb((payload ->> 'loginTs')::bigint - $1::bigint)),
       '{amr,evidence}', (SELECT jsonb_agg(jsonb_set(one, '{provedAt}', to_jsonb((one ->> 'provedAt')::bigint - $1::bigint)))
         FROM jsonb_array_elements(payload #> '{amr,evidence}') AS one))
     WHERE ended_at IS NULL AND account_id IS NOT NULL`,
    [seconds],
  );
}
