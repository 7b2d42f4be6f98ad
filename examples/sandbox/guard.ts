import type { Middleware } from 'koa';

/** Headers of every answer; nothing for who came by another name than the issuer's. */
export function createGuard({
  issuer,
  redirectUris,
}: {
  readonly issuer: string;
  readonly redirectUris: readonly string[];
}): Middleware {
  // Browsers apply form-action to the whole chain of redirects, which ends at the relying party.
  const formTargets = new Set(redirectUris.map((uri) => new URL(uri).origin));
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  const { host } = new URL(issuer);

  return async (ctx, next) => {
    // Any website can point a name of its own at this machine.
    if (ctx.host !== host) ctx.throw(421);
    ctx.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    await next();
  };
}
