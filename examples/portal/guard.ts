import type { Middleware } from 'koa';

/**
 * Headers of every answer, and one address for the portal: a browser that came by another name of this machine is sent
 * to the configured one, because the answer of the provider will arrive there and needs the same cookies.
 */
export function createGuard({ origin, issuer }: { readonly origin: string; readonly issuer: string }): Middleware {
  // Browsers apply form-action to the whole chain of redirects, and signing out goes on at the provider.
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    `form-action 'self' ${new URL(issuer).origin}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  const host = new URL(origin).host;

  return async (ctx, next) => {
    ctx.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    if (ctx.host === host) return next();
    if (ctx.method !== 'GET') return ctx.throw(421);
    // Built by hand: `new URL` would read a path of two slashes as another host.
    return ctx.redirect(`${origin}${ctx.url}`);
  };
}
