import type { IncomingMessage, ServerResponse } from 'node:http';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { AppError } from '../platform/app-error.ts';
import { createCookieSignatures } from './cookie-signatures.ts';
import type { ErrorPages } from './error-pages.ts';
import { knownHost } from './known-host.ts';
import { requestContext } from './request-context.ts';
import type { Route } from './route.ts';
import { securityHeaders } from './security-headers.ts';
import { SeeOther } from './see-other.ts';

/** The protocol engine as this application sees it. */
export type Engine = {
  /** The methods the engine answers at a path, empty where the path isn't its own. */
  readonly methodsAt: (path: string) => readonly string[];
  readonly handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
};

export type AppOptions = {
  readonly issuer: URL;
  readonly cookieKeys: readonly string[];
  /** How many proxies in front of us set X-Forwarded-For; 0: none is believed. */
  readonly trustedProxyCount: number;
  readonly errorPages: ErrorPages;
  readonly observe: Middleware;
  readonly routes: readonly Route[];
  readonly engine: Engine;
};

function routerOf(routes: readonly Route[]): Router {
  const router = new Router();
  for (const { method, path, run } of routes) {
    if (method === 'GET') router.get(path, run);
    else router.post(path, run);
  }
  return router;
}

/**
 * Ours first, then the engine's; what is nobody's ends as a page. The address a form was sent to stays in the browser's
 * bar: opened once more, from there, from a bookmark or a restored tab, it leads to the nearest page above it.
 */
function engineOrNothing(engine: Engine, router: Router) {
  function pageAbove(path: string): string | undefined {
    const above = path.slice(0, path.lastIndexOf('/'));
    if (above === '') return undefined;
    const isPage = router.match(above, 'GET').route || engine.methodsAt(above).includes('GET');
    return isPage ? above : pageAbove(above);
  }

  return async (ctx: Context): Promise<void> => {
    const methods = engine.methodsAt(ctx.path);
    if (methods.includes(ctx.method)) {
      ctx.respond = false;
      await engine.handle(ctx.req, ctx.res);
      return;
    }
    const allowed = new Set([...methods, ...router.match(ctx.path, ctx.method).path.flatMap((own) => own.methods)]);
    if (allowed.size === 0) throw new AppError('not-found');
    const page = ctx.method === 'GET' || ctx.method === 'HEAD' ? pageAbove(ctx.path) : undefined;
    if (page !== undefined) throw new SeeOther(page);
    ctx.set('Allow', [...allowed].join(', ')); // RFC 9110 §15.5.6
    throw new AppError('method-not-allowed');
  };
}

export function createApp(options: AppOptions): Koa {
  const { issuer, errorPages, engine } = options;
  const https = issuer.protocol === 'https:';
  const app = new Koa({
    proxy: options.trustedProxyCount > 0,
    maxIpsCount: options.trustedProxyCount,
  });
  app.keys = createCookieSignatures(options.cookieKeys);
  const router = routerOf(options.routes);

  app.use(securityHeaders({ https })); //                   every answer below carries them, errors included
  app.use(requestContext({ secureCookies: https })); //     reference id, language, source
  app.use(options.observe); //                              one log line and one measurement per request
  app.use(errorPages.middleware); //                        whatever is thrown below becomes a page or JSON
  app.use(knownHost({ issuer })); //                        no foreign Host gets further
  app.use(router.routes() as Middleware); //                our own pages, each with its policy
  app.use(engineOrNothing(engine, router)); //              the protocol's endpoints, else "not found"
  return app;
}
