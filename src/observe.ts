import type { Context, Middleware, Next } from 'koa';
import { requestContextOf } from './http/request-context.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';

/** The route's template, never the path: paths carry handles. */
function templateOf(ctx: Context): string | undefined {
  const { _matchedRoute: matched } = ctx as { _matchedRoute?: unknown };
  if (typeof matched === 'string') return matched;
  return ctx.path.startsWith('/auth/') ? '/auth/:uid' : undefined;
}

/** One log line and one measurement per request. */
export function observe({ logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics }): Middleware {
  return async (ctx, next: Next) => {
    const startedAt = performance.now();
    await next();
    const route = templateOf(ctx);
    const durationSeconds = (performance.now() - startedAt) / 1000;
    const { statusCode: status } = ctx.res;
    metrics.httpRequest({ method: ctx.method, route, status, durationSeconds });
    logger.info('request', {
      referenceId: requestContextOf(ctx).referenceId,
      method: ctx.method,
      route,
      status,
      durationMs: Math.round(durationSeconds * 1000),
    });
  };
}
