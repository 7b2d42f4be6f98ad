import type { Clock } from '../platform/clock.ts';

/** When something ends that the engine gives a lifetime to. @throws TypeError where it gives none */
export function expiryOf(clock: Clock, ttlSeconds: number | undefined): Date {
  if (ttlSeconds === undefined) throw new TypeError('every artifact has an end');
  return new Date(clock.now().getTime() + ttlSeconds * 1000);
}
