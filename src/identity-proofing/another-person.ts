import { compareIdentities } from '../accounts/compare-identities.ts';
import type { IdentityAttributes } from '../accounts/verified-identity.ts';

/**
 * Whether an identity is another person's than what was once said of an account. A number decides, where one of them has
 * it: name and birth date are shared by thousands. Pure.
 */
export function isAnotherPerson(past: IdentityAttributes, now: IdentityAttributes): boolean {
  const [before, after] = [past.national_id, now.national_id];
  if (before || after) return before?.country !== after?.country || before?.value !== after?.value;
  return compareIdentities(past, now, { sameSubject: false }).kind === 'contradicts';
}
