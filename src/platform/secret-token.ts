import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

// Crockford's alphabet without I, L, O, U: what people read aloud and type.
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An unguessable bearer value: base64url of `bytes` random bytes (32 → 43 characters). */
export function newSecretToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** A code a person types: `length` characters of Crockford base32, 5 bits each. */
export function newTypedCode(length = 8): string {
  return Array.from({ length }, () => crockford.charAt(randomInt(crockford.length))).join('');
}

/** The reference id people see: 10 Crockford characters, the same in page, log and event. */
export function newReferenceId(): string {
  return newTypedCode(10);
}

/** What a person typed, as the code was made: spaces and dashes gone, O→0, I and L→1, upper case. */
export function normalizeTypedCode(typed: string): string {
  // Any dash: keyboards make a long one of two short ones.
  return typed
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
}

/** For reading and copying by hand: `ABCDEFGH` → `ABCD EFGH`. */
export function inGroupsOfFour(text: string): string {
  return text.replace(/.{4}(?=.)/g, '$& ');
}

/** SHA-256 as 32 bytes: how every bearer value rests in the database. */
export function sha256(value: string): Buffer {
  return createHash('sha256').update(value, 'utf8').digest();
}

/** Equality in time that depends on the lengths only. */
export function equalsConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
