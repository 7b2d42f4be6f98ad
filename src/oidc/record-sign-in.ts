import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import { parseEmailAddress } from '../accounts/email-address.ts';
import type { Accounts } from '../accounts/module.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { signInOf } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';

type SignedInAt = { readonly login: OpenLogin; readonly account: Account };

/** Keeps with which browser somebody signed in, in the transaction that took their proof. */
export type RecordSignIn = (tx: Transaction, ctx: Context, at: SignedInAt) => Promise<void>;

export type RememberBrowser = (ctx: Context, account: Account) => void;

/** What a browser is known by: the address of the account, in the form in which two spellings are the same. */
function identifierOf({ email }: Account): string | undefined {
  return parseEmailAddress(email?.address ?? '')?.lookup;
}

/** For ways of signing in that say themselves whose they are. */
export function createRecordSignIn({
  device,
  signIns,
}: {
  readonly device: DeviceCookie;
  readonly signIns: Pick<Accounts['signIns'], 'record'>;
}): { readonly recordSignIn: RecordSignIn; readonly rememberBrowser: RememberBrowser } {
  return {
    async recordSignIn(tx, ctx, { login, account }) {
      const identifier = identifierOf(account);
      const knownSince = identifier === undefined ? undefined : device.knownSince(ctx, identifier);
      await signIns.record(tx, { account, signIn: signInOf(ctx, login), knownSince });
    },
    rememberBrowser(ctx, account) {
      const identifier = identifierOf(account);
      if (identifier !== undefined) device.remember(ctx, identifier);
    },
  };
}
