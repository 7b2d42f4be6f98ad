import type { SealedResult } from '../authentication/login-transaction.ts';
import type { Encryption } from '../platform/encryption.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { EstablishResult } from '../representation/establish-result.ts';

/** What came of asking a register, between the page that asked and the one that shows it. */
export type KeptResult = { readonly result: EstablishResult; readonly exercise: 'sole' | 'joint' | undefined };

/** Sealed with its login: it names people whom the register lists, before anybody has asked them anything. */
export function createKeptResults({ encryption }: { readonly encryption: Encryption }) {
  const contextOf = (uid: string) => `login_transaction:organization_result:${sha256(uid).toString('hex')}` as const;
  return {
    async seal(kept: KeptResult, uid: string): Promise<SealedResult> {
      const { sealed, keyEncryptionKeyId } = await encryption.sealWithKek(JSON.stringify(kept), contextOf(uid));
      return { sealed: sealed.toString('base64'), keyEncryptionKeyId };
    },
    async open({ sealed, keyEncryptionKeyId }: SealedResult, uid: string): Promise<KeptResult> {
      const stored = { sealed: Buffer.from(sealed, 'base64'), keyEncryptionKeyId };
      return JSON.parse(await encryption.openWithKek(stored, contextOf(uid)));
    },
  };
}

export type KeptResults = ReturnType<typeof createKeptResults>;
