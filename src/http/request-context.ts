import type { IncomingMessage } from 'node:http';
import type { Context, Next } from 'koa';
import { AppError } from '../platform/app-error.ts';
import { chooseLocale, type Locale } from '../platform/i18n.ts';
import { newReferenceId } from '../platform/secret-token.ts';

/** What every handler may know of its request, whichever Koa application handles it. */
export type RequestContext = {
  /** What the person can tell an operator: the same on the page, in the log and in the event. */
  readonly referenceId: string;
  readonly locale: Locale;
  /** The client's address as seen behind the trusted proxies. */
  readonly source: string;
};

// The engine wraps the same request in a context of its own: the request is what both share.
const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** How long a chosen language is remembered, in seconds. */
const localeCookieSeconds = 365 * 24 * 3600;

export function requestContextOf(ctx: { readonly req: IncomingMessage }): RequestContext {
  const context = contexts.get(ctx.req);
  if (!context) throw new AppError('request-without-context');
  return context;
}

/** How much of a browser's name is kept. */
const userAgentCharacters = 256;

/** Where a request came from, as a use case keeps it with what it records. */
export function originOf(ctx: Context) {
  const { referenceId, locale, source: ip } = requestContextOf(ctx);
  const userAgent = ctx.get('user-agent').slice(0, userAgentCharacters);
  return { referenceId, locale, ip, ...(userAgent === '' ? {} : { userAgent }) };
}

/** The portal's wish, kept in its authorization request, stands unless the person chose on this very page. */
export function preferLocale(ctx: Context, uiLocales: string | undefined): void {
  const context = requestContextOf(ctx);
  if (uiLocales === undefined || ctx.cookies.get('locale') !== undefined || ctx.query['ui_locales'] !== undefined)
    return;
  contexts.set(ctx.req, {
    ...context,
    locale: chooseLocale({ uiLocales, acceptLanguage: ctx.get('accept-language') }),
  });
}

/** Gives the request its reference id and language, and remembers a language chosen by link. */
export function requestContext({ secureCookies }: { readonly secureCookies: boolean }) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const { ui_locales: wish } = ctx.query;
    const locale = chooseLocale({
      uiLocales: typeof wish === 'string' ? wish : undefined,
      cookie: ctx.cookies.get('locale'),
      acceptLanguage: ctx.get('accept-language'),
    });
    contexts.set(ctx.req, { referenceId: newReferenceId(), locale, source: ctx.ip });
    if (typeof wish === 'string' && ctx.path !== '/auth') {
      const maxAge = localeCookieSeconds * 1000;
      ctx.cookies.set('locale', locale, { maxAge, secure: secureCookies, sameSite: 'lax', signed: false });
    }
    await next();
  };
}
