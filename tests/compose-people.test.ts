import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { SubjectRef } from '../src/accounts/account.ts';
import { createAccountRepository } from '../src/accounts/account-repository.ts';
import { dataKeyContext } from '../src/accounts/account-row.ts';
import { createAuditLog } from '../src/audit/audit-log.ts';
import { setPassword } from '../src/authenticators/password-repository.ts';
import { composePeople } from '../src/compose-people.ts';
import { loadSettings } from '../src/config/load.ts';
import { derivedSecrets } from '../src/derived-secrets.ts';
import { createIdentityWorth } from '../src/identity-proofing/ial-of.ts';
import type { Encryption } from '../src/platform/encryption.ts';
import { email } from './support/accounts.ts';
import { testDatabase } from './support/database.ts';
import { testEncryption } from './support/keys.ts';
import { productionEnvironment } from './support/production.ts';
import { testClock } from './support/test-clock.ts';

const database = await testDatabase();
afterAll(() => database.close());

/** An encryption, and what was asked of it since the last look. */
function counting(encryption: Encryption) {
  const counts = { unwrapDataKey: 0, seal: 0, open: 0 };
  const counted = <Name extends keyof typeof counts>(name: Name): Encryption[Name] =>
    ((...args: never[]) => {
      counts[name] += 1;
      return Reflect.apply(encryption[name], encryption, args);
    }) as Encryption[Name];
  return {
    encryption: {
      ...encryption,
      unwrapDataKey: counted('unwrapDataKey'),
      seal: counted('seal'),
      open: counted('open'),
    },
    take() {
      const taken = { ...counts };
      Object.assign(counts, { unwrapDataKey: 0, seal: 0, open: 0 });
      return taken;
    },
  };
}

const never = async (): Promise<never> => {
  throw new TypeError('not part of a wrong password');
};

function people() {
  const settings = loadSettings(productionEnvironment(), { production: true });
  const clock = testClock();
  const { encryption, take } = counting(testEncryption());
  const { inTransaction, runStatement: run, dataSource } = database;
  const composed = composePeople({
    settings,
    secrets: derivedSecrets(settings.DINHDANH_COOKIE_KEYS),
    pool: dataSource.manager,
    run,
    inTransaction,
    encryption,
    audit: createAuditLog({ encryption, clock }),
    jobs: { enqueue: never },
    metrics: { passwordRefused: () => undefined },
    endSessions: never,
    onAnotherPerson: never,
    clock,
    markOnce: never,
    connectors: [],
    worth: createIdentityWorth([]),
    defaultName: () => '',
  });

  async function register(address: string): Promise<void> {
    const id = randomUUID();
    const at = clock.now();
    const hash = await composed.hasher.hash('một mật khẩu đủ dài');
    const account = {
      id,
      subjectRef: randomUUID() as string as SubjectRef,
      locale: 'vi',
      dataKey: await encryption.newDataKey(dataKeyContext(id)),
      profile: { name: 'Nguyễn Thị Lan' },
      identifierId: randomUUID(),
      email: email(address),
      verification: { id: randomUUID(), method: 'import', source: 'test' },
      at,
    } as const;
    await inTransaction(async (tx) => {
      await createAccountRepository({ encryption }).insert(tx, account);
      await setPassword(tx, { ...hash, accountId: id, longEnough: true, at });
    });
  }

  /** What a wrong password for this address asks of the encryption. */
  async function workOfWrongPassword(address: string) {
    take();
    const outcome = await composed.authentication.provePassword({
      identifier: email(address),
      password: 'một mật khẩu không đúng',
      deviceCookie: undefined,
      mailedCodeProvedFor: undefined,
      ip: '203.0.113.7',
      referenceId: 'ABCDEF0123',
      whenProved: never,
    });
    expect(outcome).toEqual({ kind: 'rejected' });
    return take();
  }

  return { register, workOfWrongPassword };
}

describe('Whether somebody has an account', () => {
  it('isn’t told by what a wrong password costs: as many keys opened and parts sealed for nobody', async () => {
    const { register, workOfWrongPassword } = people();
    await register('lan@example.vn');
    const known = await workOfWrongPassword('lan@example.vn');
    expect(known).toMatchObject({ unwrapDataKey: 1, seal: 1 });
    expect(await workOfWrongPassword('nobody@example.vn')).toEqual(known);
  });
});
