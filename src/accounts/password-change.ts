import { type AccountsContext, askedFor, eventFrame, type Origin } from './ports.ts';

export type PasswordChangeOutcome =
  | { readonly kind: 'changed' }
  | { readonly kind: 'password-refused'; readonly reasons: readonly string[] }
  | { readonly kind: 'over' };

/**
 * A new password for a signed-in person. The caller has asked for fresh proof of the account. Every other session ends,
 * and whatever codes are out are void: the old password may have been somebody else's too.
 */
export function createPasswordChange(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, audit, enqueue, endSessions, passwords, clock } = context;

  return async function changePassword(form: {
    readonly accountId: string;
    readonly password: string;
    /** The session this is asked in, which goes on. */
    readonly sessionUid: string;
    readonly origin: Origin;
  }): Promise<PasswordChangeOutcome> {
    const { accountId, password, sessionUid, origin } = form;
    const account = await inTransaction((tx) => accounts.findActive(tx, accountId));
    if (account === undefined) {
      return { kind: 'over' };
    }
    const judgement = passwords.judge(password, { email: account.email?.address });
    if (judgement.kind === 'refused') {
      return { kind: 'password-refused', reasons: judgement.reasons };
    }
    const hash = await passwords.hash(password);
    const at = clock.now();
    await inTransaction(async (tx) => {
      await passwords.set(tx, { ...hash, accountId, longEnough: true, at });
      await mailedCodes.voidAll(tx, accountId);
      await endSessions(tx, { accountId, at, except: sessionUid });
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'password-changed', details: {} });
      const details = { because: 'password-changed' } as const;
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'sessions-ended', details });
      const notice = { to: { accountId }, locale: account.locale, asked: askedFor(origin, at) } as const;
      await enqueue(tx, { kind: 'mail', letter: { ...notice, template: 'password-changed' } });
    });
    return { kind: 'changed' };
  };
}
