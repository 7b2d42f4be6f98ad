import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { SubjectRef } from '../../src/accounts/account.ts';
import { createAccountRepository } from '../../src/accounts/account-repository.ts';
import { dataKeyContext } from '../../src/accounts/account-row.ts';
import { loadSettings } from '../../src/config/load.ts';
import { createSigningKeyRepository } from '../../src/oidc/signing-key-repository.ts';
import { signingKeyPolicy } from '../../src/oidc/signing-keys.ts';
import { createOrganizationRepository } from '../../src/organizations/organization-repository.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createEncryption, type Encryption } from '../../src/platform/encryption.ts';
import { createMandateConsents } from '../../src/representation/mandate-consent-repository.ts';
import { testDatabase } from '../support/database.ts';
import { household } from '../support/listed-people.ts';
import { insertMandate, keepOrganization } from '../support/mandates.ts';
import { databaseUrl, productionEnvironment, run } from '../support/production.ts';

// The command is a process of its own.
jest.setTimeout(180_000);

const database = await testDatabase();
afterAll(() => database.close());

const newKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [older, newer] = [newKey('k1'), newKey('k2')];
const base = productionEnvironment({ DATABASE_URL: databaseUrl(database.connection) });
const environmentWith = (keys: string) => ({
  ...base,
  NODE_ENV: 'production',
  DINHDANH_KEY_ENCRYPTION_KEYS: keys,
});

function encryptionWith(keys: string): Encryption {
  const settings = loadSettings(environmentWith(keys), { production: true });
  return createEncryption({
    keyEncryptionKeys: settings.DINHDANH_KEY_ENCRYPTION_KEYS,
    lookupKeys: settings.DINHDANH_LOOKUP_KEYS,
  });
}

async function newAccount(encryption: Encryption) {
  const id = randomUUID();
  const dataKey = await encryption.newDataKey(dataKeyContext(id));
  const account = {
    id,
    subjectRef: randomUUID() as string as SubjectRef,
    locale: 'vi',
    dataKey,
    at: new Date(),
  } as const;
  await database.inTransaction((tx) => createAccountRepository({ encryption }).insertUnaddressed(tx, account));
  return { id, dataKey: dataKey.dataKey };
}

const signingKeysOf = (encryption: Encryption) =>
  createSigningKeyRepository({ run: database.runStatement, clock: systemClock, encryption, policy: signingKeyPolicy });

describe('keys rewrap', () => {
  it('brings data keys, signing keys and what is sealed of organizations under the first key, so that the older one may go', async () => {
    const before = encryptionWith(older);
    const accounts = await Promise.all(Array.from({ length: 3 }, () => newAccount(before)));
    await database.inTransaction((tx) => signingKeysOf(before).ensureSigningKeys(tx));
    const tx = database.dataSource.manager;
    const organization = { encryption: before, entity: household('046165000123') };
    const organizationId = await keepOrganization(tx, organization);
    const mandateId = await insertMandate(tx, { organizationId, accountId: accounts[0]?.id ?? '' });
    const number = { country: 'VN', value: '046165000124' };
    const others = [{ id: randomUUID(), number, name: 'PHẠM GIA BẢO' }];
    await createMandateConsents({ encryption: before }).ask(tx, { mandateId, others, at: new Date() });

    const command = () =>
      run('src/cli/main.ts', { args: ['keys', 'rewrap'], environment: environmentWith(`${newer},${older}`) });
    const program = command();
    expect(await program.ended).toBe(0);
    expect(program.output()).toMatch(/^3 accounts.* under k2/);

    const after = encryptionWith(newer);
    const { entity } = await createOrganizationRepository({ encryption: after }).get(tx, organizationId);
    expect(entity.name).toBe(organization.entity.name);
    const asked = await createMandateConsents({ encryption: after }).of(tx, mandateId);
    expect(asked).toEqual([{ name: 'PHẠM GIA BẢO', answer: 'waiting' }]);
    const opened = await database.inTransaction((tx) =>
      Promise.all(accounts.map(({ id }) => createAccountRepository({ encryption: after }).findActive(tx, id))),
    );
    expect(opened.map((account, index) => account?.dataKey.equals(accounts[index]?.dataKey as never))).toEqual([
      true,
      true,
      true,
    ]);
    expect((await signingKeysOf(after).loadJwks()).jwks.keys.length).toBeGreaterThan(0);

    const again = command();
    await again.ended;
    expect(again.output()).toMatch(/^0 accounts/);
  });
});
