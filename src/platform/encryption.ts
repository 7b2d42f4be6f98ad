import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { openAesGcm, sealAesGcm } from './aes-gcm.ts';
import {
  createLocalKeyEncryption,
  type KekCiphertext,
  type KeyEncryptionPort,
  keyRing,
  type VersionedKey,
} from './key-encryption.ts';

/**
 * The one place a ciphertext belongs to, as `<table>:<column>:<row id>`. It is authenticated, so that a ciphertext
 * moved to another row or column doesn't open there.
 */
export type SealContext = `${string}:${string}:${string}`;

/** An account's data key, ready for use. It shows its bytes neither to a log nor to JSON. */
export type DataKey = KeyObject & { readonly __brand: 'DataKey' };

/** A data key as it rests in the database. Deleting it erases everything sealed under it. */
export type WrappedDataKey = { readonly wrapped: Buffer; readonly keyEncryptionKeyId: string };

/** Something that belongs to no account (a signing key, a pending registration), sealed by the key-encryption key. */
export type SealedByKek = { readonly sealed: Buffer; readonly keyEncryptionKeyId: string };

/** A keyed hash by which an encrypted value is found, and the key it was made with. */
export type LookupHash = { readonly keyId: string; readonly hash: Buffer };

export type Encryption = ReturnType<typeof createEncryption>;

type EncryptionKeys = {
  /** First the current one, then those by which earlier rows are still found. */
  readonly lookupKeys: readonly VersionedKey[];
} & (
  | {
      /** First the current one, then those that still open what they sealed. */
      readonly keyEncryptionKeys: readonly VersionedKey[];
    }
  | { readonly keyEncryption: KeyEncryptionPort }
);

/**
 * The keys of the store: a data key per account, wrapped by a versioned key-encryption key, and keyed hashes for
 * look-up. Opening throws AppError `ciphertext-refused` for what was changed or moved and `encryption-key-unknown`
 * for a key that isn't configured.
 * @throws AppError `encryption-keys-invalid` for no key, a key that isn't 32 bytes, or an id given twice.
 */
export function createEncryption(keys: EncryptionKeys) {
  const keyEncryption = 'keyEncryption' in keys ? keys.keyEncryption : createLocalKeyEncryption(keys.keyEncryptionKeys);
  const lookupKeys = keyRing(keys.lookupKeys);

  return {
    /** A new data key, bound to its row by the context. Store `wrapped` and `keyEncryptionKeyId`; use `dataKey`. */
    newDataKey: async (context: SealContext): Promise<WrappedDataKey & { readonly dataKey: DataKey }> => {
      const bytes = randomBytes(32);
      const { keyEncryptionKeyId, ciphertext } = await keyEncryption.encrypt(bytes, wrapContext(context));
      return { wrapped: ciphertext, keyEncryptionKeyId, dataKey: asDataKey(bytes) };
    },

    unwrapDataKey: async (stored: WrappedDataKey, context: SealContext): Promise<DataKey> =>
      asDataKey(await keyEncryption.decrypt(fromKek(stored.wrapped, stored), wrapContext(context))),

    /** The same data key under the current key-encryption key: how a rotation goes through the rows. */
    rewrapDataKey: async (stored: WrappedDataKey, context: SealContext): Promise<WrappedDataKey> => {
      const bytes = await keyEncryption.decrypt(fromKek(stored.wrapped, stored), wrapContext(context));
      const { keyEncryptionKeyId, ciphertext } = await keyEncryption.encrypt(bytes, wrapContext(context));
      bytes.fill(0);
      return { wrapped: ciphertext, keyEncryptionKeyId };
    },

    /** UTF-8 text sealed under an account's data key, 29 bytes longer than the text. */
    seal: (dataKey: DataKey, plaintext: string, context: SealContext): Buffer =>
      sealAesGcm(dataKey, Buffer.from(plaintext, 'utf8'), context),

    open: (dataKey: DataKey, sealed: Uint8Array, context: SealContext): string =>
      openAesGcm(dataKey, sealed, context).toString('utf8'),

    sealWithKek: async (plaintext: string, context: SealContext): Promise<SealedByKek> => {
      const { keyEncryptionKeyId, ciphertext } = await keyEncryption.encrypt(Buffer.from(plaintext), context);
      return { sealed: ciphertext, keyEncryptionKeyId };
    },

    openWithKek: async (stored: SealedByKek, context: SealContext): Promise<string> =>
      (await keyEncryption.decrypt(fromKek(stored.sealed, stored), context)).toString('utf8'),

    /** The hash to store: under the current key. The value must already be in the form in which it is compared. */
    lookupHash: (kind: string, normalizedValue: string): LookupHash => ({
      keyId: lookupKeys.current.id,
      hash: keyedHash(lookupKeys.current.key, kind, normalizedValue),
    }),

    /** The hashes to search for: one for every configured key, the current one first. */
    lookupHashes: (kind: string, normalizedValue: string): readonly LookupHash[] =>
      Array.from(lookupKeys.byId, ([keyId, key]) => ({ keyId, hash: keyedHash(key, kind, normalizedValue) })),
  };
}

// A wrapped data key must not open as a sealed value, whatever its context is called.
function wrapContext(context: SealContext): string {
  return `wrap ${context}`;
}

function fromKek(ciphertext: Buffer, { keyEncryptionKeyId }: { readonly keyEncryptionKeyId: string }): KekCiphertext {
  return { keyEncryptionKeyId, ciphertext };
}

function asDataKey(bytes: Buffer): DataKey {
  const key = createSecretKey(bytes) as DataKey;
  bytes.fill(0);
  return key;
}

/** HMAC-SHA-256; the kind's length in front of it, so that no kind and value read as another kind and value. */
function keyedHash(key: KeyObject, kind: string, value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(kind));
  return createHmac('sha256', key).update(length).update(kind, 'utf8').update(value, 'utf8').digest();
}
