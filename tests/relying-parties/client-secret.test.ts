import { describe, expect, it } from '@jest/globals';
import { hashChosenSecret, matchesClientSecret, newClientSecret } from '../../src/relying-parties/client-secret.ts';

describe('client secrets', () => {
  it('are 256 random bits, stored as a hash', () => {
    const { secret, hash } = newClientSecret();
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(hash).toHaveLength(32);
    expect(hash.toString('base64url')).not.toContain(secret);
    expect(newClientSecret().secret).not.toBe(secret);
  });

  it('match themselves only', () => {
    const { secret, hash } = newClientSecret();
    expect(matchesClientSecret(hash, secret)).toBe(true);
    expect(matchesClientSecret(hash, secret.slice(0, -1))).toBe(false);
    expect(matchesClientSecret(hash, hash.toString('base64url'))).toBe(false);
    expect(matchesClientSecret(hash, '')).toBe(false);
  });

  it('never match where the client has none', () => {
    expect(matchesClientSecret(undefined, '')).toBe(false);
    expect(matchesClientSecret(Buffer.alloc(0), '')).toBe(false);
  });

  it.each([
    ['too-short', 'k9Q2'.repeat(7)],
    ['too-long', 'abcdefghij'.repeat(26)],
    ['too-regular', 'abc123'.repeat(6)],
    ['not-ascii', 'bí mật dài nhưng không phải ASCII đâu'],
  ])('refuses a chosen one that is %s', (reason, secret) => {
    expect(hashChosenSecret(secret)).toEqual({ kind: 'refused', reason });
  });

  it('accepts a chosen one of 32 characters', () => {
    const secret = '4f1c0a9be27d6358f1b2c3d4e5a69780';
    const chosen = hashChosenSecret(secret);
    expect(chosen.kind === 'accepted' && matchesClientSecret(chosen.hash, secret)).toBe(true);
  });
});
