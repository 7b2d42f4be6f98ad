import { createHmac } from 'node:crypto';
import { rowsOf } from '../platform/rows.ts';
import type { Transaction } from '../platform/transaction.ts';

/** Mails a stranger can cause by typing an address. Notices of what happened to an account are never held back. */
export type RequestedMail = 'code' | 'no-account';

export type MailAllowance = {
  /**
   * Takes one mail to this address out of the allowance: 3 an hour and 10 a day, of which one a day says that there is no
   * account. @returns false where none is left; the page says the same either way. One statement.
   * @param address in the form in which addresses are compared
   */
  readonly allow: (
    tx: Transaction,
    mail: { readonly address: string; readonly kind: RequestedMail; readonly at: Date },
  ) => Promise<boolean>;
};

const sentWithin = (interval: string): string =>
  `(SELECT count(*) FROM unnest(m.sent_at) AS sent WHERE sent > $2::timestamptz - interval '${interval}')`;
const keptADay = `ARRAY(SELECT sent FROM unnest(m.sent_at) AS sent WHERE sent > $2 - interval '1 day') || $2::timestamptz`;

/** Takes one of this kind for each row of `from`, under the lock of its row. */
function take({ kind, from, limit }: { readonly kind: string; readonly from: string; readonly limit: string }): string {
  return `
    INSERT INTO mail_allowance AS m (address, kind, sent_at, expires_at)
    SELECT $1::bytea, '${kind}', ARRAY[$2::timestamptz], $2 + interval '1 day' FROM ${from}
    ON CONFLICT (address, kind) DO UPDATE SET sent_at = ${keptADay}, expires_at = excluded.expires_at
    WHERE ${limit}
    RETURNING true AS taken`;
}

const anyMail = { kind: 'any', limit: `${sentWithin('1 hour')} < 3 AND ${sentWithin('1 day')} < 10` };
const noAccount = { kind: 'no-account', limit: `${sentWithin('1 day')} < 1` };

const statements: Readonly<Record<RequestedMail, string>> = {
  code: take({ ...anyMail, from: '(VALUES (true)) AS one' }),
  'no-account': `
    WITH first AS (${take({ ...noAccount, from: '(VALUES (true)) AS one' })})
    ${take({ ...anyMail, from: 'first' })}`,
};

/** @param secret at least 32 bytes, shared by all instances: the table doesn't tell whom was written to */
export function createMailAllowance(secret: Uint8Array): MailAllowance {
  return {
    async allow(tx, { address, kind, at }) {
      const key = createHmac('sha256', secret).update(`mail-allowance\0${address}`).digest();
      return (await rowsOf(tx, statements[kind], [key, at])).length > 0;
    },
  };
}
