import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseForeignHash } from '../../src/authenticators/foreign-hash.ts';

const salt = Buffer.alloc(16, 1).toString('base64').replace(/=+$/, '');
const hash = Buffer.alloc(32, 2).toString('base64').replace(/=+$/, '');

describe('Reading the hash of another system', () => {
  it.each([
    [`$argon2id$v=19$m=131072,t=4,p=8$${salt}$${hash}`, `$argon2id$v=19$m=131073,t=4,p=8$${salt}$${hash}`],
    [`$argon2i$v=19$m=65536,t=8,p=1$${salt}$${hash}`, `$argon2i$v=19$m=65536,t=9,p=1$${salt}$${hash}`],
    [`$argon2id$v=19$m=65536,t=3,p=8$${salt}$${hash}`, `$argon2id$v=19$m=65536,t=3,p=9$${salt}$${hash}`],
    [`$pbkdf2-sha256$2000000$${salt}$${hash}`, `$pbkdf2-sha256$2000001$${salt}$${hash}`],
    [`pbkdf2_sha256$2000000$salt$${hash}=`, `pbkdf2_sha256$2000001$salt$${hash}=`],
    [`$scrypt$ln=17,r=8,p=4$${salt}$${hash}`, `$scrypt$ln=18,r=8,p=1$${salt}$${hash}`],
    [`$scrypt$ln=15,r=8,p=4$${salt}$${hash}`, `$scrypt$ln=15,r=8,p=5$${salt}$${hash}`],
  ])('accepts the cost of %s and not of %s', (affordable, costly) => {
    expect(parseForeignHash(affordable)).toMatchObject({ kind: 'accepted' });
    expect(parseForeignHash(costly)).toEqual({ kind: 'refused', reason: 'too-costly' });
  });

  it.each(['$1$abc$def', '{SSHA}abc', 'password', `$argon2d$v=19$m=8192,t=2,p=1$${salt}$${hash}`])(
    'does not know %s',
    (text) => {
      expect(parseForeignHash(text)).toEqual({ kind: 'refused', reason: 'unknown-scheme' });
    },
  );

  it.each([
    `$argon2id$v=19$m=8192,t=2$${salt}$${hash}`,
    `$argon2id$v=19$m=8192,t=0,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=8192,t=2,p=1$${salt}$${hash}$more`,
    `$argon2id$v=19$m=8192,t=2,p=1$${salt}$AAAA`,
    `$pbkdf2-sha256$0$${salt}$${hash}`,
    `$pbkdf2-sha256$1e6$${salt}$${hash}`,
    `$pbkdf2-sha256$1000$${salt}$not base64!`,
    `pbkdf2_sha256$1000$$${hash}`,
    `$scrypt$ln=40,r=8,p=1$${salt}$${hash}`,
    `$scrypt$ln=14,r=8$${salt}$${hash}`,
    `$pbkdf2-sha256$1000$${'A'.repeat(2000)}$${hash}`,
  ])('finds %s malformed', (text) => {
    expect(parseForeignHash(text)).toEqual({ kind: 'refused', reason: 'malformed' });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('$argon2id$', '$argon2i$v=19$', '$pbkdf2-sha256$', 'pbkdf2_sha512$', '$scrypt$', ''),
        fc.string(),
        (start, rest) => {
          expect(['accepted', 'refused']).toContain(parseForeignHash(start + rest).kind);
        },
      ),
    );
  });
});
