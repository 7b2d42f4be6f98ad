import { type AskedRegisters, isLastWord } from './ask-registers.ts';
import type { MandateReason } from './mandate-state.ts';

/** What a register's word of today means for a mandate that rests on its word of another day. */
export type RegisterVerdict =
  | { readonly kind: 'confirmed' }
  /** For a person to look at; nothing is taken away meanwhile, and nothing confirmed. */
  | { readonly kind: 'unclear' }
  /** Nobody was told anything new. Never a no. */
  | { readonly kind: 'silent' }
  /** It is the person who isn't proved, which says nothing of the organization. */
  | { readonly kind: 'person-unproved' }
  | { readonly kind: 'lost'; readonly reason: Extract<MandateReason, 'officer-left' | 'organization-ended'> };

/** Pure. Only what a register says itself, and says now, takes a mandate away. */
export function registerVerdict(asked: AskedRegisters): RegisterVerdict {
  const { outcome, answers } = asked;
  const [{ entity }] = answers;
  if (outcome.kind === 'registry-unavailable' || isLastWord(asked)) return { kind: 'silent' };
  switch (outcome.kind) {
    case 'established':
    case 'needs-consent-of':
      return { kind: 'confirmed' };
    case 'needs-review': {
      // Once it is in liquidation its officers don't bind it, by whatever name a liquidator goes there.
      const isLiquidated = entity.kind === 'found' && entity.value.state === 'in-liquidation';
      return isLiquidated ? { kind: 'lost', reason: 'organization-ended' } : { kind: 'unclear' };
    }
    case 'not-representative':
      return ofRefusal(outcome.reason);
  }
}

function ofRefusal(
  reason: Extract<AskedRegisters['outcome'], { kind: 'not-representative' }>['reason'],
): RegisterVerdict {
  switch (reason) {
    case 'identity-not-proved':
      return { kind: 'person-unproved' };
    case 'organization-closed':
    case 'organization-not-found':
    case 'only-liquidator-binds':
      return { kind: 'lost', reason: 'organization-ended' };
    case 'not-listed':
    case 'namesake':
    case 'role-does-not-bind':
    case 'former-officer':
      return { kind: 'lost', reason: 'officer-left' };
  }
}
