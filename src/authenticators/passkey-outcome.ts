import type { Clock } from '../platform/clock.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { AttestationMetadata } from './attestation-metadata.ts';
import type { ClientData } from './passkey.forms.ts';
import type { RelyingPartyOfPasskeys } from './passkey-verification.ts';
import type { ChallengeScope, WebAuthnChallenges } from './webauthn-challenge.ts';

/** What both ceremonies stand on. */
export type PasskeyDependencies = RelyingPartyOfPasskeys & {
  readonly rpName: string;
  readonly challenges: WebAuthnChallenges;
  readonly run: RunStatement;
  /** Without it no attestation is asked for and nothing is attested. */
  readonly metadata?: AttestationMetadata | undefined;
  readonly clock: Clock;
};

/** What a response of either ceremony can be refused for. */
export type ResponseRefusal =
  | 'malformed'
  /** Not ours, or made for another ceremony, browser or person. */
  | 'challenge-unknown'
  | 'challenge-expired'
  | 'challenge-spent'
  | 'wrong-type'
  /** Made at another site: a sign of phishing. */
  | 'wrong-origin'
  /** Made inside a frame of another site. */
  | 'cross-origin'
  | 'user-not-verified'
  | 'algorithm-not-allowed'
  /** RP ID, user presence, backup flags, attestation statement or signature. */
  | 'verification-failed';

export type Refused<Reason> = { readonly outcome: 'refused'; readonly reason: Reason };

export function refused<const Reason>(reason: Reason): Refused<Reason> {
  return { outcome: 'refused', reason };
}

const typeOf = { registration: 'webauthn.create', authentication: 'webauthn.get' } as const;

/**
 * Uses the challenge up and compares what the browser signed beside it. The challenge comes first, so that it is never
 * tried twice whatever else is wrong. @see WebAuthn Level 3 §7.1 steps 7–11, §7.2 steps 10–14
 */
export async function findClientDataProblem(
  { type, challenge, origin, crossOrigin = false, topOrigin }: ClientData,
  { scope, expect }: { readonly scope: ChallengeScope; readonly expect: PasskeyDependencies },
): Promise<ResponseRefusal | undefined> {
  const redemption = await expect.challenges.redeem(challenge, scope);
  if (redemption !== 'redeemed') return `challenge-${redemption}`;
  if (type !== typeOf[scope.ceremony]) return 'wrong-type';
  if (origin !== expect.origin) return 'wrong-origin';
  return crossOrigin === false && topOrigin === undefined ? undefined : 'cross-origin';
}

/** A credential as options name it. */
export function descriptorOf({ id, transports }: { readonly id: string; readonly transports: readonly string[] }): {
  id: string;
  transports: never[];
} {
  // Names of transports that may come one day are given back as they were stored.
  return { id, transports: [...transports] as never[] };
}
