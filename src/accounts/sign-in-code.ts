import { activeAccountOf } from './account.ts';
import { createCodeFlow } from './code-flow.ts';
import type { EmailAddress } from './email-address.ts';
import { newAttemptMark } from './mailed-codes.ts';
import type { AccountsContext } from './ports.ts';

const purpose = 'sign-in';

/**
 * The second key of an account whose password strangers keep guessing: an unknown device types a mailed code before its
 * password is looked at. It opens the throttle and proves nothing about the person.
 */
export function createSignInCode(context: AccountsContext) {
  const { inTransaction, mailedCodes } = context;
  const flow = createCodeFlow(context, {
    purpose,
    accountOf: activeAccountOf,
    letterOf: ({ email, owner, code }) => {
      const accountId = activeAccountOf(owner);
      return accountId === null
        ? { to: { address: email.display }, allowance: 'no-account', template: 'no-account' }
        : { to: { accountId }, allowance: 'code', template: 'sign-in-code', code };
    },
  });

  /** Uses the proof up for one password check. @returns false where it isn't proved, or for another address */
  async function spend({ handle, email }: { readonly handle: string; readonly email: EmailAddress }): Promise<boolean> {
    const mark = newAttemptMark();
    const spent = await inTransaction((tx) => mailedCodes.consume(tx, { purpose, handle, mark, email }));
    return spent !== undefined;
  }

  return { ...flow, spend };
}
