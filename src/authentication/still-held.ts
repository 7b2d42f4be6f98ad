import type { Evidence } from './evidence.ts';
import type { Authenticators } from './step-up.ts';

/** What an account has now: anything else proves nothing any more. */
export type HeldAuthenticators = Authenticators & {
  /** When the password of today was chosen, in whole seconds since 1970 UTC; undefined without one. */
  readonly passwordSince: number | undefined;
  /** The same of the recovery codes. */
  readonly recoveryCodesSince: number | undefined;
  /** The apps and keys, by their ids. */
  readonly authenticatorIds: readonly string[];
};

/**
 * Whether what this was proved with is still the account's: not where the app, the key or the link to the eID was taken
 * away since. A password and a set of codes aren't taken away but replaced, and the session in which that was done
 * stays. Pure; never throws.
 */
export function isStillThere(
  { method, authenticator, source }: Evidence,
  account: Pick<HeldAuthenticators, 'authenticatorIds' | 'identities'>,
): boolean {
  switch (method) {
    case 'password':
    case 'recovery-code':
      return true;
    case 'totp':
    case 'security-key':
    case 'passkey':
    case 'attested-passkey':
      // What the release before wrote names none, and counts until it has aged.
      return authenticator === undefined || account.authenticatorIds.includes(authenticator);
    case 'eid':
    case 'eid-two-factor':
      return account.identities.some((identity) => identity.source === source);
  }
}

/**
 * Whether it proves something in a login that is under way: nor by a password that was changed since it was typed, or a
 * code of a set that another took the place of. Whoever had stolen it finishes nothing with it. Pure; never throws.
 */
export function isStillHeld(
  evidence: Evidence,
  account: Pick<HeldAuthenticators, 'passwordSince' | 'recoveryCodesSince' | 'authenticatorIds' | 'identities'>,
): boolean {
  const { passwordSince = Number.POSITIVE_INFINITY, recoveryCodesSince = Number.POSITIVE_INFINITY } = account;
  if (evidence.method === 'password') return evidence.provedAt >= passwordSince;
  if (evidence.method === 'recovery-code') return evidence.provedAt >= recoveryCodesSince;
  return isStillThere(evidence, account);
}
