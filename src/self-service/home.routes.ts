import type { Context } from 'koa';
import type { Accounts } from '../accounts/module.ts';
import type { Pages } from '../http/pages.ts';
import { originOf, requestContextOf } from '../http/request-context.ts';
import { type Policy, type Route, route } from '../http/route.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import type { SignedIn } from '../oidc/signed-in.ts';
import { AppError } from '../platform/app-error.ts';
import type { AccountPages } from './account-pages.ts';
import { paths } from './paths.ts';
import type { FindOwnAccount } from './signed-in-account.ts';

export type HomeDependencies = {
  readonly signedIn: Policy<SignedIn>;
  readonly pages: AccountPages;
  readonly findOwnAccount: FindOwnAccount;
  readonly proofing: Pick<IdentityProofing, 'worth' | 'nameOf'>;
  readonly signOutEverywhere: Accounts['signOutEverywhere'];
};

type Notice = NonNullable<Pages['accounts/home']['notice']>;

const notices: readonly unknown[] = ['email-changed', 'password-changed'] satisfies readonly Notice[];

/** The account's first page, and the way out on every device. */
export function createHomeRoutes(dependencies: HomeDependencies): readonly Route[] {
  const { signedIn, pages } = dependencies;

  async function home(ctx: Context, person: SignedIn): Promise<void> {
    const account = await dependencies.findOwnAccount(person.accountId);
    const { proofing } = dependencies;
    const identity = proofing.worth.chooseRecord(account.identities);
    const { notice } = ctx.query;
    pages.show(ctx, person, {
      name: 'accounts/home',
      selfUrl: paths.home,
      data: {
        name: identity?.attributes.name ?? account.profile.name,
        identityName: identity && proofing.nameOf(identity.source, requestContextOf(ctx).locale),
        identityUrl: paths.identity,
        email: account.email?.address,
        signInMethodsUrl: paths.signInMethods,
        changeEmailUrl: paths.changeEmail,
        changePasswordUrl: paths.changePassword,
        sessionsUrl: paths.sessions,
        portalsUrl: paths.portals,
        organizationsUrl: paths.organizations,
        signOutUrl: '/session/end',
        signOutEverywhereAction: paths.signOutEverywhere,
        notice: notices.includes(notice) ? (notice as Notice) : undefined,
      },
    });
  }

  async function signOutEverywhere(ctx: Context, person: SignedIn): Promise<void> {
    // There is nothing typed to show again: the person presses the button once more.
    if ((await pages.readStep(ctx, person)).isStale) throw new AppError('form-expired');
    await dependencies.signOutEverywhere({ accountId: person.accountId, origin: originOf(ctx) });
    pages.show(ctx, person, { name: 'accounts/signed-out-everywhere', data: { signInUrl: paths.home } });
  }

  return [
    route({ method: 'GET', path: paths.home, policy: signedIn, handle: home }),
    route({ method: 'POST', path: paths.signOutEverywhere, policy: signedIn, handle: signOutEverywhere }),
  ];
}
