import type { SmtpServer } from './mailer.ts';

const smtpsPort = 465;
const submissionPort = 587;

/** `smtps://user:password@host` is TLS from the first byte; `smtp://` is upgraded where there is a password to protect. */
export function smtpServerOf(text: string): SmtpServer {
  const url = new URL(text);
  const secure = url.protocol === 'smtps:';
  const withPassword = url.username !== '';
  const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  return {
    host: url.hostname,
    port: url.port === '' ? (secure ? smtpsPort : submissionPort) : Number(url.port),
    secure,
    requireTls: !secure && withPassword,
    ...(withPassword && { auth }),
  };
}
