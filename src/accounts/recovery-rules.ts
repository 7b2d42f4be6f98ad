import { isAtLeast } from '../platform/scale.ts';
import { type Ial, ials } from './ial.ts';

/** What proves an account besides the mailbox a code is sent to. */
export type FurtherProof = 'totp' | 'recovery-code' | 'passkey';

/** Everything that counts as one of the two proofs a recovery takes. */
export type RecoveryProof = 'mailed-code' | FurtherProof;

/** What hangs on an account, and how often its recovery was stopped. */
export type RecoverySituation = {
  /** How well the identity is proved. @see SP 800-63A-4 */
  readonly ial: Ial;
  readonly hasSecondFactor: boolean;
  readonly hasMandate: boolean;
  /** Recoveries stopped from one of their notices, as long as they count. */
  readonly stops: number;
};

/** What a recovery takes from where it stands. */
export type RecoveryNeed =
  | { readonly kind: 'recovers' }
  /** One of these as well, or time. */
  | { readonly kind: 'needs-one-more'; readonly proofs: readonly FurtherProof[] }
  /** Nothing is left that could prove more: time, with notices. */
  | { readonly kind: 'may-wait' }
  /** Stopped too often: whoever asks must show who they are. */
  | { readonly kind: 'desk-or-eid-only' };

/** Those a person types. A passkey is none of them. */
export function isTyped(proof: FurtherProof): proof is 'totp' | 'recovery-code' {
  return proof !== 'passkey';
}

/** How long somebody with one proof waits while the person on the other end may stop it. */
export const waitSeconds = 72 * 3600;
/** How long nothing is removed and no contact changes after a recovery. */
export const coolDownSeconds = 72 * 3600;
/** From its start, the wait included: as long as the links of its notices work. */
export const attemptDays = 14;
/** How long a stop counts. */
export const stopCountsDays = 180;

const mostStops = 2;
const proofsNeeded = 2;

/**
 * What brings an account back: a mailbox alone as long as nothing hangs on the account that a mailbox could not have
 * given; else two proofs, or one and a wait in which its owner can stop it. Never throws.
 * @param standing `available` is what this account could still prove with; `hasWaited` that its wait is over, unstopped
 * @see NIST SP 800-63B-4 §4.2
 */
export function recoveryNeed(standing: {
  readonly situation: RecoverySituation;
  readonly given: readonly [RecoveryProof, ...RecoveryProof[]];
  readonly available: readonly FurtherProof[];
  readonly hasWaited: boolean;
}): RecoveryNeed {
  const { situation, available, hasWaited } = standing;
  const given = new Set<RecoveryProof>(standing.given);
  if (situation.stops >= mostStops) return { kind: 'desk-or-eid-only' };
  if (given.size >= proofsNeeded || hasWaited) return { kind: 'recovers' };
  if (given.has('mailed-code') && isMailboxEnough(situation)) return { kind: 'recovers' };
  const proofs = available.filter((proof) => !given.has(proof));
  return proofs.length > 0 ? { kind: 'needs-one-more', proofs } : { kind: 'may-wait' };
}

function isMailboxEnough({ ial, hasSecondFactor, hasMandate }: RecoverySituation): boolean {
  return !isAtLeast(ials, ial, 'ial2') && !hasSecondFactor && !hasMandate;
}
