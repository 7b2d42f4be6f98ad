import { createHmac, createSecretKey } from 'node:crypto';
import type { Context } from 'koa';
import { AppError } from '../platform/app-error.ts';
import { equalsConstantTime, newSecretToken } from '../platform/secret-token.ts';

export type Csrf = {
  /** The hidden field's value for a form in `scope` (an interaction's uid, a path). Sets the browser's cookie. */
  readonly tokenFor: (ctx: Context, scope: string) => string;
  /** @throws AppError `forbidden-origin` or `form-expired` */
  readonly verify: (ctx: Context, scope: string, presented: string | undefined) => void;
};

/**
 * A form's token is bound to the browser (by a cookie of its own) and to what the form belongs to; a foreign origin is
 * refused before the token is looked at. @see OWASP ASVS 5.0 V3.5
 */
export function createCsrf({
  key,
  origin,
  secureCookies,
}: {
  readonly key: Buffer;
  readonly origin: string;
  readonly secureCookies: boolean;
}): Csrf {
  const secret = createSecretKey(key);
  const cookieName = secureCookies ? '__Host-browser' : 'browser';

  function tokenOf(browser: string, scope: string): Buffer {
    return createHmac('sha256', secret).update(`${browser}\0${scope}`).digest();
  }

  return {
    tokenFor(ctx, scope) {
      let browser = ctx.cookies.get(cookieName, { signed: true });
      if (browser === undefined) {
        browser = newSecretToken();
        ctx.cookies.set(cookieName, browser, { httpOnly: true, sameSite: 'lax', secure: secureCookies, signed: true });
      }
      return tokenOf(browser, scope).toString('base64url');
    },
    verify(ctx, scope, presented) {
      const from = ctx.get('origin');
      const site = ctx.get('sec-fetch-site');
      if ((from !== '' && from !== origin) || (site !== '' && site !== 'same-origin' && site !== 'none')) {
        throw new AppError('forbidden-origin');
      }
      const browser = ctx.cookies.get(cookieName, { signed: true });
      if (browser === undefined || presented === undefined) throw new AppError('form-expired');
      if (!equalsConstantTime(tokenOf(browser, scope), Buffer.from(presented, 'base64url'))) {
        throw new AppError('form-expired');
      }
    },
  };
}
