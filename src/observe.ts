import type { Context, Middleware, Next } from 'koa';
import { requestContextOf } from './http/request-context.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';

/** The route's template, never the path: paths carry handles. */
function templateOf(ctx: Context, isEngines: (path: string) => boolean): string | undefined {
  const { _matchedRoute: matched } = ctx as { _matchedRoute?: unknown };
  if (typeof matched === 'string') return matched;
  if (!isEngines(ctx.path)) return undefined;
  return ctx.path.startsWith('/auth/') ? '/auth/:uid' : ctx.path;
}

/** One log line and one measurement per request. */
export function observe({
  logger,
  metrics,
  isEngines,
}: {
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'httpRequest'>;
  /** Whether the engine answers at a path: all of these are fixed, but the one that resumes. */
  readonly isEngines: (path: string) => boolean;
}): Middleware {
  return async (ctx, next: Next) => {
    const startedAt = performance.now();
    await next();
    const route = templateOf(ctx, isEngines);
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
