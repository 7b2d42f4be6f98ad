import type { Health } from './health.ts';
import { everybody, type Route, route } from './route.ts';

/** For load balancers and orchestrators. Neither answer tells more than which of our own checks fails. */
export function healthRoutes(health: Health): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/health/live',
      policy: everybody,
      handle: async (ctx) => {
        ctx.body = { status: 'live' };
      },
    }),
    route({
      method: 'GET',
      path: '/health/ready',
      policy: everybody,
      handle: async (ctx) => {
        const readiness = await health.readiness();
        ctx.status = readiness.status === 'ready' ? 200 : 503;
        ctx.body = readiness;
      },
    }),
  ];
}
