import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { explainListenFault } from '../shared/listen.ts';
import type { MailStore } from './mail-store.ts';

const maxMailBytes = 1_000_000;

async function receive(store: MailStore, stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const { envelope } = session;
  const mail = await simpleParser(stream, { skipImageLinks: true, skipTextLinks: true });
  if (stream.sizeExceeded) throw Object.assign(new Error('Mail is too large'), { responseCode: 552 });
  store.add({
    to: envelope.rcptTo.map((recipient) => recipient.address),
    from: mail.from?.text ?? (envelope.mailFrom ? envelope.mailFrom.address : ''),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || undefined,
    messageId: mail.messageId,
  });
}

/**
 * Accepts every mail to anybody and sends none on. Plain SMTP on this machine: no TLS, no sign-in.
 * @throws Error with one clear sentence when the port is taken.
 */
export async function catchMails(
  store: MailStore,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 500,
    size: maxMailBytes,
    onData(stream, session, callback) {
      receive(store, stream, session).then(() => callback(), callback);
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault) => reject(explainListenFault(fault, { host, port })));
    server.listen(port, host, resolve);
  });
  // A sender that hangs up half-way is the sender's trouble, not the end of the demo.
  server.on('error', (fault) => console.error('mailbox:', fault.message));
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
