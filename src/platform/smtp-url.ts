import type { SmtpServer } from './mailer.ts';

const smtpsPort = 465;
const submissionPort = 587;

const thisMachine = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** `smtps://user:password@host` is TLS from the first byte; `smtp://` must be upgraded, except on this machine. */
export function smtpServerOf(text: string): SmtpServer {
  const url = new URL(text);
  const secure = url.protocol === 'smtps:';
  const withPassword = url.username !== '';
  const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  return {
    host: url.hostname,
    port: url.port === '' ? (secure ? smtpsPort : submissionPort) : Number(url.port),
    secure,
    // Letters carry codes: no server elsewhere gets one in clear, whatever it offers.
    requireTls: !secure && (withPassword || !thisMachine.test(url.hostname)),
    ...(withPassword && { auth }),
  };
}
