import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createEncryption, type SealContext } from '../../src/platform/encryption.ts';
import { createLocalKeyEncryption } from '../../src/platform/key-encryption.ts';

const versionedKey = (id: string) => ({ id, key: randomBytes(32) });
const place: SealContext = 'identifier:value:row-1';
const keyPlace: SealContext = 'account:data-key:account-1';

function keys() {
  return { keyEncryptionKeys: [versionedKey('kek-1')], lookupKeys: [versionedKey('lookup-1')] };
}

const refused = expect.objectContaining({ name: 'AppError', code: 'ciphertext-refused' });
const saltOf = ({ sealed }: { readonly sealed: Buffer }): string => sealed.subarray(0, 32).toString('hex');
const unknownKey = expect.objectContaining({ name: 'AppError', code: 'encryption-key-unknown' });

describe('a data key per account', () => {
  it('gives back what it sealed, for any text and place', async () => {
    const encryption = createEncryption(keys());
    const { dataKey, ...stored } = await encryption.newDataKey(keyPlace);
    const unwrapped = await encryption.unwrapDataKey(stored, keyPlace);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uuid(), (text, row) => {
        const sealed = encryption.seal(dataKey, text, `identifier:value:${row}`);
        expect(sealed).toHaveLength(Buffer.byteLength(text) + 29);
        expect(encryption.open(unwrapped, sealed, `identifier:value:${row}`)).toBe(text);
      }),
    );
  });

  it('refuses a ciphertext in which any one bit was changed', async () => {
    const encryption = createEncryption(keys());
    const { dataKey } = await encryption.newDataKey(keyPlace);
    const sealed = encryption.seal(dataKey, '+84 90 000 0000', place);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => encryption.open(dataKey, changed, place)).toThrow(refused);
    }
  });

  it('refuses a ciphertext cut to any length', async () => {
    const encryption = createEncryption(keys());
    const { dataKey } = await encryption.newDataKey(keyPlace);
    const sealed = encryption.seal(dataKey, 'seed', place);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => encryption.open(dataKey, sealed.subarray(0, length), place)).toThrow(refused);
    }
  });

  it('refuses a ciphertext moved to another row, column or account', async () => {
    const encryption = createEncryption(keys());
    const { dataKey } = await encryption.newDataKey(keyPlace);
    const other = await encryption.newDataKey('account:data-key:account-2');
    const sealed = encryption.seal(dataKey, 'seed', place);
    expect(() => encryption.open(dataKey, sealed, 'identifier:value:row-2')).toThrow(refused);
    expect(() => encryption.open(dataKey, sealed, 'totp:seed:row-1')).toThrow(refused);
    expect(() => encryption.open(other.dataKey, sealed, place)).toThrow(refused);
  });

  it('refuses a wrapped key moved to another account, or read as a sealed value', async () => {
    const encryption = createEncryption(keys());
    const { dataKey: _, ...stored } = await encryption.newDataKey(keyPlace);
    await expect(encryption.unwrapDataKey(stored, 'account:data-key:account-2')).rejects.toEqual(refused);
    const asValue = { sealed: stored.wrapped, keyEncryptionKeyId: stored.keyEncryptionKeyId };
    await expect(encryption.openWithKek(asValue, keyPlace)).rejects.toEqual(refused);
  });

  it('never seals the same text to the same bytes', async () => {
    const encryption = createEncryption(keys());
    const { dataKey } = await encryption.newDataKey(keyPlace);
    expect(encryption.seal(dataKey, 'same', place)).not.toEqual(encryption.seal(dataKey, 'same', place));
    expect((await encryption.sealWithKek('same', place)).sealed).not.toEqual(
      (await encryption.sealWithKek('same', place)).sealed,
    );
  });

  it('shows its bytes neither to a log nor to JSON', async () => {
    const { dataKey } = await createEncryption(keys()).newDataKey(keyPlace);
    const bytes = dataKey.export();
    for (const shown of [inspect(dataKey, { depth: 9, showHidden: true }), JSON.stringify(dataKey)]) {
      expect(shown).not.toContain(bytes.toString('hex').slice(0, 8));
      expect(shown).not.toContain(bytes.toString('base64').slice(0, 8));
    }
  });
});

describe('rotation of the key-encryption key', () => {
  it('opens earlier wraps and sealed values, and uses the new key for new ones', async () => {
    const before = keys();
    const old = createEncryption(before);
    const { dataKey, ...stored } = await old.newDataKey(keyPlace);
    const sealedRow = old.seal(dataKey, 'phone', place);
    const signingKey = await old.sealWithKek('jwk', 'signing-key:jwk:kid-1');

    const rotated = createEncryption({
      ...before,
      keyEncryptionKeys: [versionedKey('kek-2'), ...before.keyEncryptionKeys],
    });
    expect(rotated.open(await rotated.unwrapDataKey(stored, keyPlace), sealedRow, place)).toBe('phone');
    expect(await rotated.openWithKek(signingKey, 'signing-key:jwk:kid-1')).toBe('jwk');
    expect((await rotated.sealWithKek('jwk', place)).keyEncryptionKeyId).toBe('kek-2');
    await expect(rotated.openWithKek(signingKey, 'signing-key:jwk:kid-2')).rejects.toEqual(refused);
  });

  it('rewraps a data key so that the earlier key can go', async () => {
    const before = keys();
    const { dataKey, ...stored } = await createEncryption(before).newDataKey(keyPlace);
    const next = versionedKey('kek-2');
    const rewrapped = await createEncryption({
      ...before,
      keyEncryptionKeys: [next, ...before.keyEncryptionKeys],
    }).rewrapDataKey(stored, keyPlace);

    const after = createEncryption({ ...before, keyEncryptionKeys: [next] });
    expect(rewrapped.keyEncryptionKeyId).toBe('kek-2');
    expect((await after.unwrapDataKey(rewrapped, keyPlace)).equals(dataKey)).toBe(true);
    await expect(after.unwrapDataKey(stored, keyPlace)).rejects.toEqual(unknownKey);
  });

  it('refuses a key of the right id with other bytes', async () => {
    const stored = await createEncryption(keys()).sealWithKek('jwk', place);
    await expect(createEncryption(keys()).openWithKek(stored, place)).rejects.toEqual(refused);
  });

  it('refuses no key, a short key and an id given twice', () => {
    const { keyEncryptionKeys, lookupKeys } = keys();
    const invalid = expect.objectContaining({ code: 'encryption-keys-invalid' });
    const short = { id: 'short', key: randomBytes(16) };
    for (const faulty of [[], [short], [...lookupKeys, short], [...lookupKeys, ...lookupKeys]]) {
      expect(() => createEncryption({ keyEncryptionKeys, lookupKeys: faulty })).toThrow(invalid);
      expect(() => createEncryption({ keyEncryptionKeys: faulty, lookupKeys })).toThrow(invalid);
    }
  });

  it('seals no more than 65,536 messages under one derived key, and opens those of every one', async () => {
    const encryption = createEncryption(keys());
    const first = await encryption.sealWithKek('first', place);
    const perSalt = new Map<string, number>([[saltOf(first), 1]]);
    for (let messages = 1; messages < 2 * 65_536; messages += 1) {
      const salt = saltOf(await encryption.sealWithKek('', place));
      perSalt.set(salt, (perSalt.get(salt) ?? 0) + 1);
    }
    expect([...perSalt.values()]).toEqual([65_536, 65_536]);
    expect(await encryption.openWithKek(first, place)).toBe('first');
  });

  it('opens what more processes sealed than it remembers keys of', async () => {
    const installation = keys();
    const seal = async (_: unknown, index: number) => createEncryption(installation).sealWithKek(`${index}`, place);
    const sealed = await Promise.all(Array.from({ length: 1_100 }, seal));
    expect(new Set(sealed.map(saltOf)).size).toBe(1_100);
    const encryption = createEncryption(installation);
    for (const [index, one] of [...sealed.entries(), ...sealed.entries()]) {
      expect(await encryption.openWithKek(one, place)).toBe(`${index}`);
    }
  });

  it('works over a key service that holds the keys itself', async () => {
    const asked: string[] = [];
    const service = createLocalKeyEncryption([versionedKey('hsm-7')]);
    const encryption = createEncryption({
      lookupKeys: [versionedKey('lookup-1')],
      keyEncryption: {
        encrypt: async (plaintext, context) => {
          asked.push(context);
          return service.encrypt(plaintext, context);
        },
        decrypt: service.decrypt,
      },
    });
    const { dataKey, ...stored } = await encryption.newDataKey(keyPlace);
    expect(stored.keyEncryptionKeyId).toBe('hsm-7');
    expect((await encryption.unwrapDataKey(stored, keyPlace)).equals(dataKey)).toBe(true);
    expect(asked).toEqual([`wrap ${keyPlace}`]);
  });
});

describe('keyed hashes for look-up', () => {
  it('finds a value stored under an earlier key, the current key first', () => {
    const before = keys();
    const stored = createEncryption(before).lookupHash('email', 'lan@example.vn');
    const rotated = createEncryption({ ...before, lookupKeys: [versionedKey('lookup-2'), ...before.lookupKeys] });
    const searched = rotated.lookupHashes('email', 'lan@example.vn');
    expect(searched.map(({ keyId }) => keyId)).toEqual(['lookup-2', 'lookup-1']);
    expect(searched).toContainEqual(stored);
    expect(rotated.lookupHash('email', 'lan@example.vn')).toEqual(searched[0]);
  });

  it('never gives two kinds or two values one hash', () => {
    const { lookupHash } = createEncryption(keys());
    expect(lookupHash('phone', '1').hash).not.toEqual(lookupHash('email', '1').hash);
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (kind, value, otherKind, otherValue) => {
        fc.pre(kind !== otherKind || value !== otherValue);
        expect(lookupHash(kind, value).hash).not.toEqual(lookupHash(otherKind, otherValue).hash);
      }),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (kind, value) => {
        expect(lookupHash(kind, value).hash).not.toEqual(lookupHash(kind.slice(0, -1), kind.slice(-1) + value).hash);
      }),
    );
  });
});
