import { isAddressTaken } from './address-taken.ts';
import { maskEmailAddress } from './email-address.ts';
import { newAttemptMark } from './mailed-codes.ts';
import { type AccountsContext, askedFor, eventFrame, type Origin } from './ports.ts';
import { takeAddedSince } from './recovery-guard.ts';
import { consumeUndoLink, findUndoLink } from './undo-link-repository.ts';

export type EmailChangeUndoOutcome =
  | { readonly kind: 'undone'; readonly accountId: string }
  /** The old address has become the login address of another account meanwhile. */
  | { readonly kind: 'address-taken' }
  | { readonly kind: 'over' };

/**
 * "It wasn't me": the link in the notice to the old address. Whoever changed the address knew the password and may hold
 * sessions, codes, links and authenticators added since, so all of them go, and the person comes back by recovery to the
 * restored address.
 */
export function createEmailChangeUndo(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, audit, enqueue, endSessions, passwords, clock } = context;
  const { removeAddedSince } = context;

  /** What the button will do, for the page a GET shows. Changes nothing. @returns the address, masked */
  function preview(token: string): Promise<string | undefined> {
    return inTransaction(async (tx) => {
      const link = await findUndoLink(tx, { token, at: clock.now() });
      const account = link && (await accounts.findActive(tx, link.accountId));
      const address = account && (await accounts.findEmail(tx, { account, identifierId: link.identifierId }));
      return address && maskEmailAddress(address);
    });
  }

  /** Restores the old address. Works once, and takes every later change of the address back with it. */
  async function undo(form: { readonly token: string; readonly origin: Origin }): Promise<EmailChangeUndoOutcome> {
    const { token, origin } = form;
    const mark = newAttemptMark();
    const at = clock.now();
    try {
      return await inTransaction(async (tx) => {
        const link = await consumeUndoLink(tx, { token, mark, at });
        const account = link && (await accounts.findActive(tx, link.accountId));
        if (link === undefined || account === undefined) {
          return { kind: 'over' };
        }
        const { id: accountId } = account;
        await accounts.restoreEmail(tx, { account, identifierId: link.identifierId, at });
        await passwords.remove(tx, accountId);
        await takeAddedSince(tx, { accountId, at, since: link.createdAt, removeAddedSince });
        await mailedCodes.voidAll(tx, accountId);
        await accounts.endSessions(tx, { accountId, at });
        await endSessions(tx, { accountId, at });
        const frame = eventFrame(account, origin);
        await audit.record(tx, { ...frame, kind: 'email-change-undone', details: {} });
        await audit.record(tx, { ...frame, kind: 'sessions-ended', details: { because: 'email-change-undone' } });
        const asked = askedFor(origin, at);
        const letter = { to: { accountId }, locale: account.locale, asked, template: 'email-change-undone' } as const;
        await enqueue(tx, { kind: 'mail', letter });
        return { kind: 'undone', accountId };
      });
    } catch (error) {
      if (isAddressTaken(error)) {
        return { kind: 'address-taken' };
      }
      throw error;
    }
  }

  return { preview, undo };
}
