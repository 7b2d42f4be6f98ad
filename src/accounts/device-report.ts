import type { Device } from '../platform/device-in-words.ts';
import { maskEmailAddress } from './email-address.ts';
import { newAttemptMark } from './mailed-codes.ts';
import { type AccountsContext, askedFor, eventFrame, type Origin } from './ports.ts';
import { takeAddedSince } from './recovery-guard.ts';
import { consumeReport, findReportable } from './sign-in-device-repository.ts';
import { openDevice } from './sign-ins.ts';

/** The sign-in a link is about, for who has to say whether it was theirs. */
export type ReportableSignIn = {
  readonly device: Device;
  readonly signedInAt: Date;
  /** Masked. */
  readonly email: string;
};

export type DeviceReportOutcome = { readonly kind: 'reported' } | { readonly kind: 'over' };

/**
 * "It wasn't me": the link in the notice of a new device. Whoever signed in there knew the password, so it goes, with all
 * sessions, codes, known devices, and authenticators added since; the person comes back by recovery. It takes rights
 * away and gives none.
 */
export function createDeviceReport(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, encryption, audit, enqueue, endSessions, clock } = context;
  const { passwords, removeAddedSince } = context;

  /** What the button is about, for the page a GET shows. Changes nothing. @returns undefined where the link is over */
  function preview(token: string): Promise<ReportableSignIn | undefined> {
    return inTransaction(async (tx) => {
      const signIn = await findReportable(tx, { token, at: clock.now() });
      const account = signIn && (await accounts.findActive(tx, signIn.accountId));
      if (signIn === undefined || !account?.email) {
        return undefined;
      }
      const device = openDevice(encryption, { dataKey: account.dataKey, ...signIn });
      return { device, signedInAt: signIn.signedInAt, email: maskEmailAddress(account.email.address) };
    });
  }

  /** Works once, for all links of the account together. */
  async function report(form: { readonly token: string; readonly origin: Origin }): Promise<DeviceReportOutcome> {
    const { token, origin } = form;
    const mark = newAttemptMark();
    const at = clock.now();
    return inTransaction(async (tx) => {
      const used = await consumeReport(tx, { token, mark, at });
      const account = used && (await accounts.findActive(tx, used.accountId));
      if (used === undefined || account === undefined) {
        return { kind: 'over' };
      }
      const { id: accountId } = account;
      await passwords.remove(tx, accountId);
      await takeAddedSince(tx, { accountId, at, since: used.since, removeAddedSince });
      await mailedCodes.voidAll(tx, accountId);
      // Also forgets the known devices: those that signed in before this moment are strangers. @see isNewDevice
      await accounts.endSessions(tx, { accountId, at });
      await endSessions(tx, { accountId, at });
      const frame = eventFrame(account, origin);
      await audit.record(tx, { ...frame, kind: 'device-reported', details: {} });
      await audit.record(tx, { ...frame, kind: 'sessions-ended', details: { because: 'device-reported' } });
      const asked = askedFor(origin, at);
      const letter = { to: { accountId }, locale: account.locale, asked, template: 'device-reported' } as const;
      await enqueue(tx, { kind: 'mail', letter });
      return { kind: 'reported' };
    });
  }

  return { preview, report };
}
