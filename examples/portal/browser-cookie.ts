import type { Context } from 'koa';

export type BrowserCookie = {
  readonly read: (ctx: Context) => string | undefined;
  readonly write: (ctx: Context, value: string) => void;
};

/**
 * A cookie of this portal alone. Cookies ignore the port, so two portals on `localhost` share a jar: the client id in
 * the name keeps them apart (base64url, because a client id may hold what a cookie name may not).
 */
export function createBrowserCookie(options: {
  readonly purpose: 'session' | 'language';
  readonly clientId: string;
  readonly secure: boolean;
}): BrowserCookie {
  const prefix = options.secure ? '__Host-' : '';
  const name = `${prefix}${options.purpose}-${Buffer.from(options.clientId).toString('base64url')}`;
  return {
    read: (ctx) => ctx.cookies.get(name),
    write(ctx, value) {
      // TLS may end at a proxy, which Koa can't see; the configured address is what counts.
      ctx.cookies.secure = options.secure;
      ctx.cookies.set(name, value, {
        httpOnly: true,
        sameSite: 'lax',
        secure: options.secure,
        path: '/',
        overwrite: true,
      });
    },
  };
}
