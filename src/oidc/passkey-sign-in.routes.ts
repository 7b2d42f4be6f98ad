import type { Context } from 'koa';
import type { Authentication } from '../authentication/module.ts';
import { originOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import { passkeyBindingOf, type ShowIdentify } from './identify-page.ts';
import { sharedDeviceForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import type { LoginRecord } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';
import type { RecordSignIn, RememberBrowser } from './record-sign-in.ts';

export type PasskeySignInDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly show: ShowIdentify;
  readonly provePasskey: Authentication['provePasskey'];
  readonly record: LoginRecord;
  readonly recordSignIn: RecordSignIn;
  readonly rememberBrowser: RememberBrowser;
};

/** Signing in by a passkey that says itself whose it is. Never throttled: no stranger can lock it. */
export function createPasskeySignInRoutes(dependencies: PasskeySignInDependencies): readonly Route[] {
  const { pages, show, record } = dependencies;

  async function submit(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    if (isStale) return show(ctx, login, { problem: { kind: 'expired-form' } });
    const sharedDevice = sharedDeviceForm.safeParse(fields).data?.shared_device !== undefined;
    const outcome = await dependencies.provePasskey({
      response: fields['response'],
      binding: passkeyBindingOf(login),
      accountId: undefined,
      origin: originOf(ctx),
      whenProved: async (tx, { account, evidence }) => {
        await record.proved(tx, login, { accountId: account.id, evidence, sharedDevice });
        await dependencies.recordSignIn(tx, ctx, { login, account });
      },
    });
    if (outcome.kind === 'over') return afterTheEnd(ctx, login);
    if (outcome.kind === 'not-accepted') return show(ctx, login, { problem: { kind: 'passkey-refused' } });
    if (!sharedDevice) dependencies.rememberBrowser(ctx, outcome.account);
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
