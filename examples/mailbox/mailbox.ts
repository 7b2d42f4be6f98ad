import Koa from 'koa';
import { listen } from '../shared/listen.ts';
import { type AwaitedMail, createMailStore, type Mail, waitForMail } from './mail-store.ts';
import { createMailboxRoutes } from './mailbox.routes.ts';
import type { AppOfPerson } from './one-time-codes.ts';
import { catchMails } from './smtp-catcher.ts';

export type Mailbox = {
  /** Where to send mails, as `smtp://127.0.0.1:<port>`. */
  readonly smtp: string;
  /** Where to read them, as `http://localhost:<port>`. */
  readonly url: string;
  /** The newest mail to an address; waits for it if need be. @throws Error when none came in time. */
  readonly waitForMail: (awaited: AwaitedMail) => Promise<Mail>;
  readonly close: () => Promise<void>;
};

const host = '127.0.0.1';
const ownNames = ['localhost', host];

/**
 * Catches the mails of the demo and shows them in a browser, with the codes of the people's apps beside them. Both ports
 * on this machine only; 0 takes a free one.
 */
export async function startMailbox(options: {
  readonly smtpPort: number;
  readonly httpPort: number;
  readonly apps?: readonly AppOfPerson[];
}): Promise<Mailbox> {
  const now = (): Date => new Date();
  const store = createMailStore({ now });
  const smtp = await catchMails(store, { host, port: options.smtpPort });
  const http = await listen({ host, port: options.httpPort }).catch(async (fault) => {
    await smtp.close();
    throw fault;
  });
  const app = new Koa();
  app.use(async (ctx, next) => {
    // Any website can point a name of its own at this machine; its pages must not read the mails.
    if (!ownNames.includes(ctx.hostname)) ctx.throw(421);
    ctx.set({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    await next();
  });
  app.use(createMailboxRoutes({ store, apps: options.apps ?? [], now }).routes());
  http.answerWith(app.callback());
  return {
    smtp: `smtp://${host}:${smtp.port}`,
    url: `http://localhost:${http.port}`,
    waitForMail: (awaited) => waitForMail(store, awaited),
    close: async () => {
      await Promise.all([http.close(), smtp.close()]);
    },
  };
}
