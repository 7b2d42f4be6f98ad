import type { Settings } from './config/schema.ts';
import { createMailer, type Mailer } from './platform/mailer.ts';
import { smtpServerOf } from './platform/smtp-url.ts';

const deadlines = { connectMs: 5_000, greetingMs: 5_000, silenceMs: 10_000, sendMs: 30_000 } as const;

/** The mailer of the configured server. */
export function createSmtpMailer(settings: Settings): Mailer {
  return createMailer({
    smtp: smtpServerOf(settings.DINHDANH_SMTP_URL),
    from: { name: settings.DINHDANH_NAME, address: settings.DINHDANH_MAIL_FROM },
    deadlines,
  });
}
