import { readFile } from 'node:fs/promises';
import Router from '@koa/router';
import type { Context } from 'koa';
import { type Language, pickLanguage } from '../shared/language.ts';
import type { Mail, MailStore } from './mail-store.ts';
import { type AppOfPerson, codeOf, type OneTimeCode } from './one-time-codes.ts';
import { codesPage, listPage, mailPage, notFoundPage } from './pages.ts';

const pagePolicy =
  "default-src 'none'; style-src 'self'; frame-src 'self'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'";

/**
 * A mail's own markup: styled, but without scripts, forms, remote pictures or this site's origin, wherever it is opened.
 */
const mailPolicy =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

function languageOf(ctx: Context): Language {
  return pickLanguage([ctx.query['lang']], ctx.get('accept-language'));
}

function addressOf(ctx: Context): string | undefined {
  const { to } = ctx.query;
  return typeof to === 'string' && to !== '' ? to : undefined;
}

function toJson({ to, from, subject, text, html, receivedAt, messageId }: Mail): object {
  return {
    to,
    from,
    subject,
    text,
    html: html ?? null,
    receivedAt: receivedAt.toISOString(),
    messageId: messageId ?? null,
  };
}

export function createMailboxRoutes({
  store,
  apps,
  now,
}: {
  readonly store: MailStore;
  readonly apps: readonly AppOfPerson[];
  readonly now: () => Date;
}): Router {
  const stylesheet = readFile(new URL('./mailbox.css', import.meta.url));
  const router = new Router();

  function show(ctx: Context, markup: string): void {
    ctx.set('content-security-policy', pagePolicy);
    ctx.type = 'html';
    ctx.body = markup;
  }

  function named(ctx: Context): Mail | undefined {
    return store.find(Number(ctx['params'].id));
  }

  router.get('/', (ctx) => {
    const to = addressOf(ctx);
    show(ctx, listPage(languageOf(ctx), { mails: store.list(to), to, hasApps: apps.length > 0 }));
  });

  router.get('/messages.json', (ctx) => {
    ctx.body = store.list(addressOf(ctx)).map(toJson);
  });

  router.get('/messages/:id', (ctx) => {
    const mail = named(ctx);
    ctx.status = mail ? 200 : 404;
    show(ctx, mail ? mailPage(languageOf(ctx), mail) : notFoundPage(languageOf(ctx)));
  });

  router.get('/messages/:id/html', (ctx) => {
    const markup = named(ctx)?.html;
    if (markup === undefined) return;
    ctx.set('content-security-policy', mailPolicy);
    ctx.type = 'html';
    // Links of a mail open beside the frame, not in it.
    ctx.body = `<base target="_blank">${markup}`;
  });

  function codesFor(ctx: Context): readonly OneTimeCode[] {
    const email = addressOf(ctx)?.toLowerCase();
    return apps.filter((app) => email === undefined || app.email === email).map((app) => codeOf(app, now()));
  }

  router.get('/one-time-codes', (ctx) => {
    const codes = codesFor(ctx);
    // By then there are new ones.
    const [first] = codes;
    if (first) ctx.set('refresh', String(first.validForSeconds));
    show(ctx, codesPage(languageOf(ctx), codes));
  });

  router.get('/one-time-codes.json', (ctx) => {
    ctx.body = codesFor(ctx);
  });

  router.get('/mailbox.css', async (ctx) => {
    ctx.type = 'css';
    ctx.body = await stylesheet;
  });

  return router;
}
