import { AppError } from '../platform/app-error.ts';
import type { Assets } from './assets.ts';
import { everybody, type Route, route } from './route.ts';

export function assetRoutes(assets: Assets): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/assets/*file',
      policy: everybody,
      handle: async (ctx) => {
        const asset = assets.find(ctx.path);
        if (!asset) throw new AppError('not-found');
        ctx.set('Cache-Control', asset.cacheControl);
        ctx.type = asset.contentType;
        ctx.body = asset.body;
      },
    }),
  ];
}
