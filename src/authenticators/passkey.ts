import type { Transaction } from '../platform/transaction.ts';
import { createPasskeyAuthentication } from './passkey-authentication.ts';
import type { PasskeyDependencies } from './passkey-outcome.ts';
import { createPasskeyRegistration } from './passkey-registration.ts';
import { listPasskeys, removePasskey, renamePasskey } from './passkey-repository.ts';

/** A passkey of an account; its id in base64url, as `list` tells it. */
type OfAccount = { readonly accountId: string; readonly credentialId: string };

/** Whether a refusal only says that its page was open too long, or was sent twice: once more is enough. */
export function isChallengeOver(reason: string): boolean {
  return reason.startsWith('challenge-');
}

export type Passkeys = ReturnType<typeof createPasskeys>;

/**
 * Passkeys and security keys of accounts. Each ceremony has two steps: the first uses the challenge up, outside of any
 * transaction, so that neither a rollback nor a second try brings it back. The second adds a credential in the caller's
 * transaction, and may be run again with it; or it takes the use of one, which stays taken whatever the caller makes of
 * it. @see WebAuthn Level 3 §7
 */
export function createPasskeys(dependencies: PasskeyDependencies) {
  return {
    ...createPasskeyRegistration(dependencies),
    ...createPasskeyAuthentication(dependencies),
    list: listPasskeys,
    /** @param name as `authenticatorName` gives it */
    rename: (tx: Transaction, { accountId, credentialId, name }: OfAccount & { readonly name: string }) =>
      renamePasskey(tx, { accountId, credentialId: Buffer.from(credentialId, 'base64url'), name }),
    remove: (tx: Transaction, { accountId, credentialId }: OfAccount) =>
      removePasskey(tx, { accountId, credentialId: Buffer.from(credentialId, 'base64url') }),
  };
}
