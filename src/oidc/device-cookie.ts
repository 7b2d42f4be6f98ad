import type { Context } from 'koa';
import { type KnownDevices, knownDeviceTtlSeconds } from '../authentication/known-device.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';

/** By which a browser is known to have signed in here before. It vouches for nobody. */
export type DeviceCookie = {
  readonly read: (ctx: Context) => string | undefined;
  readonly write: (ctx: Context, value: string) => void;
  /** When this browser last signed in as `identifier`; undefined where it never did. */
  readonly knownSince: (ctx: Context, identifier: string) => Date | undefined;
  /** Somebody signed in here as `identifier` (in the form in which two spellings are the same). */
  readonly remember: (ctx: Context, identifier: string) => void;
};

export function createDeviceCookie(dependencies: {
  readonly knownDevices: KnownDevices;
  readonly clock: Clock;
  readonly secureCookies: boolean;
}): DeviceCookie {
  const { knownDevices, clock, secureCookies: secure } = dependencies;
  const name = secure ? '__Host-device' : 'device';
  const read: DeviceCookie['read'] = (ctx) => ctx.cookies.get(name, { signed: false });
  const write: DeviceCookie['write'] = (ctx, value) => {
    // Its entries are signed one by one.
    const attributes = { httpOnly: true, sameSite: 'lax', secure, signed: false } as const;
    ctx.cookies.set(name, value, { ...attributes, maxAge: knownDeviceTtlSeconds * 1000 });
  };
  return {
    read,
    write,
    knownSince: (ctx, identifier) =>
      knownDevices.recognize(read(ctx), { identifier, now: epochSeconds(clock) })?.signedInAt,
    remember: (ctx, identifier) =>
      write(ctx, knownDevices.remember(read(ctx), { identifier, now: epochSeconds(clock) })),
  };
}
