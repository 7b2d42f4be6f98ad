import type { Device } from '../platform/device-in-words.ts';
import type { AuthenticatorPages, PasskeyCeremony } from './authenticator-pages.ts';
import type { FormProblem, Problem } from './form-problem.ts';
import type { ContinueWith, IdentityPages } from './identity-pages.ts';
import type { RepresentationPages } from './representation-pages.ts';

/**
 * Every page and what it must be given. Texts are locale keys of the same name (`authentication/identify` →
 * `authentication.identify.…`); only words that people or portals wrote, URLs and numbers come through here. Every
 * `…Action` is the URL a form posts to, every `…Url` one that a link gets.
 */
export type Pages = AuthenticatorPages &
  IdentityPages &
  RepresentationPages & {
    'authentication/identify': {
      readonly action: string;
      readonly identifier?: string | undefined;
      readonly registerUrl: string;
      readonly recoverUrl: string;
      readonly continueWith: readonly ContinueWith[];
      readonly passkey: PasskeyCeremony;
      /** Back to the portal, without signing in. */
      readonly cancelAction: string;
      readonly problem?: Problem<
        | 'wrong-credentials'
        | 'incomplete'
        | 'throttled'
        | 'overloaded'
        | 'code-needed'
        | 'passkey-over'
        | 'passkey-refused'
        | 'expired-form'
      >;
    };
    'authentication/mailed-code': TypedCode & { readonly startOverUrl: string };
    'authentication/confirm-account': {
      readonly action: string;
      readonly name?: string | undefined;
      readonly email?: string | undefined;
    };
    'authentication/gone-back': {
      readonly outcome: 'signed-in' | 'declined' | 'expired';
      readonly continueUrl?: string | undefined;
      readonly accountUrl: string;
    };
    'authentication/signed-in': {
      readonly outcome: 'signed-in' | 'declined' | 'stopped';
      readonly continueUrl: string;
    };
    'accounts/register-email': EmailForm & { readonly signInUrl: string };
    'accounts/check-mail': TypedCode & { readonly changeUrl: string };
    'accounts/register-password': NewPassword<'passkey-over' | 'passkey-refused'> & {
      readonly email: string;
      readonly name?: string | undefined;
      readonly passkey: PasskeyCeremony;
    };
    'accounts/recover-email': EmailForm & { readonly signInUrl: string };
    'accounts/recover-code': TypedCode & { readonly changeUrl: string };
    'accounts/new-password': NewPassword & { readonly email: string };
    /** One `code` field for an app's code or a recovery code, whichever of `proofs` the account has. */
    'accounts/recover-proof': {
      readonly action: string;
      readonly proofs: readonly ('totp' | 'recovery-code')[];
      readonly waitUrl: string;
      readonly startOverUrl: string;
      readonly problem?: Problem<'wrong-code' | 'proof-over' | 'throttled' | 'expired-form'>;
    };
    'accounts/recover-wait': {
      readonly action: string;
      readonly waitSeconds: number;
      /** An earlier wait was stopped from one of its mails. */
      readonly wasStopped: boolean;
      readonly proofUrl?: string | undefined;
      readonly signInUrl: string;
      readonly problem?: Problem<'expired-form'>;
    };
    'accounts/recovery-waiting': {
      /** As people read it. */
      readonly readyAt: string;
      readonly remainingSeconds: number;
      readonly proofUrl?: string | undefined;
      readonly signInUrl: string;
    };
    /** `by`: what whoever waits has shown, that they read the mailbox or an eID. */
    'accounts/stop-recovery': { readonly action: string; readonly email: string; readonly by: 'mailbox' | 'eid' };
    'accounts/recovery-stopped': { readonly accountUrl: string; readonly by: 'mailbox' | 'eid' };
    'accounts/recovered': { readonly continueUrl: string };
    'accounts/recovery-not-possible': { readonly signInUrl: string };
    /** `email` is absent for somebody who came without one. */
    'accounts/home': {
      readonly name?: string | undefined;
      /** The eID that vouches for the name, by its own name. */
      readonly identityName?: string | undefined;
      readonly identityUrl: string;
      readonly email?: string | undefined;
      readonly signOutEverywhereAction: string;
      readonly signInMethodsUrl: string;
      readonly changeEmailUrl: string;
      readonly changePasswordUrl: string;
      readonly sessionsUrl: string;
      readonly portalsUrl: string;
      readonly organizationsUrl: string;
      /** Ends the session of this browser, after a question. */
      readonly signOutUrl: string;
      readonly notice?: 'email-changed' | 'password-changed' | undefined;
    };
    'accounts/sessions': {
      readonly sessions: readonly ListedSession[];
      /** There are more than are listed. */
      readonly hasMore: boolean;
      readonly changePasswordUrl: string;
      readonly signOutUrl: string;
      readonly signOutEverywhereAction: string;
      readonly homeUrl: string;
      readonly notice?: 'signed-out' | 'over' | undefined;
    };
    'accounts/portals': {
      readonly portals: readonly ConnectedPortal[];
      readonly homeUrl: string;
      readonly notice?: 'withdrawn' | undefined;
    };
    /** Another address, or a first one. */
    'accounts/change-email': {
      readonly action: string;
      readonly currentEmail?: string | undefined;
      /** Absent where the person has just signed in with more than a password, or without one. */
      readonly asksPassword: boolean;
      readonly email?: string | undefined;
      readonly cancelUrl: string;
      readonly problem?: Problem<
        | 'wrong-password'
        | 'malformed-email'
        | 'same-email'
        | 'address-taken'
        | 'code-over'
        | 'cooling-down'
        | 'throttled'
        | 'overloaded'
        | 'expired-form'
      >;
    };
    /** Without `email` there is nothing to sign in with beside a password: an address comes first. */
    'accounts/change-password': NewPassword<'wrong-password' | 'throttled'> & {
      readonly email?: string | undefined;
      readonly changeEmailUrl: string;
      readonly asksPassword: boolean;
      readonly cancelUrl: string;
    };
    'accounts/change-email-code': TypedCode & { readonly changeUrl: string };
    'accounts/undo-email-change': { readonly action: string; readonly email: string };
    'accounts/email-restored': { readonly recoverUrl: string; readonly email: string };
    'accounts/not-me': {
      readonly action: string;
      readonly email: string;
      readonly device: Device;
      readonly signedInAt: string;
    };
    'accounts/not-me-done': { readonly recoverUrl: string };
    'accounts/signed-out-everywhere': { readonly signInUrl: string };
    /** Needs `portal`. Ticked choices come back as `claim_<name>=yes`, the answer as `decision=allow|deny`. */
    'oidc/release': {
      readonly action: string;
      readonly claims: readonly ReleasedClaim[];
      readonly policyUrl?: string | undefined;
      readonly problem?: Problem<'expired-form'>;
    };
    /** `decision=everywhere|portal|stay`; "this portal only" is offered when `portal` is known. */
    'oidc/sign-out': {
      readonly action: string;
      /** What the engine wants back with the decision. */
      readonly hiddenFields: readonly { readonly name: string; readonly value: string }[];
      readonly stayUrl: string;
      /** Those the person signed in with that let them sign out there as well. */
      readonly eids: readonly { readonly name: string; readonly url: string }[];
    };
    'oidc/signed-out': { readonly continueUrl?: string | undefined; readonly signInUrl: string };
    'errors/error': {
      readonly code: ErrorPageCode;
      readonly retryAfterSeconds?: number | undefined;
      /** For the portal's integrator, shown as it is: the protocol's `error_description`. */
      readonly technicalDetail?: string | undefined;
      /** Where to begin again, when there is no portal to go back to. */
      readonly startUrl?: string | undefined;
    };
  };

export type PageName = keyof Pages;

/** The portal that asked, as the person knows it. `logoUrl` must be same-origin (img-src 'self'). */
export type Portal = {
  readonly name: string;
  readonly logoUrl?: string | undefined;
  readonly homeUrl?: string | undefined;
};

/** A portal this person shares data with, and since when. Without `withdrawAction` there is nothing to take back. */
export type ConnectedPortal = {
  readonly name: string;
  readonly since: string;
  readonly agreedClaims: readonly ReleasedClaimName[];
  readonly lawClaims: readonly ReleasedClaimName[];
  readonly withdrawAction?: string | undefined;
};

/** A browser the person is signed in with. Without `signOutAction` it is the one they are looking with. */
export type ListedSession = {
  readonly device: Device;
  readonly signedInAt: string;
  readonly lastUsedAt: string;
  readonly portals: readonly string[];
  readonly signOutAction?: string | undefined;
};

/** A page that waits for the code of a mail. The texts are the same whether the address has an account or not. */
type TypedCode = {
  readonly action: string;
  readonly email: string;
  readonly resendAction: string;
  readonly validMinutes: number;
  readonly resent?: boolean | undefined;
  readonly problem?: Problem<'wrong-code' | 'expired-code' | 'throttled' | 'overloaded' | 'expired-form'>;
};

type EmailForm = {
  readonly action: string;
  readonly email?: string | undefined;
  readonly problem?: Problem<
    'malformed-email' | 'code-over' | 'address-taken' | 'throttled' | 'overloaded' | 'expired-form'
  >;
};

type NewPassword<More extends FormProblem['kind'] = never> = {
  readonly action: string;
  readonly minimumLength: number;
  readonly problem?: Problem<
    | 'password-too-short'
    | 'password-too-long'
    | 'password-common'
    | 'password-predictable'
    | 'password-like-email'
    | 'password-like-service'
    | 'malformed-name'
    | 'overloaded'
    | 'expired-form'
    | More
  >;
};

/** One line of the release page. `value` is today's, as shown; `purpose` is the portal's, in the person's language. */
export type ReleasedClaim = {
  readonly claim: ReleasedClaimName;
  readonly value: string;
  readonly purpose: string;
  readonly basis:
    | { readonly kind: 'law'; readonly citation: string }
    | { readonly kind: 'consent'; readonly required: boolean };
};

/** Claims a page can name (`oidc.release.claim.<name>`); protocol claims without a human meaning aren't listed. */
export type ReleasedClaimName =
  | 'name'
  | 'family_name'
  | 'middle_name'
  | 'given_name'
  | 'birthdate'
  | 'place_of_birth'
  | 'gender'
  | 'email'
  | 'phone_number'
  | 'address'
  | 'national_id'
  | 'organizations'
  | 'locale'
  | 'zoneinfo'
  | 'offline_access';

/** Why there is no page: `errors.error.<code>` says what happened and what to do next. */
export type ErrorPageCode =
  | 'not-found'
  | 'expired'
  | 'wrong-browser'
  | 'link-over'
  | 'forbidden'
  | 'too-many-requests'
  | 'overloaded'
  | 'request-invalid'
  | 'client-unknown'
  | 'method-not-allowed'
  | 'payload-too-large'
  | 'unavailable'
  | 'internal';
