import type { RegisterEvidence } from '../registries/legal-entity.ts';

/** In whose name something is done. Ids are those of the store, never shown outside. */
export type Principal =
  | { readonly kind: 'person'; readonly account: string }
  | { readonly kind: 'organization'; readonly organization: string };

/** Who does it. */
export type Delegate = Principal | { readonly kind: 'client'; readonly client: string };

/**
 * Where a mandate comes from. The root of every tree is the organization: what its representative granted in that role
 * isn't a branch of the representative's own mandate, and outlives it.
 */
export type Grantor =
  | { readonly kind: 'register' }
  | { readonly kind: 'organization'; readonly account: string; readonly statutoryMandate: string }
  | { readonly kind: 'mandate'; readonly account: string; readonly mandate: string };

/** `joint`: so many of those named have to act together. */
export type Exercise =
  | { readonly kind: 'sole' }
  | { readonly kind: 'joint'; readonly quorum: number; readonly of: readonly string[] };

/** What the delegate may hand on, and how many times it may be handed on again; nobody may at depth 0. */
export type Delegable = { readonly powers: readonly string[]; readonly depth: number };

/** What a mandate rests on. `review`: a reviewer decided, by the event of that id. */
export type MandateEvidence =
  | ({ readonly kind: 'register' } & RegisterEvidence)
  | { readonly kind: 'review'; readonly case: string }
  | { readonly kind: 'grant'; readonly event: string };

export const mandateStates = [
  'revoked',
  'refused',
  'expired',
  'suspended',
  'pending-review',
  'pending-consent',
  'active',
] as const;
export type MandateState = (typeof mandateStates)[number];

/**
 * One delegate's power to act for one principal. What it grants never changes: a mandate that should say something else
 * is revoked, and another made.
 */
export type Mandate = {
  readonly id: string;
  readonly principal: Principal;
  readonly delegate: Delegate;
  /** What may be used: codes, or `*`. */
  readonly powers: readonly string[];
  /** What may be granted: an administrator may hold this and no power. */
  readonly delegable: Delegable;
  readonly basis: 'statutory' | 'delegated';
  readonly grantedBy: Grantor;
  readonly exercise: Exercise;
  readonly validFrom: Date;
  /** The first moment at which it is over; undefined without an end. */
  readonly validUntil: Date | undefined;
  readonly evidence: readonly MandateEvidence[];
  /** The rules by which it came about. */
  readonly ruleVersion: string;
  /** As of the last event. What it is worth at a moment is for `effectiveState`. */
  readonly state: MandateState;
};
