import type { Exercise, Mandate, Principal } from './mandate.ts';
import { covers, type PowerCatalogue } from './powers.ts';

/** What of a mandate is decided when it is granted. */
export type Grant = Pick<Mandate, 'principal' | 'powers' | 'delegable' | 'exercise' | 'validFrom' | 'validUntil'>;

/** Why somebody may not grant this. */
export type GrantFault =
  | 'other-principal'
  | 'powers-exceed'
  | 'depth-exceeds'
  | 'begins-before'
  | 'outlives'
  /** Who can only act with others can't make somebody who acts alone. */
  | 'joint-made-sole';

/**
 * Whether a grant stays within the mandate it is made from: its powers and what it may hand on are part of what that one
 * may hand on, it isn't valid longer, and its depth is one less. Empty where it does. Pure; says nothing of the state.
 */
export function grantFaults(
  child: Grant,
  { parent, catalogue }: { readonly parent: Grant; readonly catalogue: PowerCatalogue },
): readonly GrantFault[] {
  const asked = [...child.powers, ...child.delegable.powers];
  const faults: readonly (GrantFault | false)[] = [
    !isSamePrincipal(child.principal, parent.principal) && 'other-principal',
    !covers(parent.delegable.powers, { asked, catalogue }) && 'powers-exceed',
    !isDepthWithin(child, parent) && 'depth-exceeds',
    child.validFrom.getTime() < parent.validFrom.getTime() && 'begins-before',
    endOf(child) > endOf(parent) && 'outlives',
    !isExerciseWithin(child.exercise, parent.exercise) && 'joint-made-sole',
  ];
  return faults.filter((fault) => fault !== false);
}

function isDepthWithin({ delegable: { depth } }: Grant, parent: Grant): boolean {
  return Number.isInteger(depth) && depth >= 0 && depth <= parent.delegable.depth - 1;
}

function endOf({ validUntil }: Grant): number {
  return validUntil?.getTime() ?? Number.POSITIVE_INFINITY;
}

function isSamePrincipal(one: Principal, other: Principal): boolean {
  return (
    (one.kind === 'person' && other.kind === 'person' && one.account === other.account) ||
    (one.kind === 'organization' && other.kind === 'organization' && one.organization === other.organization)
  );
}

/** At least as many of no more people. */
function isExerciseWithin(child: Exercise, parent: Exercise): boolean {
  if (parent.kind === 'sole') return true;
  return child.kind === 'joint' && child.quorum >= parent.quorum && child.of.every((one) => parent.of.includes(one));
}
