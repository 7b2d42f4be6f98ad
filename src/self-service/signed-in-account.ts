import type { Account } from '../accounts/account.ts';
import type { Accounts } from '../accounts/module.ts';
import { AppError } from '../platform/app-error.ts';
import type { Transaction } from '../platform/transaction.ts';

export type FindOwnAccount = (accountId: string) => Promise<Account>;

/** The account of somebody the policy just admitted. @throws AppError `not-found` where it was closed since */
export function createFindOwnAccount({
  accounts,
  pool,
}: {
  readonly accounts: Pick<Accounts, 'findActive'>;
  readonly pool: Transaction;
}): FindOwnAccount {
  return async (accountId) => {
    const account = await accounts.findActive(pool, accountId);
    if (!account) throw new AppError('not-found');
    return account;
  };
}
