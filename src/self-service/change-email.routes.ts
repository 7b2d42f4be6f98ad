import type { Context } from 'koa';
import { parseEmailAddress } from '../accounts/email-address.ts';
import { codeValidMinutes, proofTtlSeconds } from '../accounts/mailed-codes.ts';
import type { Accounts } from '../accounts/module.ts';
import type { AllowRequest } from '../authentication/source-allowance.ts';
import type { Pages } from '../http/pages.ts';
import { createPathCookie } from '../http/path-cookie.ts';
import { originOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { DeviceCookie } from '../oidc/device-cookie.ts';
import { changeEmailForm, codeForm } from './account.forms.ts';
import type { AccountPages } from './account-pages.ts';
import { paths } from './paths.ts';
import type { ProveAgain } from './prove-again.ts';
import type { Changing } from './proved-for-change.ts';
import type { FindOwnAccount } from './signed-in-account.ts';

export type ChangeEmailDependencies = {
  readonly provedForChange: Policy<Changing>;
  readonly pages: AccountPages;
  readonly findOwnAccount: FindOwnAccount;
  readonly proveAgain: ProveAgain;
  readonly emailChange: Accounts['emailChange'];
  readonly allowRequest: AllowRequest;
  readonly device: DeviceCookie;
  readonly secureCookies: boolean;
};

type FormPage = Pick<Pages['accounts/change-email'], 'email' | 'problem'>;
type CodePage = Pick<Pages['accounts/change-email-code'], 'problem' | 'resent'>;

const codePath = `${paths.changeEmail}/code`;

/** Another address to sign in with: password, then the code mailed to the new address. */
export function createChangeEmailRoutes(dependencies: ChangeEmailDependencies): readonly Route[] {
  const { provedForChange, pages, findOwnAccount, emailChange, secureCookies } = dependencies;
  const cookie = createPathCookie({ name: 'email-change', maxAgeSeconds: proofTtlSeconds, secureCookies });

  /** The request made in this browser, if it is this person's and not over. */
  async function asked(ctx: Context, { accountId }: Changing) {
    const handle = cookie.read(ctx);
    const request = handle === undefined ? undefined : await emailChange.pending(handle);
    return handle !== undefined && request?.accountId === accountId ? { handle, email: request.email } : undefined;
  }

  async function showForm(ctx: Context, person: Changing, page: FormPage = {}): Promise<void> {
    const account = await findOwnAccount(person.accountId);
    const { asksPassword } = person;
    const frame = {
      action: paths.changeEmail,
      currentEmail: account.email?.address,
      asksPassword,
      cancelUrl: paths.home,
    };
    pages.show(ctx, person, { name: 'accounts/change-email', selfUrl: paths.changeEmail, data: { ...frame, ...page } });
  }

  function showCode(ctx: Context, person: Changing, page: CodePage & { readonly email: string }): void {
    pages.show(ctx, person, {
      name: 'accounts/change-email-code',
      selfUrl: codePath,
      data: {
        action: codePath,
        resendAction: `${paths.changeEmail}/resend`,
        changeUrl: paths.changeEmail,
        validMinutes: codeValidMinutes,
        ...page,
      },
    });
  }

  async function submit(ctx: Context, person: Changing): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, person);
    const form = changeEmailForm.parse(fields);
    const again = (problem: FormPage['problem']) => showForm(ctx, person, { email: form.email.slice(0, 320), problem });
    if (isStale) return again({ kind: 'expired-form' });
    const email = parseEmailAddress(form.email);
    if (!email) return again({ kind: 'malformed-email' });
    const account = await findOwnAccount(person.accountId);
    if (person.asksPassword) {
      const proof = await dependencies.proveAgain(ctx, { account, password: form.password });
      if (proof.kind !== 'proved') return again(proof);
    }
    const origin = originOf(ctx);
    const decision = await dependencies.allowRequest(origin);
    if (decision.kind === 'throttled') return again(decision);
    const outcome = await emailChange.start({ accountId: person.accountId, email, origin });
    switch (outcome.kind) {
      case 'sent':
        cookie.write(ctx, { path: paths.changeEmail, value: outcome.handle });
        return pages.goTo(ctx, codePath);
      case 'unchanged':
        return again({ kind: 'same-email' });
      case 'cooling-down':
        return again(outcome);
      case 'over':
        return again({ kind: 'code-over' });
    }
  }

  async function waitForCode(ctx: Context, person: Changing): Promise<void> {
    const request = await asked(ctx, person);
    if (!request) return pages.goTo(ctx, paths.changeEmail);
    showCode(ctx, person, { email: request.email.display, resent: ctx.query['resent'] !== undefined });
  }

  async function typeCode(ctx: Context, person: Changing): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, person);
    const request = await asked(ctx, person);
    if (!request) return afterTheEnd(ctx, person);
    const again = (problem: CodePage['problem']): void =>
      showCode(ctx, person, { email: request.email.display, problem });
    if (isStale) return again({ kind: 'expired-form' });
    const { accountId } = person;
    const { handle } = request;
    const typed = codeForm.parse(fields).code;
    const outcome = await emailChange.confirm({ accountId, handle, typed, origin: originOf(ctx) });
    switch (outcome.kind) {
      case 'changed':
        cookie.clear(ctx, paths.changeEmail);
        dependencies.device.remember(ctx, request.email.lookup);
        return pages.goTo(ctx, `${paths.home}?notice=email-changed`);
      case 'wrong':
        return again(outcome.triesLeft > 0 ? { ...outcome, kind: 'wrong-code' } : { kind: 'expired-code' });
      case 'address-taken':
        return showForm(ctx, person, { email: request.email.display, problem: { kind: 'address-taken' } });
      case 'over':
        return (await asked(ctx, person)) ? again({ kind: 'expired-code' }) : afterTheEnd(ctx, person);
    }
  }

  /** A second click finds nothing to prove any more: the home page shows which address it is now. */
  async function afterTheEnd(ctx: Context, person: Changing): Promise<void> {
    if (cookie.read(ctx) === undefined) return pages.goTo(ctx, paths.home);
    await showForm(ctx, person, { problem: { kind: 'code-over' } });
  }

  async function mailAgain(ctx: Context, person: Changing): Promise<void> {
    const { isStale } = await pages.readStep(ctx, person);
    const request = await asked(ctx, person);
    if (!request) return afterTheEnd(ctx, person);
    if (isStale) return showCode(ctx, person, { email: request.email.display, problem: { kind: 'expired-form' } });
    await emailChange.resend({ handle: request.handle, origin: originOf(ctx) });
    pages.goTo(ctx, `${codePath}?resent=yes`);
  }

  const step = (method: Route['method'], path: string, handle: typeof submit): Route =>
    route({ method, path, policy: provedForChange, handle });

  return [
    step('GET', paths.changeEmail, (ctx, person) => showForm(ctx, person)),
    step('POST', paths.changeEmail, submit),
    step('GET', codePath, waitForCode),
    step('POST', codePath, typeCode),
    step('POST', `${paths.changeEmail}/resend`, mailAgain),
  ];
}
