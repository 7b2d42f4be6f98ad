import { isAtLeast } from '../platform/scale.ts';
import type { Mandate } from './mandate.ts';
import { type EffectiveState, effectiveState } from './mandate-state.ts';
import { acrForPowers, missingPowers, type PowerAcr, type PowerCatalogue, powerAcrs } from './powers.ts';

/** What a portal asks for, and how the person is authenticated. */
export type PowerRequest = {
  /** Codes; none where the portal is content with whatever there is. */
  readonly powers: readonly string[];
  /** The client has declared that it can handle a power which several have to exercise together. */
  readonly acceptsJoint: boolean;
  readonly acr: PowerAcr;
  readonly at: Date;
};

export type RequestOutcome =
  | { readonly kind: 'satisfied' }
  /** Everything is right but the authentication. */
  | { readonly kind: 'needs-step-up'; readonly acr: PowerAcr }
  | { readonly kind: 'not-in-force'; readonly state: Exclude<EffectiveState, 'active'> }
  | { readonly kind: 'joint-not-accepted'; readonly quorum: number }
  | { readonly kind: 'powers-missing'; readonly missing: readonly string[] };

/** Whether this mandate is enough for this request, or the first reason why it isn't. Pure. */
export function satisfiesRequest(
  {
    mandate,
    ancestors,
    catalogue,
  }: {
    readonly mandate: Mandate;
    /** From the one it was granted from up to the root. */
    readonly ancestors: readonly Mandate[];
    readonly catalogue: PowerCatalogue;
  },
  { powers, acceptsJoint, acr, at }: PowerRequest,
): RequestOutcome {
  const state = effectiveState(mandate, { ancestors, at });
  if (state !== 'active') return { kind: 'not-in-force', state };
  const { exercise } = mandate;
  if (exercise.kind === 'joint' && !acceptsJoint) return { kind: 'joint-not-accepted', quorum: exercise.quorum };
  const missing = missingPowers(mandate.powers, { asked: powers, catalogue });
  if (missing.length > 0) return { kind: 'powers-missing', missing };
  const needed = acrForPowers(powers, catalogue);
  return isAtLeast(powerAcrs, acr, needed) ? { kind: 'satisfied' } : { kind: 'needs-step-up', acr: needed };
}
