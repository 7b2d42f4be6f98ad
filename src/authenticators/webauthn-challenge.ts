import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { equalsConstantTime } from '../platform/secret-token.ts';

/** What a challenge was made for: it is worth nothing in the other ceremony or at another place. */
export type ChallengeScope = {
  readonly ceremony: 'registration' | 'authentication';
  /** The browser's own ceremony, such as `login:<uid of the interaction>` or `session:<uid>:<account id>`. */
  readonly binding: string;
};

export type ChallengeRedemption = 'redeemed' | 'unknown' | 'expired' | 'spent';

/** @returns true for the one call that was first with this id, at any instance */
export type MarkOnce = (id: Buffer, expiresAt: Date) => Promise<boolean>;

export type WebAuthnChallenges = {
  /** A fresh challenge of 64 bytes, good for ten minutes. Nothing is stored until it comes back. */
  readonly issue: (scope: ChallengeScope) => Buffer;
  /** Uses a challenge up, whatever comes of the ceremony. Of any number of calls at once one is told `redeemed`. */
  readonly redeem: (challenge: Uint8Array, scope: ChallengeScope) => Promise<ChallengeRedemption>;
};

export const challengeTtlSeconds = 600;
const nonceBytes = 24;
const signedBytes = nonceBytes + 8;
// An instance whose clock is behind may still accept a challenge that has expired here: its mark outlives it.
const markGraceSeconds = 300;

/**
 * Challenges that carry their own proof: `nonce ‖ expiry ‖ HMAC(key, nonce ‖ expiry ‖ scope)`. @param key 32 bytes,
 * shared by all instances @see WebAuthn Level 3 §13.4.3
 */
export function createWebAuthnChallenges({
  key,
  markOnce,
  clock,
}: {
  readonly key: Uint8Array;
  readonly markOnce: MarkOnce;
  readonly clock: Clock;
}): WebAuthnChallenges {
  const secret = createSecretKey(key);
  // The part before the scope has a fixed length and a ceremony's name no NUL: no two scopes read the same.
  const mac = (signed: Uint8Array, { ceremony, binding }: ChallengeScope): Buffer =>
    createHmac('sha256', secret).update(signed).update(`${ceremony}\0${binding}`, 'utf8').digest();

  function issue(scope: ChallengeScope): Buffer {
    const expiry = Buffer.alloc(8);
    expiry.writeBigUInt64BE(BigInt(clock.now().getTime() + challengeTtlSeconds * 1000));
    const signed = Buffer.concat([randomBytes(nonceBytes), expiry]);
    return Buffer.concat([signed, mac(signed, scope)]);
  }

  async function redeem(challenge: Uint8Array, scope: ChallengeScope): Promise<ChallengeRedemption> {
    const signed = Buffer.from(challenge.subarray(0, signedBytes));
    // A challenge of another length leaves a remainder that is no HMAC.
    if (!equalsConstantTime(challenge.subarray(signedBytes), mac(signed, scope))) return 'unknown';
    const expiresAtMs = Number(signed.readBigUInt64BE(nonceBytes));
    if (expiresAtMs <= clock.now().getTime()) return 'expired';
    const id = createHash('sha256').update('webauthn challenge\0').update(challenge).digest();
    return (await markOnce(id, new Date(expiresAtMs + markGraceSeconds * 1000))) ? 'redeemed' : 'spent';
  }

  return { issue, redeem };
}
