import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { AllowRequest } from '../authentication/source-allowance.ts';
import { passwordMinCharacters } from '../authenticators/password-policy.ts';
import { newPasswordProblem, unlessOverloaded } from '../authenticators/password-problem.ts';
import type { Pages } from '../http/pages.ts';
import { originOf } from '../http/request-context.ts';
import type { Policy, Route } from '../http/route.ts';
import type { Clock } from '../platform/clock.ts';
import { createAddressSteps } from './address-steps.ts';
import type { AskedCode } from './code-steps.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { forgetSession } from './forget-session.ts';
import { newPasswordForm } from './interaction.forms.ts';
import type { LoginPages } from './login-pages.ts';
import { type LoginRecord, signInOf } from './login-record.ts';
import type { OpenLogin } from './open-login.ts';
import { createFurtherRecovery } from './recovery-further.routes.ts';

export type RecoveryDependencies = {
  readonly openLoginPolicy: Policy<OpenLogin>;
  readonly pages: LoginPages;
  readonly recovery: Accounts['recovery'];
  readonly recoveryProofs: Accounts['recoveryProofs'];
  readonly recoveryWaiting: Accounts['recoveryWaiting'];
  readonly allowRequest: AllowRequest;
  readonly record: LoginRecord;
  readonly device: DeviceCookie;
  readonly clock: Clock;
  readonly secureCookies: boolean;
};

type PasswordProblem = Pages['accounts/new-password']['problem'];

/**
 * A lost password inside of a login: address, mailed code, what else the account asks for, new password; the login goes
 * on as aal1.
 */
export function createRecoveryRoutes(dependencies: RecoveryDependencies): readonly Route[] {
  const { pages, recovery, record, clock } = dependencies;
  const address = createAddressSteps({
    ...dependencies,
    flow: recovery,
    name: 'recovery',
    suffix: '/recover',
    emailPage: 'accounts/recover-email',
    codePage: 'accounts/recover-code',
  });
  const { pathOf, email, step } = address;

  const further = createFurtherRecovery({ ...dependencies, address, afterTheEnd });

  function showPassword(
    ctx: Context,
    login: OpenLogin,
    shown: { readonly asked: AskedCode; readonly problem?: PasswordProblem },
  ): void {
    pages.show(ctx, login, {
      name: 'accounts/new-password',
      selfUrl: `${pathOf(login)}/password`,
      data: {
        action: `${pathOf(login)}/password`,
        minimumLength: passwordMinCharacters,
        email: shown.asked.email.display,
        problem: shown.problem,
      },
    });
  }

  async function choosePassword(ctx: Context, login: OpenLogin): Promise<void> {
    const asked = await address.proved(ctx, login);
    if (!asked) return;
    const standing = await recovery.standing(asked.handle);
    if (!standing) return email.startOver(ctx, login);
    return standing.need.kind === 'recovers' ? showPassword(ctx, login, { asked }) : further.goOn(ctx, login, standing);
  }

  async function submitPassword(ctx: Context, login: OpenLogin): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, login);
    const asked = await address.asked(ctx);
    if (!asked?.proved) return afterTheEnd(ctx, login);
    const again = (problem: PasswordProblem): void => showPassword(ctx, login, { asked, problem });
    if (isStale) return again({ kind: 'expired-form' });

    await record.open(login);
    const outcome = await unlessOverloaded(() =>
      recovery.complete({
        handle: asked.handle,
        password: newPasswordForm.parse(fields).new_password,
        origin: originOf(ctx),
        whenRecovered: (tx, accountId) => record.recovered(tx, login, { accountId, signIn: signInOf(ctx, login) }),
      }),
    );
    switch (outcome.kind) {
      case 'recovered':
        if (login.session?.accountId === outcome.accountId) await forgetSession(login.interaction, clock);
        address.forget(ctx, login);
        dependencies.device.remember(ctx, asked.email.lookup);
        return pages.goTo(ctx, `${pathOf(login)}/done`);
      case 'more-proof-needed':
        return pages.goTo(ctx, `${pathOf(login)}/password`);
      case 'password-refused':
        return again(newPasswordProblem(outcome.reasons));
      case 'overloaded':
        return again(outcome);
      case 'over':
        return afterTheEnd(ctx, login);
    }
  }

  /** A second click finds the password set and the login further on; a person who took too long begins again. */
  async function afterTheEnd(ctx: Context, login: OpenLogin): Promise<void> {
    const recovered = (await record.current(login))?.recovered;
    return recovered ? pages.goTo(ctx, `${pathOf(login)}/done`) : email.startOver(ctx, login);
  }

  async function showDone(ctx: Context, login: OpenLogin): Promise<void> {
    if (!login.login?.recovered) return pages.backToHub(ctx, login);
    pages.show(ctx, login, { name: 'accounts/recovered', data: { continueUrl: login.path } });
  }

  return [
    ...address.routes,
    ...further.routes,
    step('GET', '/password', choosePassword),
    step('POST', '/password', submitPassword),
    step('GET', '/done', showDone),
  ];
}
