import type { Context } from 'koa';

/** A secret of one browser, sent only with the pages under one path. */
export type PathCookie = {
  readonly read: (ctx: Context) => string | undefined;
  readonly write: (ctx: Context, cookie: { readonly path: string; readonly value: string }) => void;
  readonly clear: (ctx: Context, path: string) => void;
};

/** Not `__Host-`: that would bind it to the whole site. @see RFC 6265bis §4.1.3.1 */
export function createPathCookie(options: {
  readonly name: string;
  readonly maxAgeSeconds: number;
  readonly secureCookies: boolean;
}): PathCookie {
  const { maxAgeSeconds, secureCookies: secure } = options;
  const name = secure ? `__Secure-${options.name}` : options.name;
  const attributes = { httpOnly: true, sameSite: 'lax', secure, signed: false } as const;
  return {
    read: (ctx) => ctx.cookies.get(name, { signed: false }),
    write: (ctx, { path, value }) => {
      ctx.cookies.set(name, value, { ...attributes, path, maxAge: maxAgeSeconds * 1000 });
    },
    clear: (ctx, path) => {
      ctx.cookies.set(name, null, { ...attributes, path });
    },
  };
}
