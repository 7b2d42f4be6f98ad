/** The one source of time. Tests pass a clock of their own. */
export type Clock = { readonly now: () => Date };

export const systemClock: Clock = { now: () => new Date() };

/** Whole seconds since 1970 UTC, as in JWT NumericDate. @see RFC 7519 §2 */
export function epochSeconds(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}
