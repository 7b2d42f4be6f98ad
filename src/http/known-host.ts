import type { Context, Next } from 'koa';
import { AppError } from '../platform/app-error.ts';

/**
 * Refuses any Host but the issuer's. The engine derives endpoint addresses and accepted audiences from it, so a
 * foreign one must not get that far.
 */
export function knownHost({ issuer }: { readonly issuer: URL }) {
  return async (ctx: Context, next: Next): Promise<void> => {
    if (ctx.host !== issuer.host || `${ctx.protocol}:` !== issuer.protocol) throw new AppError('unknown-host');
    await next();
  };
}
