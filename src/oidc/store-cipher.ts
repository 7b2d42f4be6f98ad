import type { Encryption } from '../platform/encryption.ts';
import type { StoreCipher } from './resting-payload.ts';

/** Under the key-encryption keys: what an artifact holds belongs to no account. Each field opens only in its place. */
export function createStoreCipher(encryption: Encryption): StoreCipher {
  const contextOf = (field: string) => `oidc_artifact:payload:${field}` as const;
  return {
    async seal(plaintext, field) {
      const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(plaintext, contextOf(field));
      return `${keyEncryptionKeyId}.${sealed.toString('base64url')}`;
    },
    async open(stored, field) {
      const [keyEncryptionKeyId = '', sealed = ''] = stored.split('.', 2);
      return encryption.openWithKek({ keyEncryptionKeyId, sealed: Buffer.from(sealed, 'base64url') }, contextOf(field));
    },
  };
}
