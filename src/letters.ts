import type { Account } from './accounts/account.ts';
import { undoDays } from './accounts/email-change.ts';
import { codeValidMinutes } from './accounts/mailed-codes.ts';
import { reportDays } from './accounts/sign-ins.ts';
import type { MessageName, Messages } from './http/messages.ts';
import type { Renderer } from './http/render.ts';
import type { JobHandlers, Letter, Recipient } from './jobs/job.ts';
import { AppError } from './platform/app-error.ts';
import { readDevice } from './platform/device-in-words.ts';
import type { Mailer } from './platform/mailer.ts';
import type { Metrics } from './platform/metrics.ts';
import { paths } from './self-service/paths.ts';

export type LetterDependencies = {
  readonly findAccount: (accountId: string) => Promise<Account | undefined>;
  readonly renderer: Renderer;
  readonly mailer: Mailer;
  readonly metrics: Pick<Metrics, 'mailSent'>;
  readonly issuer: URL;
};

type Message = { readonly [Name in MessageName]: { readonly name: Name; readonly data: Messages[Name] } }[MessageName];

function waitOf(
  { readyAt, endsAt, stopToken }: Extract<Letter, { readonly stopToken: string }>,
  link: (path: string) => string,
) {
  const stopUrl = link(`${paths.stopRecovery}/${stopToken}`);
  return { readyAt: new Date(readyAt), endsAt: new Date(endsAt), stopUrl };
}

/** A letter in the words of its page: what the template needs, with links from the configured origin only. */
function messageOf(letter: Letter, { email, issuer }: { readonly email: string; readonly issuer: URL }): Message {
  const { at, ip, userAgent, portalName } = letter.asked;
  // Where nobody's browser asked for it there is none to name.
  const device = ip === undefined ? undefined : readDevice(userAgent);
  const frame = { email, at: new Date(at), ipAddress: ip, device, portalName };
  const link = (path: string): string => new URL(path, issuer).href;
  // Who was told of too many goes the longer way.
  const reportLink = (token: string | undefined): string =>
    link(token === undefined ? paths.recover : `${paths.notMe}/${token}`);
  switch (letter.template) {
    case 'registration-code':
    case 'recovery-code':
    case 'sign-in-code':
    case 'email-change-code':
      return { name: letter.template, data: { ...frame, code: letter.code, validMinutes: codeValidMinutes } };
    case 'already-registered':
      return { name: letter.template, data: { ...frame, signInUrl: link(paths.home) } };
    case 'no-account':
      return { name: letter.template, data: frame };
    case 'email-changed': {
      const undoUrl = link(`${paths.undoEmailChange}/${letter.undoToken}`);
      return { name: letter.template, data: { ...frame, newEmail: letter.newAddressMasked, undoUrl, undoDays } };
    }
    case 'new-device': {
      const reportUrl = reportLink(letter.reportToken);
      return { name: letter.template, data: { ...frame, reportUrl, reportDays } };
    }
    case 'recovery-waiting':
    case 'recovery-reminder':
    case 'recovery-ready':
      return { name: letter.template, data: { ...frame, ...waitOf(letter, link) } };
    case 'reclaim-waiting':
    case 'reclaim-reminder':
    case 'reclaim-ready':
    case 'reclaim-signed-in': {
      const { eidName } = letter;
      return { name: letter.template, data: { ...frame, ...waitOf(letter, link), eidName } };
    }
    case 'account-reclaimed':
      return { name: letter.template, data: { ...frame, eidName: letter.eidName, recoverUrl: link(paths.recover) } };
    case 'recovered':
    case 'password-changed':
    case 'email-change-undone':
    case 'passkey-copied':
    case 'device-reported':
      return { name: letter.template, data: { ...frame, recoverUrl: link(paths.recover) } };
    case 'authenticator-added': {
      const { method, reportToken } = letter;
      return { name: letter.template, data: { ...frame, method, reportUrl: reportLink(reportToken), reportDays } };
    }
    case 'authenticator-removed':
      return { name: letter.template, data: { ...frame, method: letter.method, recoverUrl: link(paths.recover) } };
    case 'identity-linked': {
      const { eidName, reportToken } = letter;
      return { name: letter.template, data: { ...frame, eidName, reportUrl: reportLink(reportToken), reportDays } };
    }
    case 'identity-changed':
    case 'identity-withdrawn':
      return { name: letter.template, data: { ...frame, eidName: letter.eidName } };
    case 'identity-removed':
      return { name: letter.template, data: { ...frame, eidName: letter.eidName, recoverUrl: link(paths.recover) } };
    case 'mandate-consent-asked': {
      const { organizationName, askerName, answerDays } = letter;
      return { name: letter.template, data: { ...frame, organizationName, askerName, answerDays } };
    }
    case 'mandate-consent-agreed':
    case 'mandate-established':
    case 'mandate-in-review':
      return { name: letter.template, data: { ...frame, organizationName: letter.organizationName } };
    case 'mandate-suspended':
    case 'mandate-ended':
    case 'mandate-refused': {
      const { organizationName, reason } = letter;
      return { name: letter.template, data: { ...frame, organizationName, reason } };
    }
  }
}

/**
 * Writes and sends a letter. An account is written to at its address of now; one that is gone gets nothing. A mail
 * server that says "later" makes the job come back; one that says "never" ends it.
 */
export function createSendLetter(dependencies: LetterDependencies): JobHandlers['mail'] {
  const { findAccount, renderer, mailer, metrics, issuer } = dependencies;

  async function addressOf(to: Recipient): Promise<string | undefined> {
    if ('address' in to) return to.address;
    return (await findAccount(to.accountId))?.email?.address;
  }

  return async ({ letter }, { id }) => {
    const email = await addressOf(letter.to);
    if (email === undefined) return;
    const { name, data } = messageOf(letter, { email, issuer });
    const mail = renderer.renderMail(name, { locale: letter.locale, data });
    const outcome = await mailer.send({
      ...mail,
      to: email,
      locale: letter.locale,
      messageId: `<${id}@${issuer.hostname}>`,
    });
    metrics.mailSent(outcome.kind);
    if (outcome.kind === 'deferred') throw new AppError('mail-deferred', { publicDetails: { code: outcome.code } });
  };
}
