import { AppError } from '../platform/app-error.ts';
import { type Mandate, type MandateState, mandateStates } from './mandate.ts';

/** Who can change a mandate's state. `delegate` is the one who holds it, `principal` whoever may administer for it. */
export type MandateActorKind = 'system' | 'reviewer' | 'operator' | 'principal' | 'delegate' | 'co-representative';

export type MandateActor =
  | { readonly kind: 'system' }
  | { readonly kind: Exclude<MandateActorKind, 'system'>; readonly account: string };

/** Why a state changed. */
export type MandateReason =
  | 'review-approved'
  | 'review-refused'
  | 'consent-complete'
  | 'consent-declined'
  | 'consent-lapsed'
  | 'reopened'
  | 'officer-left'
  | 'organization-ended'
  | 'grantor-left'
  | 'identity-recovered'
  | 'security'
  | 'cleared'
  | 'confirmed'
  | 'given-up'
  | 'withdrawn'
  | 'validity-ended';

type Transition = {
  readonly from: readonly MandateState[];
  readonly to: MandateState;
  readonly because: readonly MandateReason[];
  readonly by: readonly MandateActorKind[];
};

const waiting = ['pending-review', 'pending-consent'] as const;
const standing = ['active', 'suspended'] as const;

/** Every change there is. `revoked` and `expired` are for good: acting again takes another mandate. */
export const mandateTransitions: readonly Transition[] = [
  { from: ['pending-review'], to: 'active', because: ['review-approved'], by: ['reviewer'] },
  { from: ['pending-review'], to: 'pending-consent', because: ['review-approved'], by: ['reviewer'] },
  { from: ['pending-review'], to: 'refused', because: ['review-refused'], by: ['reviewer'] },
  { from: ['refused'], to: 'pending-review', because: ['reopened'], by: ['delegate', 'reviewer'] },
  { from: ['pending-consent'], to: 'active', because: ['consent-complete'], by: ['co-representative'] },
  { from: ['pending-consent'], to: 'refused', because: ['consent-declined'], by: ['co-representative'] },
  // Who asked, and left before it was decided, asked for nothing.
  { from: waiting, to: 'refused', because: ['officer-left', 'organization-ended'], by: ['system'] },
  // Nobody is stuck behind one who never answers.
  { from: ['pending-consent'], to: 'pending-review', because: ['consent-lapsed'], by: ['system'] },
  {
    from: ['active'],
    to: 'suspended',
    because: ['officer-left', 'organization-ended', 'grantor-left', 'identity-recovered'],
    by: ['system'],
  },
  { from: ['active'], to: 'suspended', because: ['security'], by: ['operator', 'principal'] },
  { from: ['suspended'], to: 'active', because: ['cleared'], by: ['system', 'reviewer', 'operator'] },
  { from: ['suspended'], to: 'active', because: ['confirmed'], by: ['principal'] },
  { from: [...standing, ...waiting], to: 'revoked', because: ['withdrawn'], by: ['principal', 'operator'] },
  { from: [...standing, ...waiting], to: 'revoked', because: ['given-up'], by: ['delegate'] },
  {
    from: standing,
    to: 'revoked',
    because: ['officer-left', 'organization-ended', 'grantor-left'],
    by: ['system', 'operator'],
  },
  { from: [...standing, ...waiting], to: 'expired', because: ['validity-ended'], by: ['system'] },
];

/** What happened to a mandate: the history is these, and nothing is taken from it. */
export type MandateChange = {
  readonly mandate: string;
  readonly from: MandateState;
  readonly to: MandateState;
  readonly by: MandateActor;
  readonly reason: MandateReason;
  readonly at: Date;
};

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly mandate: Mandate; readonly change: MandateChange }
  | { readonly kind: 'not-allowed' };

/** Changes the state by the table, and tells the event to keep. Pure. */
export function changeState(
  mandate: Mandate,
  asked: Pick<MandateChange, 'to' | 'by' | 'reason' | 'at'>,
): ChangeOutcome {
  const isAllowed = mandateTransitions.some(
    ({ from, to, because, by }) =>
      from.includes(mandate.state) && to === asked.to && because.includes(asked.reason) && by.includes(asked.by.kind),
  );
  if (!isAllowed) return { kind: 'not-allowed' };
  const { to, by, reason, at } = asked;
  return {
    kind: 'changed',
    mandate: { ...mandate, state: to },
    change: { mandate: mandate.id, from: mandate.state, to, by, reason, at },
  };
}

/** What a mandate is worth at one moment; `not-yet` before it begins. */
export type EffectiveState = MandateState | 'not-yet';

const order: readonly EffectiveState[] = mandateStates.flatMap((state) =>
  state === 'active' ? ['not-yet', state] : [state],
);

/**
 * The least of what the mandate and all its ancestors are worth: nothing lives longer than what it was granted from.
 * @param ancestors from the one it was granted from up to the root
 * @throws AppError `mandate-chain-broken` where these aren't its ancestors: nothing can be said then
 */
export function effectiveState(
  mandate: Mandate,
  { ancestors, at }: { readonly ancestors: readonly Mandate[]; readonly at: Date },
): EffectiveState {
  const chain = [mandate, ...ancestors];
  for (const [index, { grantedBy }] of chain.entries()) {
    const parent = grantedBy.kind === 'mandate' ? grantedBy.mandate : undefined;
    if (chain[index + 1]?.id !== parent) throw new AppError('mandate-chain-broken');
  }
  const states = chain.map((one) => stateAt(one, at));
  return order.find((state) => states.includes(state)) ?? 'active';
}

function stateAt({ state, validFrom, validUntil }: Mandate, at: Date): EffectiveState {
  if (state !== 'active') return state;
  if (validUntil !== undefined && at.getTime() >= validUntil.getTime()) return 'expired';
  return at.getTime() < validFrom.getTime() ? 'not-yet' : 'active';
}
