import { createTransport } from 'nodemailer';
import { AppError } from './app-error.ts';

/** One message to one person, as text and as HTML. */
export type OutgoingMail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** `<unique@domain>`, the same for every attempt at this message, so that a second delivery can be recognised. */
  readonly messageId: string;
  /** BCP 47 tag of the language it is written in. */
  readonly locale: string;
  readonly headers?: Readonly<Record<`X-${string}` | `List-${string}`, string>>;
};

/**
 * - `sent`: the server has taken responsibility.
 * - `refused`: for good; trying again is useless. The code is the server's reply to recipient or message (5xx), or
 *   `malformed` for a message that was never offered, because a line break or a second address was hidden in it.
 * - `deferred`: not now; try again later with the same Message-ID. The code is the server's reply or the fault's name.
 */
export type MailOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly code: number | 'malformed' }
  | { readonly kind: 'deferred'; readonly code: number | string };

/** The edge that tests replace. */
export type Mailer = {
  /** Never throws: what a mail server does is an outcome. */
  readonly send: (mail: OutgoingMail) => Promise<MailOutcome>;
  /** Lets go of the connections; nothing may be sent afterwards. */
  readonly close: () => void;
};

/** How to reach the server that takes our mail. */
export type SmtpServer = {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (port 465). */
  readonly secure: boolean;
  /** Without TLS from the first byte: insist on STARTTLS. */
  readonly requireTls: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
};

type MailerOptions = {
  readonly smtp: SmtpServer;
  readonly from: { readonly name: string; readonly address: string };
  readonly deadlines: {
    readonly connectMs: number;
    readonly greetingMs: number;
    /** Of silence, at any point of the conversation. */
    readonly silenceMs: number;
    /** From `send` to its outcome, waiting for a connection included. */
    readonly sendMs: number;
  };
};

const control = /[\p{Cc}\u2028\u2029]/u;
// One bare address. Lists, comments, quotes and routes are grammar in which a second recipient hides.
const address = /^[^\s\p{C}<>()[\]\\,;:"@]{1,64}@[^\s\p{C}<>()[\]\\,;:"@]{1,189}$/u;
const messageIdForm = /^<[\w.+-]+@[\w.-]+>$/;
const headerName = /^(X|List)-[A-Za-z-]+$/;

/**
 * Mail over pooled SMTP connections.
 * @throws AppError `mail-sender-invalid`
 */
export function createMailer({ smtp, from, deadlines }: MailerOptions): Mailer {
  if (control.test(from.name) || !address.test(from.address)) throw new AppError('mail-sender-invalid');
  const transport = createTransport({
    pool: true,
    ...connectionTo(smtp),
    connectionTimeout: deadlines.connectMs,
    greetingTimeout: deadlines.greetingMs,
    socketTimeout: deadlines.silenceMs,
    // Who called decides when to try again, and knows how often it has.
    maxRequeues: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    send: async (mail) => {
      if (!isWellFormed(mail)) return { kind: 'refused', code: 'malformed' };
      const offered = transport
        .sendMail({
          from: { ...from },
          to: { name: '', address: mail.to },
          // Stated apart from the headers, so that no header can add a recipient.
          envelope: { from: from.address, to: [mail.to] },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: mail.messageId,
          headers: { ...mail.headers, 'Auto-Submitted': 'auto-generated', 'Content-Language': mail.locale },
        })
        .then((): MailOutcome => ({ kind: 'sent' }), outcomeOf);
      return within(deadlines.sendMs, offered);
    },
    close: () => transport.close(),
  };
}

// TLS 1.2 is the least RFC 9325 §3.1.1 still allows.
function connectionTo({ host, port, secure, requireTls, auth }: SmtpServer) {
  return { host, port, secure, requireTLS: requireTls, ...(auth && { auth }), tls: { minVersion: 'TLSv1.2' } } as const;
}

/**
 * Greets the server, secures the connection and signs in, as sending would; sends nothing.
 * @returns undefined where it takes us, else the server's reply code or the fault's name
 */
export async function checkMailServer(smtp: SmtpServer, deadlineMs: number): Promise<number | string | undefined> {
  const patience = { connectionTimeout: deadlineMs, greetingTimeout: deadlineMs, socketTimeout: deadlineMs };
  const transport = createTransport({ ...connectionTo(smtp), ...patience });
  try {
    await transport.verify();
    return undefined;
  } catch (fault) {
    const { responseCode, code } = fault as { responseCode?: number; code?: string };
    return responseCode ?? code ?? 'unknown';
  } finally {
    transport.close();
  }
}

function isWellFormed({ to, subject, messageId, locale, headers = {} }: OutgoingMail): boolean {
  const values = [subject, locale, ...Object.values(headers)];
  return (
    address.test(to) &&
    messageIdForm.test(messageId) &&
    Object.keys(headers).every((name) => headerName.test(name)) &&
    !values.some((value) => control.test(value))
  );
}

// Only an answer about this recipient or this message is final. A refused login, sender or greeting is a fault of ours
// or theirs that somebody will mend. RFC 5321 §4.2.1
function outcomeOf(fault: unknown): MailOutcome {
  const { responseCode, command, code } = fault as { responseCode?: number; command?: string; code?: string };
  const final = responseCode !== undefined && responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA');
  if (final) return { kind: 'refused', code: responseCode };
  return { kind: 'deferred', code: responseCode ?? code ?? 'unknown' };
}

async function within(deadlineMs: number, offered: Promise<MailOutcome>): Promise<MailOutcome> {
  const { promise: late, resolve } = Promise.withResolvers<MailOutcome>();
  const timer = setTimeout(() => resolve({ kind: 'deferred', code: 'deadline' }), deadlineMs);
  try {
    return await Promise.race([offered, late]);
  } finally {
    clearTimeout(timer);
  }
}
