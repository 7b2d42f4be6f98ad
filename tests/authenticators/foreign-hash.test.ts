import { describe, expect, it } from '@jest/globals';
import bcrypt from 'bcrypt';
import fc from 'fast-check';
import { matchesForeignHash, parseForeignHash } from '../../src/authenticators/foreign-hash.ts';

const salt = Buffer.alloc(16, 1).toString('base64').replace(/=+$/, '');
const hash = Buffer.alloc(32, 2).toString('base64').replace(/=+$/, '');

describe('Reading the hash of another system', () => {
  it.each([
    [`$argon2id$v=19$m=131072,t=4,p=8$${salt}$${hash}`, `$argon2id$v=19$m=131073,t=4,p=8$${salt}$${hash}`],
    [`$argon2i$v=19$m=65536,t=8,p=1$${salt}$${hash}`, `$argon2i$v=19$m=65536,t=9,p=1$${salt}$${hash}`],
    [`$argon2id$v=19$m=65536,t=3,p=8$${salt}$${hash}`, `$argon2id$v=19$m=65536,t=3,p=9$${salt}$${hash}`],
    [`$pbkdf2-sha256$2000000$${salt}$${hash}`, `$pbkdf2-sha256$2000001$${salt}$${hash}`],
    [`pbkdf2_sha256$2000000$salt$${hash}=`, `pbkdf2_sha256$2000001$salt$${hash}=`],
    [`$2b$13$${'A'.repeat(53)}`, `$2b$14$${'A'.repeat(53)}`],
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
    `$2b$10$${'A'.repeat(52)}`,
    `$2y$1$${'A'.repeat(53)}`,
    `$scrypt$ln=40,r=8,p=1$${salt}$${hash}`,
    `$scrypt$ln=14,r=8$${salt}$${hash}`,
    `$pbkdf2-sha256$1000$${'A'.repeat(2000)}$${hash}`,
  ])('finds %s malformed', (text) => {
    expect(parseForeignHash(text)).toEqual({ kind: 'refused', reason: 'malformed' });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('$argon2id$', '$argon2i$v=19$', '$pbkdf2-sha256$', 'pbkdf2_sha512$', '$scrypt$', '$2y$10$', ''),
        fc.string(),
        (start, rest) => {
          expect(['accepted', 'refused']).toContain(parseForeignHash(start + rest).kind);
        },
      ),
    );
  });

  it.each(['$2a$', '$2b$', '$2y$'])('verifies bcrypt under the name %s', async (name) => {
    const text = (await bcrypt.hash('mật khẩu cũ', 4)).replace(/^\$2b\$/, name);
    const reading = parseForeignHash(text);
    if (reading.kind === 'refused' || reading.foreign.scheme !== 'bcrypt') throw new Error('not read as bcrypt');
    expect(await matchesForeignHash(reading.foreign, 'mật khẩu cũ')).toBe(true);
    expect(await matchesForeignHash(reading.foreign, 'mật khẩu mới')).toBe(false);
  });
});
