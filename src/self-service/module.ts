import type { Accounts } from '../accounts/module.ts';
import type { Authentication } from '../authentication/module.ts';
import type { Authenticators } from '../authentication/step-up.ts';
import type { AnswerPage } from '../http/answer-page.ts';
import type { Csrf } from '../http/csrf.ts';
import type { ErrorPages } from '../http/error-pages.ts';
import type { Policy, Route } from '../http/route.ts';
import type { IdentityProofing } from '../identity-proofing/module.ts';
import type { AccountSessions } from '../oidc/account-sessions.ts';
import type { DeviceCookie } from '../oidc/device-cookie.ts';
import type { SignedIn } from '../oidc/signed-in.ts';
import type { Clock } from '../platform/clock.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { RelyingParties } from '../relying-parties/module.ts';
import { createAccountPages } from './account-pages.ts';
import { createChangeEmailRoutes } from './change-email.routes.ts';
import { createChangePasswordRoutes } from './change-password.routes.ts';
import { createHomeRoutes } from './home.routes.ts';
import { createIdentityPageRoutes } from './identity.routes.ts';
import { createNotMeRoutes } from './not-me.routes.ts';
import { createOrganizationsRoutes, type OwnRepresentation } from './organizations.routes.ts';
import { createPortalsRoutes, type WithdrawRelease } from './portals.routes.ts';
import { createProveAgain } from './prove-again.ts';
import { createProvedForChangePolicy } from './proved-for-change.ts';
import { createSessionsRoutes } from './sessions.routes.ts';
import { createSignInMethodsRoutes, type SignInMethodsDependencies } from './sign-in-methods.routes.ts';
import { createFindOwnAccount } from './signed-in-account.ts';
import { createStopRecoveryRoutes } from './stop-recovery.routes.ts';
import { createUndoEmailChangeRoutes } from './undo-email-change.routes.ts';

export type SelfServiceDependencies = {
  readonly signedIn: Policy<SignedIn>;
  readonly freshlyProved: Policy<SignedIn>;
  readonly findAuthenticators: (accountId: string) => Promise<Authenticators>;
  readonly proofing: IdentityProofing;
  readonly proveIdentityUrl: string;
  readonly authenticators: SignInMethodsDependencies['authenticators'];
  readonly authenticatorPages: SignInMethodsDependencies['authenticatorPages'];
  readonly device: DeviceCookie;
  readonly accounts: Pick<
    Accounts,
    | 'findActive'
    | 'emailChange'
    | 'emailChangeUndo'
    | 'changePassword'
    | 'recoveryWaiting'
    | 'signOutEverywhere'
    | 'signIns'
    | 'deviceReport'
  >;
  readonly authentication: Pick<Authentication, 'provePassword' | 'allowRequest'>;
  readonly relyingParties: Pick<RelyingParties, 'consents' | 'findActive'>;
  readonly withdrawRelease: WithdrawRelease;
  readonly representation: OwnRepresentation;
  readonly sessions: AccountSessions;
  readonly pool: Transaction;
  readonly answerPage: AnswerPage;
  readonly csrf: Csrf;
  readonly errorPages: ErrorPages;
  readonly clock: Clock;
  readonly secureCookies: boolean;
};

/** The pages of a signed-in person, and those that need no login: "it wasn't me". */
export function createSelfService(dependencies: SelfServiceDependencies): { readonly routes: readonly Route[] } {
  const { signedIn, accounts, authentication, device, answerPage, csrf, errorPages } = dependencies;
  const pages = createAccountPages({ answerPage, csrf });
  const findOwnAccount = createFindOwnAccount(dependencies);
  const proveAgain = createProveAgain({ provePassword: authentication.provePassword, device });
  const provedForChange = createProvedForChangePolicy(dependencies);
  const frame = { signedIn, provedForChange, pages, findOwnAccount, proveAgain };
  const { allowRequest } = authentication;
  const mailedLink = { answerPage, csrf, errorPages };
  return {
    routes: [
      ...createHomeRoutes({ ...frame, proofing: dependencies.proofing, signOutEverywhere: accounts.signOutEverywhere }),
      ...createChangeEmailRoutes({
        ...frame,
        emailChange: accounts.emailChange,
        allowRequest,
        device,
        secureCookies: dependencies.secureCookies,
      }),
      ...createPortalsRoutes({
        ...frame,
        relyingParties: dependencies.relyingParties,
        withdrawRelease: dependencies.withdrawRelease,
      }),
      ...createOrganizationsRoutes({ ...dependencies, ...frame }),
      ...createSignInMethodsRoutes({ ...dependencies, ...frame }),
      ...createIdentityPageRoutes({ ...dependencies, ...frame }),
      ...createSessionsRoutes({
        ...frame,
        sessions: dependencies.sessions,
        signIns: accounts.signIns,
        relyingParties: dependencies.relyingParties,
        pool: dependencies.pool,
      }),
      ...createChangePasswordRoutes({ ...frame, changePassword: accounts.changePassword }),
      ...createStopRecoveryRoutes({ ...mailedLink, recoveryWaiting: accounts.recoveryWaiting }),
      ...createUndoEmailChangeRoutes({ ...mailedLink, emailChangeUndo: accounts.emailChangeUndo }),
      ...createNotMeRoutes({ ...mailedLink, deviceReport: accounts.deviceReport }),
    ],
  };
}
