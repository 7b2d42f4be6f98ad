import { isAtLeast } from '../platform/scale.ts';
import type { AccountState } from './account.ts';
import { type Ial, ials } from './ial.ts';
import type { RecoverySituation } from './recovery-rules.ts';

/** An identity that an eID just vouched for, beside an account that has the same national number. */
export type ReclaimSituation = Omit<RecoverySituation, 'ial'> & {
  readonly accountState: AccountState;
  /** What the assertion is worth. */
  readonly asserted: Ial;
  /** The most that any identity of the account was ever worth here by today's rules, also one that its source withdrew. */
  readonly onFile: Ial;
  /** It says otherwise than an identity of the account. */
  readonly contradicts: boolean;
  /** Somebody signed in to the account not long ago. */
  readonly usedLately: boolean;
  /** This very eID has waited for it, and nobody stopped it. */
  readonly hasWaited: boolean;
};

/** Why an account is not to be had with this eID, now and later. */
export type ReclaimRefusal = 'account-inactive' | 'level-too-low' | 'disagrees';

export type ReclaimNeed =
  | { readonly kind: 'reclaims' }
  /** Time, with notices. */
  | { readonly kind: 'may-wait' }
  | { readonly kind: 'refused'; readonly because: ReclaimRefusal };

/** How long an account has to lie idle until it passes for lost. */
export const idleDays = 90;

/**
 * What gives a lost account back to whoever proves the same identity: at once where nobody would miss it, else a wait in
 * which its owner can stop it. Never by a weaker proof than the account has, nor against what it says. Whoever has
 * stopped somebody is there: from then on it always takes the wait. Never throws.
 */
export function reclaimNeed(situation: ReclaimSituation): ReclaimNeed {
  const { accountState, asserted, onFile, contradicts, hasWaited } = situation;
  if (accountState !== 'active') return { kind: 'refused', because: 'account-inactive' };
  if (contradicts) return { kind: 'refused', because: 'disagrees' };
  // Nothing is proved by ial0, be there as little on file.
  if (asserted === 'ial0' || !isAtLeast(ials, asserted, onFile)) return { kind: 'refused', because: 'level-too-low' };
  return hasWaited || isUnguarded(situation) ? { kind: 'reclaims' } : { kind: 'may-wait' };
}

function isUnguarded({ hasSecondFactor, hasMandate, usedLately, stops }: ReclaimSituation): boolean {
  return !hasSecondFactor && !hasMandate && !usedLately && stops === 0;
}
