import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { everybody, type Route, route } from './route.ts';

export type WellKnownOptions = {
  readonly issuer: URL;
  /** Where a finder of a fault writes to: `mailto:` or `https:`. Without one there is no security.txt. */
  readonly securityContact: string | undefined;
  readonly clock: Clock;
};

const dayMs = 24 * 3600 * 1000;
const securityTxtDays = 90;
const cacheControl = 'public, max-age=86400';

/** @see RFC 9116 §2.5 */
function securityTxt({ issuer, securityContact, clock }: WellKnownOptions): string {
  // A whole day, so that every instance says the same.
  const today = Math.floor(clock.now().getTime() / dayMs) * dayMs;
  const expires = new Date(today + securityTxtDays * dayMs).toISOString().replace('.000Z', 'Z');
  return [
    `Contact: ${securityContact}`,
    `Expires: ${expires}`,
    'Preferred-Languages: vi, en, fr',
    `Canonical: ${new URL('/.well-known/security.txt', issuer).href}`,
    '',
  ].join('\n');
}

/** What machines of strangers look for: whom to tell of a fault, and that there is nothing to index. */
export function wellKnownRoutes(options: WellKnownOptions): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/.well-known/security.txt',
      policy: everybody,
      handle: async (ctx) => {
        if (options.securityContact === undefined) throw new AppError('not-found');
        ctx.set('Cache-Control', cacheControl);
        ctx.type = 'text/plain; charset=utf-8';
        ctx.body = securityTxt(options);
      },
    }),
    route({
      method: 'GET',
      path: '/robots.txt',
      policy: everybody,
      handle: async (ctx) => {
        ctx.set('Cache-Control', cacheControl);
        ctx.type = 'text/plain; charset=utf-8';
        ctx.body = 'User-agent: *\nDisallow: /\n';
      },
    }),
  ];
}
