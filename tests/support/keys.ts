import { randomBytes } from 'node:crypto';
import { createEncryption, type Encryption } from '../../src/platform/encryption.ts';

/** Keys of a store that lives as long as its test. */
export function testEncryption(): Encryption {
  return createEncryption({
    keyEncryptionKeys: [{ id: 'kek-1', key: randomBytes(32) }],
    lookupKeys: [{ id: 'lookup-1', key: randomBytes(32) }],
  });
}
