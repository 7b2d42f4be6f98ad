import { newSecretToken } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { Account, SubjectRef } from './account.ts';
import type { NewAccount } from './account-repository.ts';
import { dataKeyContext } from './account-row.ts';
import { type AccountsContext, eventFrame, type Origin } from './ports.ts';

/** An account that is to be made, the same in every repetition of its transaction. */
export type PreparedAccount = Pick<NewAccount, 'id' | 'subjectRef' | 'locale' | 'dataKey' | 'at'>;

/**
 * Accounts of people who come without an e-mail address, by an eID. What makes the account theirs is stored in the same
 * transaction by whoever calls.
 */
export function createUnaddressedAccounts({ accounts, encryption, audit, clock }: AccountsContext) {
  return {
    /** Makes ids and keys; nothing is stored. */
    async prepare({ locale }: Pick<Origin, 'locale'>): Promise<PreparedAccount> {
      const id = newUuid(clock);
      const dataKey = await encryption.newDataKey(dataKeyContext(id));
      return { id, subjectRef: newSecretToken() as SubjectRef, locale, dataKey, at: clock.now() };
    },

    /** The account, opened. Safe to repeat. */
    async insert(
      tx: Transaction,
      { prepared, origin }: { readonly prepared: PreparedAccount; readonly origin: Origin },
    ): Promise<Account> {
      await accounts.insertUnaddressed(tx, prepared);
      const account = await accounts.findActive(tx, prepared.id);
      if (!account) throw new TypeError('an account that was just made is there');
      await audit.record(tx, {
        ...eventFrame(account, origin),
        kind: 'account-registered',
        details: { method: 'eid' },
      });
      return account;
    },
  };
}
