import type { DataKey } from '../platform/encryption.ts';

/** Who did it: a person, a portal, an operator, or the installation itself. */
export type Actor = `account:${string}` | `client:${string}` | `operator:${string}` | 'anonymous' | 'system';

/**
 * The person an event is about. The data key seals the personal part, so that erasing the key erases that part of
 * every event and nothing else.
 */
export type AboutPerson = { readonly accountId: string; readonly dataKey: DataKey };

/**
 * Facts that name a person, and so are kept apart from the rest. Deliberately this short: a password, a code or a token
 * has no field to lie in.
 */
export type PersonalPart = {
  readonly ip?: string;
  readonly userAgent?: string;
  readonly email?: string;
  readonly previousEmail?: string;
};

type EventFrame = {
  readonly actor: Actor;
  readonly about?: AboutPerson;
  readonly clientId?: string;
  /** For whom the person acted; absent for themselves. */
  readonly principal?: string;
  /** What the page showed and the log holds. */
  readonly referenceId?: string;
};

type AboutSomebody = EventFrame & { readonly about: AboutPerson; readonly personal: PersonalPart };
type AtPortal = AboutSomebody & { readonly clientId: string };
type AboutNobody = EventFrame & { readonly about?: never; readonly personal?: never };

/** Non-personal particulars, by kind. Codes, counts and ids of ours only: no field takes free text. */
type Details<Fields extends Readonly<Record<string, DetailValue>>> = { readonly details: Fields };
type DetailValue = string | number | boolean | readonly string[];

export type PasswordFailure = 'wrong-password' | 'throttled' | 'mailed-code-needed' | 'needs-second-factor';
/** A kind of authenticator, as events and letters name it. */
export type AuthenticatorKind = 'totp' | 'recovery-code' | 'passkey' | 'security-key';
export type SecondFactorFailure = 'wrong-code' | 'used-before';
/** Why an assertion for somebody's credential proved nothing. @see WebAuthn Level 3 §7.2 */
export type PasskeyRefusal =
  | 'unknown-credential'
  | 'wrong-account'
  | 'user-handle-missing'
  | 'wrong-user-handle'
  | 'user-not-verified'
  | 'algorithm-not-allowed'
  | 'verification-failed'
  | 'backup-eligibility-changed'
  | 'counter-fell';
/** Why an identity that an eID vouched for didn't become an account's. */
export type IdentityRefusal = 'disagrees' | 'identity-taken' | 'number-taken' | 'source-taken';
export type SessionsEndedBecause =
  | 'signed-out-everywhere'
  | 'password-changed'
  | 'recovered'
  | 'email-change-undone'
  | 'device-reported';

/**
 * Everything this release records, each kind with the version of its fields. A change of fields is a new version,
 * because rows are never rewritten.
 */
export type AuditEvent =
  | (AboutSomebody & { readonly kind: 'account-registered'; readonly version: 1 } & Details<{
        method: 'mailed-code' | 'eid';
      }>)
  | (AboutSomebody & { readonly kind: 'password-login-succeeded'; readonly version: 1 } & Details<{
        knownDevice: boolean;
      }>)
  | (AboutSomebody & { readonly kind: 'password-login-failed'; readonly version: 1 } & Details<{
        reason: PasswordFailure;
        knownDevice: boolean;
      }>)
  | (AboutNobody & { readonly kind: 'unknown-login-failed'; readonly version: 1 } & Details<{
        reason: PasswordFailure;
      }>)
  | (AboutSomebody & { readonly kind: 'second-factor-proved'; readonly version: 1 } & Details<{
        method: AuthenticatorKind;
      }>)
  | (AboutSomebody & { readonly kind: 'second-factor-failed'; readonly version: 1 } & Details<{
        method: AuthenticatorKind;
        reason: SecondFactorFailure;
      }>)
  | (AboutSomebody & { readonly kind: 'passkey-login-succeeded'; readonly version: 1 } & Details<Record<never, never>>)
  | (AboutSomebody & { readonly kind: 'passkey-refused'; readonly version: 1 } & Details<{ reason: PasskeyRefusal }>)
  | (AboutSomebody & {
      readonly kind: 'authenticator-added' | 'authenticator-removed' | 'authenticator-renamed';
      readonly version: 1;
    } & Details<{ method: AuthenticatorKind }>)
  | (AboutSomebody & { readonly kind: 'eid-login-succeeded'; readonly version: 1 } & Details<{ source: string }>)
  /** Whom an eID vouches for: told by source and level, never by what it says of the person. */
  | (AboutSomebody & { readonly kind: 'identity-linked'; readonly version: 1 } & Details<{
        source: string;
        level: string;
      }>)
  | (AboutSomebody & { readonly kind: 'identity-changed'; readonly version: 1 } & Details<{
        source: string;
        attributes: readonly string[];
      }>)
  | (AboutSomebody & {
      readonly kind: 'identity-withdrawn' | 'identity-removed';
      readonly version: 1;
    } & Details<{ source: string }>)
  | (AboutSomebody & { readonly kind: 'identity-refused'; readonly version: 1 } & Details<{
        source: string;
        reason: IdentityRefusal;
      }>)
  | (AboutSomebody & { readonly kind: 'recovery-codes-issued'; readonly version: 1 } & Details<{ count: number }>)
  | (AboutSomebody & { readonly kind: 'account-recovered'; readonly version: 1 } & Details<{
        proofs: readonly string[];
      }>)
  /** Its owner proved who they are by an eID. `suspended`: kinds of what signed in to it before. */
  | (AboutSomebody & { readonly kind: 'account-reclaimed'; readonly version: 1 } & Details<{
        source: string;
        waited: boolean;
        suspended: readonly string[];
      }>)
  | (AboutSomebody & { readonly kind: 'recovery-waiting-started'; readonly version: 1 } & Details<{
        proofs: readonly string[];
        waitHours: number;
      }>)
  | (AboutSomebody & { readonly kind: 'recovery-stopped'; readonly version: 1 } & Details<{ stops: number }>)
  /** The first address of somebody who came by an eID. */
  | (AboutSomebody & { readonly kind: 'email-added'; readonly version: 1 } & Details<Record<never, never>>)
  | (AboutSomebody & { readonly kind: 'email-changed'; readonly version: 1 } & Details<{ undoDays: number }>)
  | (AboutSomebody & { readonly kind: 'email-change-undone'; readonly version: 1 } & Details<Record<never, never>>)
  | (AboutSomebody & { readonly kind: 'password-changed'; readonly version: 1 } & Details<Record<never, never>>)
  | (AboutSomebody & { readonly kind: 'profile-changed'; readonly version: 1 } & Details<{ attributes: string[] }>)
  | (AboutSomebody & { readonly kind: 'sessions-ended'; readonly version: 1 } & Details<{
        because: SessionsEndedBecause;
      }>)
  /** By its owner from another browser, in the list of their sessions. */
  | (AboutSomebody & { readonly kind: 'session-ended-remotely'; readonly version: 1 } & Details<Record<never, never>>)
  /** The owner said of a new device that it isn't theirs. */
  | (AboutSomebody & { readonly kind: 'device-reported'; readonly version: 1 } & Details<Record<never, never>>)
  | (AboutSomebody & { readonly kind: 'logged-out'; readonly version: 1 } & Details<{ everywhere: boolean }>)
  | (AtPortal & { readonly kind: 'release-consented'; readonly version: 1 } & Details<{
        claims: readonly string[];
        refusedClaims: readonly string[];
        releaseVersion: string;
      }>)
  | (AtPortal & { readonly kind: 'release-withdrawn'; readonly version: 1 } & Details<{ claims: readonly string[] }>)
  | (AtPortal & { readonly kind: 'portal-signed-on'; readonly version: 1 } & Details<{
        acr: string;
        amr: readonly string[];
        claims: readonly string[];
      }>)
  /** Of whom the person acts for, by our own ids. */
  | (AboutSomebody & { readonly kind: 'mandate-established'; readonly version: 1 } & Details<{
        mandate: string;
        orgLevel: string;
        match: string;
      }>)
  /** What the registers say doesn't make one, or whoever had to agree or decide said no. */
  | (AboutSomebody & { readonly kind: 'mandate-refused'; readonly version: 1 } & Details<{ reason: string }>)
  | (AboutSomebody & {
      readonly kind:
        | 'mandate-consent-asked'
        | 'mandate-review-asked'
        | 'mandate-suspended'
        | 'mandate-restored'
        | 'mandate-ended';
      readonly version: 1;
    } & Details<{ mandate: string; reason: string }>)
  | (AboutSomebody & { readonly kind: 'mandate-consent-answered'; readonly version: 1 } & Details<{
        mandate: string;
        answer: 'agreed' | 'declined';
      }>)
  | (AboutNobody & { readonly kind: 'signing-key-rotated'; readonly version: 1 } & Details<{
        alg: string;
        kid: string;
        state: 'next' | 'current' | 'retiring' | 'removed';
      }>)
  | (AboutNobody & {
      readonly kind: 'client-registered' | 'client-replaced' | 'client-secret-replaced';
      readonly version: 1;
      readonly clientId: string;
    } & Details<Record<never, never>>)
  | (AboutNobody & { readonly kind: 'client-disabled'; readonly version: 1; readonly clientId: string } & Details<
        Record<never, never>
      >)
  | (AboutNobody & { readonly kind: 'client-enabled'; readonly version: 1; readonly clientId: string } & Details<
        Record<never, never>
      >)
  | (AboutNobody & { readonly kind: 'powers-published' | 'powers-withdrawn'; readonly version: 1 } & Details<{
        agency: string;
        codes: readonly string[];
      }>)
  | (AboutNobody & { readonly kind: 'accounts-imported'; readonly version: 1 } & Details<{
        imported: number;
        alreadyHere: number;
        refused: number;
      }>);

export type AuditEventKind = AuditEvent['kind'];
