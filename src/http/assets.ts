import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { AppError } from '../platform/app-error.ts';
import { everybody, type Route, route } from './route.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

type Asset = { readonly type: string; readonly body: Buffer };

export type Assets = { readonly version: string; readonly routes: readonly Route[] };

/**
 * The files pages load, held in memory; nothing else of the disk can be asked for. Their addresses carry a version
 * over all contents, so they may be kept for a year.
 */
export function createAssets(files: ReadonlyMap<string, string>): Assets {
  const hash = createHash('sha256');
  const assets = new Map<string, Asset>();
  for (const [name, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const body = readFileSync(file);
    hash.update(name).update(body);
    assets.set(name, { type: mediaTypes[extname(name)] ?? 'application/octet-stream', body });
  }
  const serve = route({
    method: 'GET',
    path: '/assets/:name',
    policy: everybody,
    handle: async (ctx) => {
      const asset = assets.get(String(ctx['params'].name));
      if (!asset) throw new AppError('not-found');
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
      ctx.type = asset.type;
      ctx.body = asset.body;
    },
  });
  return { version: hash.digest('base64url').slice(0, 10), routes: [serve] };
}
