/** What is known of a register's word: it is fresh, old, or the register can't be asked now. */
export type RegisterStatus = 'current' | 'stale' | 'unavailable';

/** A word that is older than this is told to be. */
export const staleAfterDays = 7;

const dayMs = 86_400_000;

/** Never a reason to refuse anything: an outage isn't a no. Pure. */
export function registerStatus(
  { asOf, isSilent }: { readonly asOf: Date; readonly isSilent: boolean },
  at: Date,
): RegisterStatus {
  if (isSilent) return 'unavailable';
  return at.getTime() - asOf.getTime() > staleAfterDays * dayMs ? 'stale' : 'current';
}
