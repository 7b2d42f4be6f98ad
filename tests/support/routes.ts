import type { TestInstallation } from './installation.ts';

type Layer = { readonly path: string | RegExp; readonly methods: readonly string[] };
type RouterMiddleware = { readonly router?: { readonly stack: readonly Layer[] } };

/** Every route of ours, read from what really answers. The engine's are in `engine-routes.ts`. */
export function routesOf({ installation }: TestInstallation): readonly { method: 'GET' | 'POST'; path: string }[] {
  const middleware = installation.app.middleware as unknown as readonly RouterMiddleware[];
  const layers = middleware.flatMap(({ router }) => router?.stack ?? []);
  return layers.map(({ path, methods }) => ({ method: methods.includes('POST') ? 'POST' : 'GET', path: String(path) }));
}
