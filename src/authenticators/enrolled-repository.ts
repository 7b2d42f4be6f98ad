import type { IdentityStanding } from '../accounts/verified-identity.ts';
import { createCoalescer } from '../platform/coalescer.ts';
import { rowsOf } from '../platform/rows.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';

/** What an account has to prove control with, by kind; what each is worth is decided elsewhere. */
export type Enrolled = {
  readonly password: boolean;
  /** When it was chosen, in whole seconds since 1970 UTC; null without one. */
  readonly passwordSince: number | null;
  readonly totp: boolean;
  /** At least one that wasn't used. */
  readonly recoveryCode: boolean;
  readonly passkey: boolean;
  /** Bound to its device, and of a model that the metadata vouched for. */
  readonly attestedPasskey: boolean;
  readonly securityKey: boolean;
  /** When the recovery codes of today were made, in whole seconds since 1970 UTC; null without any. */
  readonly recoveryCodesSince: number | null;
  /** The ids of its apps, passkeys and security keys, as lists of them tell it. */
  readonly authenticatorIds: readonly string[];
  /** The identities at eID sources that stand now. */
  readonly identities: readonly IdentityStanding[];
};

type StoredStanding = Omit<IdentityStanding, 'verifiedAt'> & { readonly verifiedAt: string };
type EnrolledRow = Omit<Enrolled, 'identities' | 'authenticatorIds'> & {
  readonly identities: readonly StoredStanding[];
  readonly appIds: readonly string[];
  readonly credentialIds: readonly string[];
};

// An unknown account has nothing.
const enrolledOf = (accountId: string): string => `
  SELECT EXISTS (SELECT FROM password_credential WHERE account_id = ${accountId}) AS password,
    (SELECT floor(extract(epoch FROM changed_at))::float8 FROM password_credential WHERE account_id = ${accountId})
      AS "passwordSince",
    EXISTS (SELECT FROM totp_authenticator WHERE account_id = ${accountId}) AS totp,
    ARRAY(SELECT id::text FROM totp_authenticator WHERE account_id = ${accountId}) AS "appIds",
    EXISTS (SELECT FROM recovery_code WHERE account_id = ${accountId} AND used_at IS NULL) AS "recoveryCode",
    (SELECT floor(extract(epoch FROM max(created_at)))::float8 FROM recovery_code WHERE account_id = ${accountId})
      AS "recoveryCodesSince",
    coalesce(array_agg(encode(credential_id, 'hex')) FILTER (WHERE credential_id IS NOT NULL), '{}') AS "credentialIds",
    coalesce(bool_or(kind = 'passkey'), false) AS passkey,
    coalesce(bool_or(attestation_format IS NOT NULL AND NOT backup_eligible), false) AS "attestedPasskey",
    coalesce(bool_or(kind = 'security-key'), false) AS "securityKey",
    ARRAY(
      SELECT json_build_object('source', e.source, 'level', e.level, 'verifiedAt', u.confirmed_at)
      FROM upstream_identity u JOIN identity_evidence e ON e.id = u.evidence_id
      WHERE u.account_id = ${accountId} AND u.removed_at IS NULL AND u.withdrawn_at IS NULL) AS identities
  FROM passkey WHERE account_id = ${accountId}`;

const enrolledOfOne = enrolledOf('$1');
const enrolledOfEach = `
  SELECT asked.account_id AS "accountId", enrolled.*
  FROM unnest($1::uuid[]) AS asked (account_id) CROSS JOIN LATERAL (${enrolledOf('asked.account_id')}) AS enrolled`;

function toEnrolled(row: EnrolledRow | undefined): Enrolled {
  if (!row) throw new TypeError('an aggregate answers one row');
  const { appIds, credentialIds, identities, ...enrolled } = row;
  return {
    ...enrolled,
    authenticatorIds: [...appIds, ...credentialIds.map((id) => Buffer.from(id, 'hex').toString('base64url'))],
    identities: identities.map((one) => ({ ...one, verifiedAt: new Date(one.verifiedAt) })),
  };
}

/** One statement, whatever the account has. */
export async function findEnrolled(tx: Transaction, accountId: string): Promise<Enrolled> {
  const [row] = await rowsOf<EnrolledRow>(tx, enrolledOfOne, [accountId]);
  return toEnrolled(row);
}

/** The same outside of any transaction: every page of a login asks, so the questions of one moment share a statement. */
export function createFindEnrolledNow(run: RunStatement): (accountId: string) => Promise<Enrolled> {
  return createCoalescer<string, Enrolled>({
    run: async (accountIds) => {
      const values = [[...new Set(accountIds)]];
      const rows = await run<EnrolledRow & { readonly accountId: string }>({
        name: 'enrolled-find',
        text: enrolledOfEach,
        values,
      });
      const found = new Map(rows.map(({ accountId, ...row }) => [accountId, row]));
      return accountIds.map((accountId) => toEnrolled(found.get(accountId)));
    },
  });
}

/** How many authenticators and eIDs were added since, recovery codes apart. */
export async function countAddedSince(
  tx: Transaction,
  { accountId, since }: { readonly accountId: string; readonly since: Date },
): Promise<number> {
  const [row] = await rowsOf<{ readonly added: number }>(
    tx,
    `SELECT (SELECT count(*) FROM totp_authenticator WHERE account_id = $1 AND created_at >= $2)::int
       + (SELECT count(*) FROM passkey WHERE account_id = $1 AND created_at >= $2)::int
       + (SELECT count(*) FROM upstream_identity WHERE account_id = $1 AND linked_at >= $2)::int AS added`,
    [accountId, since],
  );
  return row?.added ?? 0;
}

/**
 * Takes away every authenticator that was added from this moment on, recovery codes included. @returns how many of them
 * were second factors by which the account was guarded
 */
export async function removeAddedSince(
  tx: Transaction,
  { accountId, since }: { readonly accountId: string; readonly since: Date },
): Promise<{ readonly guards: number }> {
  const [row] = await rowsOf<{ readonly guards: number }>(
    tx,
    `WITH apps AS (DELETE FROM totp_authenticator WHERE account_id = $1 AND created_at >= $2 RETURNING true),
       codes AS (DELETE FROM recovery_code WHERE account_id = $1 AND created_at >= $2),
       keys AS (DELETE FROM passkey WHERE account_id = $1 AND created_at >= $2 RETURNING kind)
     SELECT (SELECT count(*) FROM apps)::int + (SELECT count(*) FROM keys WHERE kind = 'security-key')::int
       AS guards`,
    [accountId, since],
  );
  return { guards: row?.guards ?? 0 };
}
