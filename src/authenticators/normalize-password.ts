/** The most a password may measure, in bytes of UTF-8 after NFC. Longer input is refused before it costs anything. */
export const passwordMaxBytes = 1024;

// NFC shrinks a text to no less than a third, so anything past this is over the cap without being normalised first.
const typedMaxCodeUnits = 3 * passwordMaxBytes;

/**
 * What a person typed as the bytes that are hashed: the same on every keyboard, whether it sends "ế" as one code point
 * or as three. @returns undefined where the password is over {@link passwordMaxBytes}. @see RFC 8265 §4.2; SP 800-63B-4 §3.1.1.2
 */
export function normalizePassword(typed: string): string | undefined {
  if (typed.length > typedMaxCodeUnits) return undefined;
  const normalized = typed.normalize('NFC');
  return Buffer.byteLength(normalized, 'utf8') <= passwordMaxBytes ? normalized : undefined;
}
