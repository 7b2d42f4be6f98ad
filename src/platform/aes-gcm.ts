import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { AppError } from './app-error.ts';

const cipher = 'aes-256-gcm';
const version = Buffer.from([1]);
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = version.length + nonceBytes;

/**
 * AES-256-GCM under a random 96-bit nonce: version (1 byte) ‖ nonce (12) ‖ ciphertext ‖ tag (16).
 * The context is authenticated but not contained: only who names the same place can open it there.
 * @see NIST SP 800-38D
 */
export function sealAesGcm(key: KeyObject, plaintext: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(associated(context));
  return Buffer.concat([version, nonce, sealing.update(plaintext), sealing.final(), sealing.getAuthTag()]);
}

/** @throws AppError `ciphertext-refused`: changed, cut short, under another key, of another place or version. */
export function openAesGcm(key: KeyObject, sealed: Uint8Array, context: string): Buffer {
  if (sealed.length < headerBytes + tagBytes || sealed[0] !== version[0]) throw new AppError('ciphertext-refused');
  const nonce = sealed.subarray(version.length, headerBytes);
  const tag = sealed.subarray(-tagBytes);
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
    .setAAD(associated(context))
    .setAuthTag(tag);
  const plaintext = opening.update(sealed.subarray(headerBytes, -tagBytes));
  try {
    return Buffer.concat([plaintext, opening.final()]);
  } catch (cause) {
    throw new AppError('ciphertext-refused', { cause });
  }
}

// The version is authenticated too, so that a later format can't be read as this one.
function associated(context: string): Buffer {
  return Buffer.concat([version, Buffer.from(context, 'utf8')]);
}
