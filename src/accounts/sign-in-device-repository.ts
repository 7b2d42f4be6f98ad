import { rowsOf } from '../platform/rows.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { write } from '../platform/write.ts';
import type { AttemptMark } from './mailed-codes.ts';
import type { UntoldReclaim } from './recovery-attempt-repository.ts';

/** With what an account signed in, as it rests. */
export type SignInDeviceRow = {
  readonly loginId: Buffer;
  readonly accountId: string;
  readonly deviceSealed: Buffer;
  readonly signedInAt: Date;
};

type Nullable<Row> = { readonly [Column in keyof Row]: Row[Column] | null };

const columns =
  'login_id AS "loginId", account_id AS "accountId", device_sealed AS "deviceSealed", signed_in_at AS "signedInAt"';
// Used by nobody yet, or by this very attempt, whose answer was lost.
const isUnused = '(reported_at IS NULL OR reported_by = $3)';

type KeptDevice = SignInDeviceRow & { readonly expiresAt: Date };

/** Keeps the device of a sign-in of which nobody hears, once per login and account. */
export async function keepSignInDevice(tx: Transaction, device: KeptDevice): Promise<void> {
  await write(tx, {
    text: `INSERT INTO sign_in_device (login_id, account_id, device_sealed, signed_in_at, expires_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (login_id, account_id) DO NOTHING`,
    values: [device.loginId, device.accountId, device.deviceSealed, device.signedInAt, device.expiresAt],
  });
}

/**
 * Keeps the device of a sign-in, once per login and account. A link is kept with it unless the account was told of three
 * within an hour or ten within a day. These limits are the notice's own: the allowance of mails that anybody can ask for
 * would let a stranger use up the warning before they sign in.
 *
 * Whoever waits for the account with an eID is found by the same statement, once each: the owner is here, and is to hear
 * of it.
 * @returns `told`: whether the link was kept, and so has to be mailed; false for a login that was kept before
 */
export async function insertSignInDevice(
  tx: Transaction,
  device: KeptDevice & { readonly link: { readonly token: string; readonly until: Date } | undefined },
): Promise<{ readonly told: boolean; readonly reclaims: readonly UntoldReclaim[] }> {
  const rows = await rowsOf<{ readonly told: boolean } & Partial<Nullable<UntoldReclaim>>>(
    tx,
    `WITH reclaims AS (
       UPDATE recovery_attempt SET notices_sent = notices_sent || 'sign-in'::text
       WHERE account_id = $2 AND state = 'reclaiming' AND expires_at > $4 AND 'sign-in' <> ALL (notices_sent)
       RETURNING id, ready_at, expires_at, notice_sealed
     ), kept AS (INSERT INTO sign_in_device
       (login_id, account_id, device_sealed, signed_in_at, expires_at, report_token_hash, report_until)
     SELECT $1::bytea, $2::uuid, $3::bytea, $4::timestamptz, $5::timestamptz, link.token_hash, link.until
     FROM (VALUES (true)) AS one
     LEFT JOIN (
       SELECT $6::bytea AS token_hash, $7::timestamptz AS until
       FROM sign_in_device
       WHERE account_id = $2 AND report_token_hash IS NOT NULL AND signed_in_at > $4::timestamptz - interval '1 day'
       HAVING $6::bytea IS NOT NULL AND count(*) < 10
         AND count(*) FILTER (WHERE signed_in_at > $4::timestamptz - interval '1 hour') < 3
     ) AS link ON true
     ON CONFLICT (login_id, account_id) DO NOTHING
     RETURNING report_token_hash IS NOT NULL AS told)
     SELECT coalesce((SELECT told FROM kept), false) AS told, r.id, r.ready_at AS "readyAt", r.expires_at AS "endsAt",
       r.notice_sealed AS "noticeSealed"
     FROM (VALUES (true)) AS one LEFT JOIN reclaims r ON true`,
    [
      device.loginId,
      device.accountId,
      device.deviceSealed,
      device.signedInAt,
      device.expiresAt,
      device.link ? sha256(device.link.token) : null,
      device.link?.until ?? null,
    ],
  );
  const reclaims = rows.flatMap(({ id, readyAt, endsAt, noticeSealed }) =>
    id && readyAt && endsAt && noticeSealed ? [{ id, readyAt, endsAt, noticeSealed }] : [],
  );
  return { told: rows[0]?.told ?? false, reclaims };
}

/** The devices of these logins, as far as they are this account's. */
export function findSignInDevices(
  tx: Transaction,
  { accountId, loginIds }: { readonly accountId: string; readonly loginIds: readonly Buffer[] },
): Promise<readonly SignInDeviceRow[]> {
  return rowsOf<SignInDeviceRow>(
    tx,
    `SELECT ${columns} FROM sign_in_device WHERE account_id = $1 AND login_id = ANY($2)`,
    [accountId, loginIds],
  );
}

/** The sign-in that a link of ours can still report, for the page that asks before it does. */
export async function findReportable(
  tx: Transaction,
  { token, at }: { readonly token: string; readonly at: Date },
): Promise<SignInDeviceRow | undefined> {
  const [row] = await rowsOf<SignInDeviceRow>(
    tx,
    `SELECT ${columns} FROM sign_in_device WHERE report_token_hash = $1 AND report_until > $2 AND reported_at IS NULL`,
    [sha256(token), at],
  );
  return row;
}

type UsedLink = {
  readonly accountId: string;
  readonly signedInAt: Date;
  readonly wasLive: boolean;
  readonly isOwn: boolean;
};

/**
 * Uses a link up, once under any parallelism, and with it every other link of the account: whatever they could end ends
 * now, and none of them may end what comes after. @returns `since`: when what the first of them is about began
 */
export async function consumeReport(
  tx: Transaction,
  { token, mark, at }: { readonly token: string; readonly mark: AttemptMark; readonly at: Date },
): Promise<{ readonly accountId: string; readonly since: Date } | undefined> {
  const hash = sha256(token);
  const used = await rowsOf<UsedLink>(
    tx,
    `UPDATE sign_in_device SET reported_at = $2, reported_by = $3
     WHERE report_token_hash IS NOT NULL AND ${isUnused} AND account_id = (
       SELECT account_id FROM sign_in_device
       WHERE report_token_hash = $1 AND report_until > $2 AND ${isUnused} FOR UPDATE)
     RETURNING account_id AS "accountId", signed_in_at AS "signedInAt", report_until > $2 AS "wasLive",
       report_token_hash = $1 AS "isOwn"`,
    [hash, at, mark],
  );
  const own = used.find(({ isOwn }) => isOwn);
  if (!own) return undefined;
  const live = used.filter(({ wasLive }) => wasLive).map(({ signedInAt }) => signedInAt.getTime());
  return { accountId: own.accountId, since: new Date(Math.min(...live)) };
}
