import { equalsConstantTime, newSecretToken, sha256 } from '../platform/secret-token.ts';

/** A secret brought along from elsewhere: taken as a hash, or refused with the reason. */
export type ChosenSecret =
  | { readonly kind: 'accepted'; readonly hash: Buffer }
  | { readonly kind: 'refused'; readonly reason: 'too-short' | 'too-long' | 'too-regular' | 'not-ascii' };

/** A new client secret of 256 random bits. It is shown once; only its hash is stored. */
export function newClientSecret(): { readonly secret: string; readonly hash: Buffer } {
  const secret = newSecretToken(32);
  return { secret, hash: sha256(secret) };
}

/**
 * The hash of a secret that an operator chose. A plain SHA-256 protects only what can't be guessed, so short and
 * regular ones are refused.
 */
export function hashChosenSecret(secret: string): ChosenSecret {
  if (/[^\x21-\x7e]/.test(secret)) return { kind: 'refused', reason: 'not-ascii' };
  if (secret.length < 32) return { kind: 'refused', reason: 'too-short' };
  if (secret.length > 256) return { kind: 'refused', reason: 'too-long' };
  if (new Set(secret).size < 8) return { kind: 'refused', reason: 'too-regular' };
  return { kind: 'accepted', hash: sha256(secret) };
}

/** Whether this is the client's secret; the time it takes tells nothing about either. A client without one: false. */
export function matchesClientSecret(hash: Uint8Array | undefined, presented: string): boolean {
  return hash !== undefined && equalsConstantTime(hash, sha256(presented));
}
