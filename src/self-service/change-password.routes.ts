import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import { passwordMinCharacters } from '../authenticators/password-policy.ts';
import { newPasswordProblem, unlessOverloaded } from '../authenticators/password-problem.ts';
import type { Pages } from '../http/pages.ts';
import { originOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import { AppError } from '../platform/app-error.ts';
import { changePasswordForm } from './account.forms.ts';
import type { AccountPages } from './account-pages.ts';
import { paths } from './paths.ts';
import type { ProveAgain } from './prove-again.ts';
import type { Changing } from './proved-for-change.ts';
import type { FindOwnAccount } from './signed-in-account.ts';

export type ChangePasswordDependencies = {
  readonly provedForChange: Policy<Changing>;
  readonly pages: AccountPages;
  readonly findOwnAccount: FindOwnAccount;
  readonly proveAgain: ProveAgain;
  readonly changePassword: Accounts['changePassword'];
};

type Problem = Pages['accounts/change-password']['problem'];

/** A new password, for who has just proved the account. */
export function createChangePasswordRoutes(dependencies: ChangePasswordDependencies): readonly Route[] {
  const { provedForChange, pages, findOwnAccount, proveAgain } = dependencies;

  async function show(ctx: Context, person: Changing, problem?: Problem): Promise<void> {
    const account = await findOwnAccount(person.accountId);
    pages.show(ctx, person, {
      name: 'accounts/change-password',
      selfUrl: paths.changePassword,
      data: {
        action: paths.changePassword,
        email: account.email?.address,
        changeEmailUrl: paths.changeEmail,
        asksPassword: person.asksPassword,
        minimumLength: passwordMinCharacters,
        cancelUrl: paths.home,
        problem,
      },
    });
  }

  async function submit(ctx: Context, person: Changing): Promise<void> {
    const { fields, isStale } = await pages.readStep(ctx, person);
    if (isStale) return show(ctx, person, { kind: 'expired-form' });
    const form = changePasswordForm.parse(fields);
    const account = await findOwnAccount(person.accountId);
    if (person.asksPassword) {
      const proof = await proveAgain(ctx, { account, password: form.password });
      if (proof.kind !== 'proved') return show(ctx, person, proof);
    }
    const outcome = await unlessOverloaded(() =>
      dependencies.changePassword({
        accountId: person.accountId,
        password: form.new_password,
        sessionUid: person.sessionUid,
        origin: originOf(ctx),
      }),
    );
    switch (outcome.kind) {
      case 'changed':
        return pages.goTo(ctx, `${paths.home}?notice=password-changed`);
      case 'password-refused':
        return show(ctx, person, newPasswordProblem(outcome.reasons));
      case 'overloaded':
        return show(ctx, person, outcome);
      case 'over':
        throw new AppError('not-found');
    }
  }

  return [
    route({
      method: 'GET',
      path: paths.changePassword,
      policy: provedForChange,
      handle: (ctx, person) => show(ctx, person),
    }),
    route({ method: 'POST', path: paths.changePassword, policy: provedForChange, handle: submit }),
  ];
}
