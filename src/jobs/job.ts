import type { Locale } from '../platform/i18n.ts';

/** One letter and what its words need. Sealed as a whole while it waits: an address or a code never rests in clear. */
export type Letter = { readonly to: Recipient; readonly locale: Locale; readonly asked: Asked } & LetterContent;

/** When and where what the letter is about was asked for, so that its reader can tell whether it was them. */
export type Asked = {
  readonly at: string;
  /** Absent where nobody asked, and where it is none of the reader's business. */
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  /** In the language of the letter. */
  readonly portalName?: string | undefined;
};

/**
 * An account is written to at its login address, looked up when the letter goes out: never at the spelling somebody
 * typed, and without the request's time telling whether there was an account to open.
 */
export type Recipient = { readonly address: string } | { readonly accountId: string };

export type LetterContent =
  | { readonly template: 'registration-code'; readonly code: string }
  | { readonly template: 'already-registered' }
  | { readonly template: 'recovery-code'; readonly code: string }
  | { readonly template: 'recovered' }
  | {
      readonly template: 'recovery-waiting' | 'recovery-reminder' | 'recovery-ready';
      readonly readyAt: string;
      readonly endsAt: string;
      readonly stopToken: string;
    }
  | {
      readonly template: 'reclaim-waiting' | 'reclaim-reminder' | 'reclaim-ready' | 'reclaim-signed-in';
      readonly readyAt: string;
      readonly endsAt: string;
      readonly stopToken: string;
      /** Of the eID by which somebody waits, in the language of the letter. */
      readonly eidName: string;
    }
  | { readonly template: 'account-reclaimed'; readonly eidName: string }
  | { readonly template: 'sign-in-code'; readonly code: string }
  | { readonly template: 'no-account' }
  | { readonly template: 'email-change-code'; readonly code: string }
  | { readonly template: 'email-changed'; readonly newAddressMasked: string; readonly undoToken: string }
  | { readonly template: 'email-change-undone' }
  | { readonly template: 'password-changed' }
  | {
      readonly template: 'authenticator-added' | 'authenticator-removed';
      readonly method: ChangedAuthenticator;
      /** Takes an addition back. */
      readonly reportToken?: string | undefined;
    }
  | { readonly template: 'passkey-copied' }
  | { readonly template: 'new-device'; readonly reportToken: string }
  | { readonly template: 'device-reported' }
  | {
      /** An eID signs in to the account from now on; what it says of the person changed; it no longer vouches. */
      readonly template: 'identity-linked' | 'identity-changed' | 'identity-withdrawn' | 'identity-removed';
      /** By its own name, in the language of the letter. */
      readonly eidName: string;
      /** Takes an addition back. */
      readonly reportToken?: string | undefined;
    }
  | {
      /** Somebody wishes to act for an organization, and its other representatives have to agree. */
      readonly template: 'mandate-consent-asked';
      readonly organizationName: string;
      readonly askerName: string;
      readonly answerDays: number;
    }
  | {
      /** `mandate-consent-agreed`: one of them has, and others have still to answer. */
      readonly template: 'mandate-consent-agreed' | 'mandate-established' | 'mandate-in-review';
      readonly organizationName: string;
    }
  | {
      readonly template: 'mandate-suspended' | 'mandate-ended' | 'mandate-refused';
      readonly organizationName: string;
      readonly reason: MandateEndedBecause;
    };

/** Why a mandate isn't one any more; the words for it are the template's. */
export type MandateEndedBecause = 'officer-left' | 'organization-ended' | 'declined' | 'decided' | 'by-yourself';

/** What was added or taken away; the words for it are the template's. */
export type ChangedAuthenticator = 'totp' | 'recovery-code' | 'passkey' | 'security-key';

/** A later notice of a recovery that waits, if it still does. Sealed like a letter: it carries the token of the link. */
export type RecoveryNotice = {
  readonly attemptId: string;
  readonly notice: 'reminder' | 'ready';
  readonly stopToken: string;
  readonly asked: Asked;
  /** Absent where whoever waits has read the mailbox. */
  readonly eidName?: string | undefined;
};

/** Work that somebody asks for, in the transaction that makes it true. */
export type RequestedJob =
  | { readonly kind: 'mail'; readonly letter: Letter }
  | ({ readonly kind: 'recovery-notice' } & RecoveryNotice)
  | {
      readonly kind: 'logout-notice';
      readonly clientId: string;
      readonly accountId: string;
      /** The `sid` this client knows; the notice goes out for it alone. */
      readonly sid: string;
      readonly sessionUid: string;
    };

/** Work that comes round by the clock, once for all instances together. */
export type ScheduledJob =
  | { readonly kind: 'expire' }
  | { readonly kind: 'rotate-keys' }
  | { readonly kind: 'watch-registers' };

export type Job = RequestedJob | ScheduledJob;
export type JobKind = Job['kind'];

/** One attempt at a job. */
export type Attempt = {
  /** Stays the same over all attempts: the Message-ID of a mail, the jti of a notice. */
  readonly id: string;
  /** 1 for the first. */
  readonly number: number;
  /** Aborts when the time of the attempt is over. */
  readonly signal: AbortSignal;
};

/**
 * What does the work, by kind. An attempt may be cut off at any point and made again: do it so that the second one does
 * no harm. Throwing means "try again later".
 */
export type JobHandlers = {
  readonly [Kind in JobKind]: (job: Extract<Job, { readonly kind: Kind }>, attempt: Attempt) => Promise<void>;
};
