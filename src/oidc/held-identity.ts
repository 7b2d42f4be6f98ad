import type { IdentityAttributes } from '../accounts/verified-identity.ts';
import type { HeldIdentity } from '../authentication/login-transaction.ts';
import type { AssertedIdentity } from '../identity-proofing/eid-connector.ts';
import type { Encryption } from '../platform/encryption.ts';
import { sha256 } from '../platform/secret-token.ts';

type Kept = Omit<AssertedIdentity, 'authenticatedAt'> & { readonly authenticatedAt: string };

/** What an eID vouched for, sealed as long as it belongs to no account. */
export function createHeldIdentities({ encryption }: { readonly encryption: Encryption }) {
  const contextOf = (uid: string) => `login_transaction:held_identity:${sha256(uid).toString('hex')}` as const;
  return {
    async seal(identity: AssertedIdentity, uid: string): Promise<Omit<HeldIdentity, 'choice'>> {
      const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(JSON.stringify(identity), contextOf(uid));
      return { sealed: sealed.toString('base64'), keyEncryptionKeyId };
    },
    async open(held: HeldIdentity, uid: string): Promise<AssertedIdentity> {
      const { keyEncryptionKeyId } = held;
      const sealed = Buffer.from(held.sealed, 'base64');
      const kept: Kept = JSON.parse(await encryption.openWithKek({ sealed, keyEncryptionKeyId }, contextOf(uid)));
      return {
        ...kept,
        attributes: kept.attributes as IdentityAttributes,
        authenticatedAt: new Date(kept.authenticatedAt),
      };
    },
  };
}

export type HeldIdentities = ReturnType<typeof createHeldIdentities>;
