import type { Settings } from './config/schema.ts';
import { createMailer, type Mailer } from './platform/mailer.ts';

const deadlines = { connectMs: 5_000, greetingMs: 5_000, silenceMs: 10_000, sendMs: 30_000 } as const;
const submissionPort = 587;

/** The mailer of the configured server: `smtps` from the first byte, `smtp` upgraded where there is a password to protect. */
export function createSmtpMailer(settings: Settings): Mailer {
  const url = new URL(settings.DINHDANH_SMTP_URL);
  const secure = url.protocol === 'smtps:';
  const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  return createMailer({
    smtp: {
      host: url.hostname,
      port: url.port === '' ? (secure ? 465 : submissionPort) : Number(url.port),
      secure,
      requireTls: !secure && url.username !== '',
      ...(url.username === '' ? {} : { auth }),
    },
    from: { name: settings.DINHDANH_NAME, address: settings.DINHDANH_MAIL_FROM },
    deadlines,
  });
}
