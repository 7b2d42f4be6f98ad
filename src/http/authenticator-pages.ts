import type { Problem } from './form-problem.ts';
import type { ContinueWith } from './identity-pages.ts';

/** A ceremony the browser holds; without script its form stays hidden and the page offers the other ways. */
export type PasskeyCeremony = {
  /** Where the browser's answer goes, as JSON in the field `response`. */
  readonly action: string;
  /** For `navigator.credentials`, as JSON. */
  readonly options: string;
};

/** Another way that leads on from the same page. */
type Way<Method extends string> = { readonly method: Method; readonly url: string };

export type FactorMethod = 'totp' | 'recovery-code' | 'passkey';
export type AddedMethod = 'totp' | 'passkey' | 'security-key';

/** Pages on which somebody proves, adds or keeps what they sign in with. */
export type AuthenticatorPages = {
  /** A second step of signing in; each method by itself, with links to the others the person has. */
  'authentication/second-factor': SecondFactor & {
    readonly others: readonly Way<FactorMethod>[];
    /** Linked eIDs that are as good. */
    readonly eids: readonly ContinueWith[];
    /** For who has none of them left. */
    readonly recoverUrl: string;
    readonly cancelAction: string;
  };
  /** The portal wants more than the person can prove: what could be added now. */
  'authentication/enroll': {
    readonly ways: readonly Way<AddedMethod>[];
    /** `decision=later`; absent where the portal insists. */
    readonly declineAction?: string | undefined;
    readonly cancelAction: string;
  };
  'authenticators/add-totp': {
    readonly action: string;
    /** An SVG element, from our own code only. */
    readonly qrSvg: string;
    /** The `otpauth:` address itself: who has the app on this very phone can't scan its screen. */
    readonly appUrl: string;
    /** For apps without a camera, in groups of four. */
    readonly secret: string;
    /** The offer, carried by the form. */
    readonly sealed: string;
    readonly name?: string | undefined;
    readonly cancelUrl: string;
    readonly problem?: Problem<
      | 'wrong-factor-code'
      | 'offer-over'
      | 'already-added'
      | 'too-many-authenticators'
      | 'malformed-name'
      | 'cooling-down'
      | 'expired-form'
    >;
  };
  'authenticators/add-passkey': {
    readonly kind: 'passkey' | 'security-key';
    readonly passkey: PasskeyCeremony;
    readonly name?: string | undefined;
    readonly cancelUrl: string;
    readonly problem?: Problem<
      | 'passkey-over'
      | 'passkey-refused'
      | 'already-added'
      | 'too-many-authenticators'
      | 'malformed-name'
      | 'cooling-down'
      | 'expired-form'
    >;
  };
  /** Seen this once: to print, to save, to write down. */
  'authenticators/recovery-codes': {
    readonly codes: readonly string[];
    readonly continueUrl: string;
  };
  /** What one signs in with, and what can be done about it. */
  'accounts/sign-in-methods': {
    readonly hasPassword: boolean;
    readonly changePasswordUrl: string;
    readonly authenticators: readonly ListedAuthenticator[];
    /** The eIDs that are linked, by their names; what they vouch for has a page of its own. */
    readonly eids: readonly string[];
    readonly identityUrl: string;
    readonly recoveryCodes: { readonly unused: number; readonly total: number } | undefined;
    readonly addUrls: { readonly passkey: string; readonly totp: string; readonly securityKey: string };
    readonly renewCodesUrl: string;
    readonly homeUrl: string;
    /** When everything from before stopped working, as the account was reclaimed by an eID. */
    readonly suspendedOn?: string | undefined;
    /** After a recovery nothing is removed until then. */
    readonly coolingDownSeconds?: number | undefined;
    readonly notice?: 'added' | 'removed' | 'renamed' | undefined;
  };
  /** One of them: `name` to rename it, and the way to remove it. */
  'accounts/authenticator': {
    readonly authenticator: ListedAuthenticator;
    readonly renameAction: string;
    /** Absent where it is the last way in, or right after a recovery. */
    readonly removeUrl?: string | undefined;
    readonly whyNotRemovable?: 'last' | 'cooling-down' | undefined;
    readonly backUrl: string;
    readonly problem?: Problem<'malformed-name' | 'expired-form'>;
  };
  'accounts/remove-authenticator': {
    readonly action: string;
    readonly authenticator: ListedAuthenticator;
    readonly cancelUrl: string;
  };
  /** A new set ends the old one: asked before. */
  'accounts/renew-recovery-codes': {
    readonly action: string;
    readonly hasOld: boolean;
    readonly cancelUrl: string;
  };
};

type SecondFactor = {
  readonly problem?: Problem<
    'wrong-factor-code' | 'factor-code-used' | 'throttled' | 'passkey-over' | 'passkey-refused' | 'expired-form'
  >;
} & (
  | { readonly method: 'totp' | 'recovery-code'; readonly action: string }
  | { readonly method: 'passkey'; readonly passkey: PasskeyCeremony }
);

/** One line of the list. Dates as shown. */
export type ListedAuthenticator = {
  readonly url: string;
  readonly name: string;
  readonly added: string;
  readonly lastUsed: string | undefined;
} & (
  | { readonly method: 'totp' | 'security-key' }
  /** Kept by a password manager on all devices of the person, or on one device only. */
  | { readonly method: 'passkey'; readonly synced: boolean }
);
