import { describe, expect, it } from '@jest/globals';
import { authenticatorName } from '../../src/authenticators/authenticator.forms.ts';

describe('the name a person gives an authenticator', () => {
  it('is trimmed, and composed the one way the service keeps text', () => {
    expect(authenticatorName.parse('  Điện thoại của Lan '.normalize('NFD'))).toBe(
      'Điện thoại của Lan'.normalize('NFC'),
    );
  });

  it.each([1, 60])('has %i characters', (length) => {
    expect(authenticatorName.parse('ế'.repeat(length))).toHaveLength(length);
  });

  it.each(['', '   ', 'a'.repeat(61), 'a\nb', 'a\u2028b', 'a\u202eb'])('is refused as %j', (name) => {
    expect(authenticatorName.safeParse(name).success).toBe(false);
  });
});
