import type { Context } from 'koa';
import type { Account } from '../accounts/account.ts';
import { parseEmailAddress } from '../accounts/email-address.ts';
import type { Accounts } from '../accounts/module.ts';
import type { Authentication } from '../authentication/module.ts';
import { originOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { passkeyBindingOf, type ShowIdentify } from './identify-page.ts';
import { sharedDeviceForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import { type LoginRecord, signInOf } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';

export type PasskeySignInDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly show: ShowIdentify;
  readonly provePasskey: Authentication['provePasskey'];
  readonly record: LoginRecord;
  readonly device: DeviceCookie;
  readonly signIns: Pick<Accounts['signIns'], 'record'>;
};

type SignedInAt = { readonly login: OpenLogin; readonly account: Account };

/** What a browser is known by: the address of the account, in the form in which two spellings are the same. */
function identifierOf({ email }: Account): string | undefined {
  return parseEmailAddress(email?.address ?? '')?.lookup;
}

/** Signing in by a passkey that says itself whose it is. Never throttled: no stranger can lock it. */
export function createPasskeySignInRoutes(dependencies: PasskeySignInDependencies): readonly Route[] {
  const { pages, show, record, device } = dependencies;

  async function recordSignIn(tx: Transaction, ctx: Context, { login, account }: SignedInAt): Promise<void> {
    const identifier = identifierOf(account);
    const knownSince = identifier === undefined ? undefined : device.knownSince(ctx, identifier);
    await dependencies.signIns.record(tx, { account, signIn: signInOf(ctx, login), knownSince });
  }

  function remember(ctx: Context, account: Account): void {
    const identifier = identifierOf(account);
    if (identifier !== undefined) device.remember(ctx, identifier);
  }

  async function submit(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    if (isStale) return show(ctx, login, { problem: { kind: 'expired-form' } });
    await record.open(login);
    const sharedDevice = sharedDeviceForm.safeParse(fields).data?.shared_device !== undefined;
    const outcome = await dependencies.provePasskey({
      response: fields['response'],
      binding: passkeyBindingOf(login),
      accountId: undefined,
      origin: originOf(ctx),
      whenProved: async (tx, { account, evidence }) => {
        await record.proved(tx, login, { accountId: account.id, evidence, sharedDevice });
        await recordSignIn(tx, ctx, { login, account });
      },
    });
    if (outcome.kind === 'over') return afterTheEnd(ctx, login);
    if (outcome.kind === 'not-accepted') return show(ctx, login, { problem: { kind: 'passkey-refused' } });
    if (!sharedDevice) remember(ctx, outcome.account);
    pages.backToHub(ctx, login);
  }

  /** A double click has signed in already; a page that was open for long gets a fresh challenge. */
  async function afterTheEnd(ctx: Context, login: OpenLogin): Promise<void> {
    const { accountId } = (await record.current(login)) ?? {};
    if (accountId !== undefined) return pages.backToHub(ctx, login);
    await show(ctx, login, { problem: { kind: 'passkey-over' } });
  }

  return [
    route({
      method: 'POST',
      path: '/interaction/:uid/passkey',
      policy: dependencies.openLoginPolicy,
      handle: submit,
    }),
  ];
}
