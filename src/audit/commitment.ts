import { createHash } from 'node:crypto';
import type { PersonalPart } from './audit-event.ts';

/** What lies sealed in a row. The salt keeps anyone without the key from guessing, say, an address against the hash. */
export type SaltedPart = { readonly salt: string; readonly personal: PersonalPart };

/**
 * SHA-256 over the salt and the personal part in one canonical spelling: names sorted, absent fields left out. It stays
 * in the row after the key is erased, so that the row still proves it was not changed.
 * @see RFC 8785 §3.2.3 (flat objects of strings need no more of it than this)
 */
export function commitTo({ salt, personal }: SaltedPart): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([salt, canonicalEntries(personal)]), 'utf8')
    .digest();
}

function canonicalEntries(personal: PersonalPart): readonly (readonly [string, string])[] {
  return Object.entries(personal)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
