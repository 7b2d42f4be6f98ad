import { pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import argon2 from 'argon2';
import { createPasswordHasher, type PasswordHash, type PasswordHasher } from '../../src/authenticators/password.ts';

const pepper = { id: 'p1', secret: randomBytes(32) };
const older = { id: 'p0', secret: randomBytes(32) };
const limits = { maxInFlight: 2, maxQueued: 100 };
const hasher = createPasswordHasher({ peppers: [pepper, older], ...limits });
const password = 'mười lăm ký tự đấy';

const verifyBy = ({ withRoom }: PasswordHasher, stored: PasswordHash | undefined, typed: string) =>
  withRoom((verify) => verify(stored, typed));

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

describe('OWASP Password Storage: argon2id with 19 MiB, two passes, one lane', () => {
  it('writes a PHC string and the id of the pepper', async () => {
    const stored = await hasher.hash(password);
    expect(stored.pepperId).toBe('p1');
    expect(stored.hash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$|^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyBy(hasher, stored, password)).toEqual({ kind: 'accepted', rehash: false });
    expect(await verifyBy(hasher, stored, `${password}.`)).toEqual({ kind: 'rejected' });
  });

  it('is worth nothing without the pepper', async () => {
    const stored = await hasher.hash(password);
    expect(await argon2.verify(stored.hash, password)).toBe(false);
    const elsewhere = createPasswordHasher({ peppers: [{ id: 'p1', secret: randomBytes(32) }], ...limits });
    expect(await verifyBy(elsewhere, stored, password)).toEqual({ kind: 'rejected' });
  });

  it('asks for a new hash when the pepper or the parameters are not current', async () => {
    const before = createPasswordHasher({ peppers: [older], ...limits });
    expect(await verifyBy(hasher, await before.hash(password), password)).toEqual({ kind: 'accepted', rehash: true });
    const weaker = await argon2.hash(password, {
      memoryCost: 8192,
      timeCost: 2,
      parallelism: 1,
      secret: pepper.secret,
    });
    expect(await verifyBy(hasher, { hash: weaker, pepperId: 'p1' }, password)).toEqual({
      kind: 'accepted',
      rehash: true,
    });
  });

  it('stops at a hash whose pepper is gone rather than calling the password wrong', async () => {
    const stored = { ...(await hasher.hash(password)), pepperId: 'lost' };
    await expect(verifyBy(hasher, stored, password)).rejects.toMatchObject({ code: 'pepper-missing' });
  });

  it('rejects every password for an account that is not there', async () => {
    expect(await verifyBy(hasher, undefined, password)).toEqual({ kind: 'rejected' });
  });
});

describe('RFC 8265 §4.2: the same password from every keyboard', () => {
  it('takes composed and decomposed spellings as one', async () => {
    const stored = await hasher.hash(password.normalize('NFD'));
    expect(await verifyBy(hasher, stored, password.normalize('NFC'))).toMatchObject({ kind: 'accepted' });
  });

  it('refuses more than 1,024 bytes before hashing and takes exactly 1,024', async () => {
    const longest = `${'ế'.repeat(341)}a`;
    expect(Buffer.byteLength(longest)).toBe(1024);
    const stored = await hasher.hash(longest);
    expect(await verifyBy(hasher, stored, longest.normalize('NFD'))).toMatchObject({ kind: 'accepted' });
    expect(await verifyBy(hasher, stored, `${longest}a`)).toEqual({ kind: 'rejected' });
    await expect(hasher.hash(`${longest}a`)).rejects.toMatchObject({ code: 'password-too-long' });
    await expect(hasher.hash('a'.repeat(1_000_000))).rejects.toMatchObject({ code: 'password-too-long' });
  });
});

describe('Hashes of another system', () => {
  const salt = randomBytes(16);
  const sha512 = base64(pbkdf2Sync(password, salt, 1000, 64, 'sha512'));
  const table: readonly (readonly [string, string | Promise<string>])[] = [
    [
      'pbkdf2-sha256 (PHC)',
      `$pbkdf2-sha256$i=1000,l=32$${base64(salt)}$${base64(pbkdf2Sync(password, salt, 1000, 32, 'sha256'))}`,
    ],
    ['pbkdf2-sha512 (passlib)', `$pbkdf2-sha512$1000$${base64(salt)}$${sha512}`.replaceAll('+', '.')],
    [
      'pbkdf2_sha256 (Django)',
      `pbkdf2_sha256$1000$Zx8salt$${pbkdf2Sync(password, 'Zx8salt', 1000, 32, 'sha256').toString('base64')}`,
    ],
    ['scrypt', `$scrypt$ln=14,r=8,p=1$${base64(salt)}$${base64(scryptSync(password, salt, 32))}`],
    ['argon2i', argon2.hash(password, { type: argon2.argon2i, memoryCost: 8192, timeCost: 2, parallelism: 2 })],
    ['argon2id', argon2.hash(password, { memoryCost: 8192 })],
  ];

  it.each(table)('accepts %s and asks for a new hash', async (_, hash) => {
    const stored = { hash: await hash, pepperId: null };
    expect(await verifyBy(hasher, stored, password)).toEqual({ kind: 'accepted', rehash: true });
    expect(await verifyBy(hasher, stored, `${password}.`)).toEqual({ kind: 'rejected' });
  });

  it('accepts what was hashed as it was typed there, decomposed', async () => {
    const hash = await argon2.hash(password.normalize('NFD'), { memoryCost: 8192 });
    expect(await verifyBy(hasher, { hash, pepperId: null }, password.normalize('NFD'))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('rejects what it cannot read or afford', async () => {
    const costly = `$argon2id$v=19$m=4194304,t=1,p=1$${base64(salt)}$${base64(randomBytes(32))}`;
    for (const hash of [costly, 'plaintext', '', '$1$salt$hash']) {
      expect(await verifyBy(hasher, { hash, pepperId: null }, password)).toEqual({ kind: 'rejected' });
    }
  });
});

describe('Bounded concurrency', () => {
  it('refuses early what does not fit into the queue, and answers the rest', async () => {
    let told = 0;
    const onOverload = () => {
      told += 1;
    };
    const small = createPasswordHasher({ peppers: [pepper], maxInFlight: 2, maxQueued: 3, onOverload });
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => verifyBy(small, undefined, password)));
    expect(outcomes.filter(({ kind }) => kind === 'rejected')).toHaveLength(5);
    expect(outcomes.filter(({ kind }) => kind === 'overloaded')).toHaveLength(5);
    expect(outcomes.at(-1)).toEqual({ kind: 'overloaded', retryAfterSeconds: 5 });
    expect(told).toBe(5);
  });

  it('says so with an error where a new hash is wanted', async () => {
    const none = createPasswordHasher({ peppers: [pepper], maxInFlight: 1, maxQueued: 0 });
    const [first, second] = await Promise.allSettled([none.hash(password), none.hash(password)]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { code: 'hashing-overloaded', publicDetails: { retryAfterSeconds: 5 } } });
  });
});
