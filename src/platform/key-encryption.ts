import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { openAesGcm, sealAesGcm } from './aes-gcm.ts';
import { AppError } from './app-error.ts';
import { createBoundedMap } from './bounded-map.ts';

/** A symmetric key of 32 bytes under the name by which rows remember it. Names are never reused. */
export type VersionedKey = { readonly id: string; readonly key: Uint8Array };

/** A ciphertext under a key-encryption key. The key's id goes into a column beside it, so that rotation can find it. */
export type KekCiphertext = { readonly keyEncryptionKeyId: string; readonly ciphertext: Buffer };

/**
 * Where key-encryption keys live: in the environment (`createLocalKeyEncryption`), or in a KMS or HSM that never shows
 * them. The context is authenticated, not stored: `decrypt` must refuse another one with `ciphertext-refused`, and a
 * key id that it doesn't hold with `encryption-key-unknown`.
 */
export type KeyEncryptionPort = {
  /** Encrypts under the current key. */
  readonly encrypt: (plaintext: Uint8Array, context: string) => Promise<KekCiphertext>;
  /** Decrypts under the key named, current or earlier. */
  readonly decrypt: (sealed: KekCiphertext, context: string) => Promise<Buffer>;
};

const keyBytes = 32;
const saltBytes = 32;

/**
 * Key-encryption keys held in memory; the first is current, the others only open what they sealed.
 * @throws AppError `encryption-keys-invalid` for no key, a key that isn't 32 bytes, or an id given twice.
 */
export function createLocalKeyEncryption(keys: readonly VersionedKey[]): KeyEncryptionPort {
  const { current, byId } = keyRing(keys);
  const derive = createDerivation();
  let salt = randomBytes(saltBytes);
  let sealedUnderSalt = 0;

  return {
    encrypt: async (plaintext, context) => {
      if (sealedUnderSalt === messagesPerSalt) {
        salt = randomBytes(saltBytes);
        sealedUnderSalt = 0;
      }
      sealedUnderSalt += 1;
      const sealed = sealAesGcm(derive(current, salt), plaintext, context);
      return { keyEncryptionKeyId: current.id, ciphertext: Buffer.concat([salt, sealed]) };
    },
    decrypt: async ({ keyEncryptionKeyId, ciphertext }, context) => {
      const key = byId.get(keyEncryptionKeyId);
      if (key === undefined) {
        throw new AppError('encryption-key-unknown', { publicDetails: { keyId: keyEncryptionKeyId } });
      }
      const under = derive({ id: keyEncryptionKeyId, key }, ciphertext.subarray(0, saltBytes));
      return openAesGcm(under, ciphertext.subarray(saltBytes), context);
    },
  };
}

/** Keys by id, the first being current, copied into objects that neither print nor serialise their bytes. */
export function keyRing(keys: readonly VersionedKey[]): {
  readonly current: { readonly id: string; readonly key: KeyObject };
  readonly byId: ReadonlyMap<string, KeyObject>;
} {
  const [first] = keys;
  const byId = new Map(keys.map(({ id, key }) => [id, createSecretKey(key)] as const));
  const current = first && byId.get(first.id);
  if (!first || !current || byId.size !== keys.length || keys.some(({ id, key }) => !id || key.length !== keyBytes)) {
    throw new AppError('encryption-keys-invalid');
  }
  return { current: { id: first.id, key: current }, byId };
}

// One key-encryption key seals a value at every login for years, and random 96-bit nonces are safe for 2^32 messages
// under one key only. A key of its own for every 2^16 messages, derived under a 256-bit salt, moves that limit out of reach.
// Sources: NIST SP 800-38D §8.3; RFC 5869.
const messagesPerSalt = 2 ** 16;
// What one process seals soon comes back to it, so a derived key is used many times over.
const rememberedSalts = 1_000;

function createDerivation(): (by: { readonly id: string; readonly key: KeyObject }, salt: Buffer) => KeyObject {
  const remembered = createBoundedMap<string, KeyObject>({ maxEntries: rememberedSalts });
  return ({ id, key }, salt) => {
    const place = `${id} ${salt.toString('latin1')}`;
    const known = remembered.get(place);
    if (known) return known;
    const derived = createSecretKey(
      new Uint8Array(hkdfSync('sha256', key, salt, 'dinhdanh key-encryption 1', keyBytes)),
    );
    remembered.set(place, derived);
    return derived;
  };
}
