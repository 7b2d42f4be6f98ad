import { type Device, deviceInWords } from '../platform/device-in-words.ts';
import { formatDateTime, formatDuration } from '../platform/display-format.ts';
import type { Locale, TextParameters, Translate } from '../platform/i18n.ts';

/** What every mail tells besides its own content: who, when, where from, and for which portal. */
type Circumstances = {
  /** The address of the account, or of the wish to have one. */
  readonly email: string;
  readonly at: Date;
  readonly device?: Device | undefined;
  readonly ipAddress?: string | undefined;
  readonly portalName?: string | undefined;
};

type MailedCode = Circumstances & { readonly code: string; readonly validMinutes: number };

/** `method` names it: `authenticators.method.<method>`. */
type ChangedAuthenticator = Circumstances & {
  readonly method: 'totp' | 'recovery-code' | 'passkey' | 'security-key';
  readonly recoverUrl: string;
};

/** `eidName` is the eID's own, in the language of the mail. What it says of the person stays on the account's pages. */
type EidNews = Circumstances & { readonly eidName: string };

/** The link opens a page whose button stops the recovery; it works until `endsAt` without a login. */
type WaitingRecovery = Circumstances & { readonly readyAt: Date; readonly endsAt: Date; readonly stopUrl: string };

/** Somebody waits who has shown an eID of the same person. */
type WaitingReclaim = WaitingRecovery & EidNews;

/** An organization that somebody may act for, by the name its register has. */
type MandateNews = Circumstances & { readonly organizationName: string };

/** `reason` in words: `mail.mandate_reason.<reason>`. */
type MandateLoss = MandateNews & {
  readonly reason: 'officer-left' | 'organization-ended' | 'declined' | 'decided' | 'by-yourself';
};

type Reportable = { readonly reportUrl: string; readonly reportDays: number };

/** Every mail and what it must be given; its texts are `mail.<message>.…`. */
export type Messages = {
  'registration-code': MailedCode;
  'already-registered': Circumstances & { readonly signInUrl: string };
  'recovery-code': MailedCode;
  'no-account': Circumstances;
  'sign-in-code': MailedCode;
  'email-change-code': MailedCode;
  /** To the old address. The link opens a page whose button POSTs; it works for `undoDays` days without a login. */
  'email-changed': Circumstances & {
    readonly newEmail: string;
    readonly undoUrl: string;
    readonly undoDays: number;
  };
  'recovery-waiting': WaitingRecovery;
  'recovery-reminder': WaitingRecovery;
  'recovery-ready': WaitingRecovery;
  'reclaim-waiting': WaitingReclaim;
  'reclaim-reminder': WaitingReclaim;
  'reclaim-ready': WaitingReclaim;
  /** The owner signs in while somebody waits. */
  'reclaim-signed-in': WaitingReclaim;
  'account-reclaimed': EidNews & { readonly recoverUrl: string };
  'password-changed': Circumstances & { readonly recoverUrl: string };
  recovered: Circumstances & { readonly recoverUrl: string };
  'email-change-undone': Circumstances & { readonly recoverUrl: string };
  /** The link takes it back, as that of a new device does; recovery where one was told of too many. */
  'authenticator-added': Omit<ChangedAuthenticator, 'recoverUrl'> & Reportable;
  'authenticator-removed': ChangedAuthenticator;
  /** An eID opens the account from now on. The link as with `authenticator-added`. */
  'identity-linked': EidNews & Reportable;
  'identity-changed': EidNews;
  'identity-withdrawn': EidNews;
  'identity-removed': EidNews & { readonly recoverUrl: string };
  /** Two devices answered with one key: somebody may have copied it. */
  'passkey-copied': Circumstances & { readonly recoverUrl: string };
  /** The link opens a page whose button POSTs; it works for `reportDays` days without a login. */
  'new-device': Circumstances & Reportable;
  'device-reported': Circumstances & { readonly recoverUrl: string };
  /** Somebody wishes to act for an organization that the reader represents too. */
  'mandate-consent-asked': MandateNews & { readonly askerName: string; readonly answerDays: number };
  'mandate-consent-agreed': MandateNews;
  'mandate-established': MandateNews;
  'mandate-in-review': MandateNews;
  'mandate-suspended': MandateLoss;
  'mandate-ended': MandateLoss;
  'mandate-refused': MandateLoss;
};

export type MessageName = keyof Messages;

export type RenderedMail = { readonly subject: string; readonly text: string; readonly html: string };

/** The parts both forms of a mail, text and HTML, are made of. */
export type MailParts = {
  readonly lead: string;
  readonly code?: string | undefined;
  readonly validity?: string | undefined;
  readonly link?: { readonly label: string; readonly url: string } | undefined;
  readonly circumstances: readonly { readonly label: string; readonly value: string }[];
  readonly notYou: string;
};

export function composeMail<Name extends MessageName>(
  message: Name,
  { data, locale, t }: { readonly data: Messages[Name]; readonly locale: Locale; readonly t: Translate },
): MailParts {
  const url = linkOf(data);
  const words = wordsOf(data, t);
  return {
    lead: t(`mail.${message}.lead`, words),
    ...('code' in data && {
      code: data.code,
      validity: t('mail.validity', { duration: formatDuration(locale, data.validMinutes * 60) }),
    }),
    ...(url !== undefined && { link: { label: t(`mail.${message}.link`), url } }),
    circumstances: circumstancesOf(data, t),
    notYou: t(`mail.${message}.not_you`, words),
  };
}

function wordsOf(data: Messages[MessageName], t: Translate): TextParameters {
  if ('newEmail' in data) return { newEmail: data.newEmail, undoDays: data.undoDays };
  if ('method' in data) {
    const method = t(`authenticators.method.${data.method}`);
    return 'reportDays' in data ? { method, reportDays: data.reportDays } : { method };
  }
  if ('organizationName' in data) return wordsOfMandate(data, t);
  return {
    ...('eidName' in data && { eid: oneLine(data.eidName) }),
    ...('reportDays' in data && { reportDays: data.reportDays }),
    ...('stopUrl' in data && { readyAt: formatDateTime(data.readyAt), endsAt: formatDateTime(data.endsAt) }),
  };
}

function wordsOfMandate(
  data: Extract<Messages[MessageName], { readonly organizationName: string }>,
  t: Translate,
): TextParameters {
  return {
    organization: oneLine(data.organizationName),
    ...('askerName' in data && { asker: oneLine(data.askerName), answerDays: data.answerDays }),
    ...('reason' in data && { reason: t(`mail.mandate_reason.${data.reason}`) }),
  };
}

function linkOf(data: Messages[MessageName]): string | undefined {
  if ('signInUrl' in data) return data.signInUrl;
  if ('undoUrl' in data) return data.undoUrl;
  if ('reportUrl' in data) return data.reportUrl;
  if ('stopUrl' in data) return data.stopUrl;
  return 'recoverUrl' in data ? data.recoverUrl : undefined;
}

function circumstancesOf(data: Circumstances, t: Translate): MailParts['circumstances'] {
  return [
    { label: t('mail.circumstances.account'), value: data.email },
    { label: t('mail.circumstances.at'), value: formatDateTime(data.at) },
    { label: t('mail.circumstances.device'), value: data.device && deviceInWords(data.device, t) },
    { label: t('mail.circumstances.address'), value: data.ipAddress },
    { label: t('mail.circumstances.portal'), value: data.portalName },
  ].flatMap(({ label, value }) => (value === undefined ? [] : [{ label, value: oneLine(value) }]));
}

/** The text without line breaks: one would start another header of a mail, or another line of its text. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
