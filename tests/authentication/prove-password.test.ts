import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import argon2 from 'argon2';
import { createAuthentication } from '../../src/authentication/module.ts';
import type { LoginIdentifier, PasswordAttempt, PasswordSubmission } from '../../src/authentication/prove-password.ts';
import { createPasswordHasher, type PasswordHash, type PasswordHasher } from '../../src/authenticators/password.ts';
import { findPassword, setPassword } from '../../src/authenticators/password-repository.ts';
import { rowsOf } from '../../src/platform/rows.ts';
import type { Transaction } from '../../src/platform/transaction.ts';
import { testDatabase } from '../support/database.ts';
import { countWork } from '../support/equal-work.ts';
import { insertAccount } from '../support/insert-account.ts';

type Account = { readonly accountId: string; readonly credential: PasswordHash | undefined };

const database = await testDatabase();
afterAll(() => database.close());
const pool = database.dataSource.manager;
const realHasher = createPasswordHasher({
  peppers: [{ id: 'p1', secret: randomBytes(32) }],
  maxInFlight: 2,
  maxQueued: 500,
});
const right = 'mười lăm ký tự đấy';
const wrong = 'không phải mật khẩu này';

// The rules of the throttle don't depend on what a hash costs, so most stories run without that cost.
const quickHasher: PasswordHasher = {
  hash: async (password) => ({ hash: `hashed ${password}`, pepperId: 'p1' }),
  verify: async (stored, password) =>
    stored?.hash === `hashed ${password}` ? { kind: 'accepted', rehash: false } : { kind: 'rejected' },
  overload: () => undefined,
};

/** One installation with its own secrets, a clock of its own, and accounts by address. */
function installation(hasher: PasswordHasher = quickHasher) {
  let now = new Date('2026-11-22T03:00:00Z').getTime();
  const accounts = new Map<string, string>();
  const attempts: PasswordAttempt<Account>[] = [];
  const counter = countWork({ ...database, pool, hasher });
  const authentication = createAuthentication<Account>({
    ...counter.edges,
    clock: { now: () => new Date(now) },
    secrets: { throttle: randomBytes(32), knownDevice: randomBytes(32) },
    findLoginAccount: async (tx, { lookup }) => {
      const accountId = accounts.get(lookup);
      const [credential] = await passwordOf(tx, accountId);
      return accountId === undefined ? undefined : { accountId, credential };
    },
    recordAttempt: async (tx, attempt) => {
      await tx.query('SELECT 1');
      attempts.push(attempt);
    },
  });
  const submit = (identifier: LoginIdentifier, changes: Partial<PasswordSubmission> = {}) =>
    authentication.provePassword({
      identifier,
      password: wrong,
      deviceCookie: undefined,
      mailedCodeProvedFor: undefined,
      ip: '203.0.113.7',
      referenceId: 'ABCDEF0123',
      whenProved: async () => undefined,
      ...changes,
    });
  return {
    authentication,
    accounts,
    attempts,
    counter,
    submit,
    wait: (seconds: number) => {
      now += seconds * 1000;
    },
    register: async (identifier: LoginIdentifier, stored?: PasswordHash) => {
      const accountId = await insertAccount(pool);
      const hash = stored ?? (await hasher.hash(right));
      await setPassword(pool, { ...hash, accountId, longEnough: true, at: new Date(now) });
      accounts.set(identifier.lookup, accountId);
      return accountId;
    },
  };
}

function passwordOf(tx: Transaction, accountId: string | undefined) {
  return rowsOf<PasswordHash>(
    tx,
    'SELECT hash, pepper_id AS "pepperId" FROM password_credential WHERE account_id = $1',
    [accountId ?? null],
  );
}

function addressOf(name: string): LoginIdentifier {
  return { display: `${name}@mail.example`, lookup: `${name}@mail.example` };
}

const lan = addressOf('lan');
const nobody = addressOf('nobody');

describe('Proving a password', () => {
  it('gives evidence, a known device and what belongs into the same transaction', async () => {
    const { submit, register, attempts } = installation();
    const accountId = await register(lan);
    const proved: unknown[] = [];
    const outcome = await submit(lan, {
      password: right,
      whenProved: async (tx, { accountId: provedId }) => {
        await tx.query('SELECT 1');
        proved.push(provedId);
      },
    });
    expect(outcome).toEqual({
      kind: 'proved',
      accountId,
      evidence: { method: 'password', provedAt: 1_795_316_400, source: 'local', ruleVersion: 1 },
      deviceCookie: expect.any(String),
    });
    expect(proved).toEqual([accountId]);
    expect(attempts).toMatchObject([
      { result: 'proved', account: { accountId }, knownDevice: false, referenceId: 'ABCDEF0123' },
    ]);
  });

  it('leaves the throttle as it was when the success could not be stored', async () => {
    const { submit, register } = installation();
    await register(lan);
    for (let index = 0; index < 4; index += 1) await submit(lan);
    const storing = submit(lan, { password: right, whenProved: () => Promise.reject(new Error('disk full')) });
    await expect(storing).rejects.toThrow('disk full');
    expect(await submit(lan, { password: right })).toMatchObject({ kind: 'throttled' });
  });

  it('rejects a wrong password, an unknown address and an account without a password alike', async () => {
    const { submit, register, accounts, attempts } = installation();
    await register(lan);
    accounts.set('desk@mail.example', await insertAccount(pool));
    for (const identifier of [lan, nobody, addressOf('desk')]) {
      expect(await submit(identifier)).toEqual({ kind: 'rejected' });
    }
    expect(attempts.map(({ result }) => result)).toEqual(['wrong-password', 'wrong-password', 'wrong-password']);
  });

  it('hashes an imported password anew at its first use, and not over a newer one', async () => {
    const { submit, register } = installation(realHasher);
    const accountId = await register(lan, { hash: await argon2.hash(right, { memoryCost: 8192 }), pepperId: null });
    expect(await submit(lan, { password: right })).toMatchObject({ kind: 'proved' });
    const upgraded = await findPassword(pool, accountId);
    expect(upgraded).toMatchObject({ pepperId: 'p1', hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456/) });
    expect(await submit(lan, { password: right })).toMatchObject({ kind: 'proved' });
    expect(await findPassword(pool, accountId)).toEqual(upgraded);
  });

  it('does not bring an old password back when it is changed during the sign-in', async () => {
    const changed = { hash: 'hashed another one', pepperId: 'p1' };
    const slow: PasswordHasher = {
      verify: async () => ({ kind: 'accepted', rehash: true }),
      hash: async (password) => {
        for (const accountId of setup.accounts.values()) {
          await setPassword(pool, { ...changed, accountId, longEnough: true, at: new Date() });
        }
        return { hash: `hashed ${password}`, pepperId: 'p1' };
      },
      overload: () => undefined,
    };
    const setup = installation(slow);
    const accountId = await setup.register(lan, { hash: 'imported', pepperId: null });
    expect(await setup.submit(lan, { password: right })).toMatchObject({ kind: 'proved' });
    expect(await findPassword(pool, accountId)).toEqual(changed);
  });

  it('takes a short imported password only together with a second factor', async () => {
    const { submit, register, attempts } = installation(realHasher);
    const short = 'ngắn quá';
    const accountId = await register(lan, { hash: await argon2.hash(short, { memoryCost: 8192 }), pepperId: null });
    const outcome = await submit(lan, {
      password: short,
      whenProved: () => Promise.reject(new Error('must not count as evidence')),
    });
    expect(outcome).toEqual({ kind: 'needs-second-factor', accountId });
    expect(attempts).toMatchObject([{ result: 'needs-second-factor' }]);
    const [row] = await pool.query('SELECT pepper_id, long_enough FROM password_credential WHERE account_id = $1', [
      accountId,
    ]);
    expect(row).toEqual({ pepper_id: 'p1', long_enough: false });
  });
});

describe('Throttle at the credential check', () => {
  it.each([
    ['a known', lan],
    ['an unknown', nobody],
  ] as const)('gives fifty parallel guesses at %s address five tries', async (_, identifier) => {
    const { submit, register, counter } = installation();
    await register(lan);
    counter.take();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => submit(identifier)));
    expect(outcomes.filter(({ kind }) => kind === 'rejected')).toHaveLength(5);
    expect(outcomes.filter(({ kind }) => kind === 'throttled')).toHaveLength(45);
    expect(counter.take().hashes).toBe(5);
  });

  it('refuses even the right password while anyone has to wait, and takes it after', async () => {
    const { submit, register, wait } = installation();
    await register(lan);
    for (let index = 0; index < 5; index += 1) await submit(lan);
    expect(await submit(lan, { password: right })).toEqual({ kind: 'throttled', retryAfterSeconds: 1 });
    wait(1);
    expect(await submit(lan, { password: right })).toMatchObject({ kind: 'proved' });
    for (let index = 0; index < 5; index += 1) expect(await submit(lan)).toEqual({ kind: 'rejected' });
  });

  it('lets a known device in whatever strangers do, and gives it a hundred of its own', async () => {
    const { submit, register } = installation();
    await register(lan);
    const first = await submit(lan, { password: right });
    const deviceCookie = first.kind === 'proved' ? first.deviceCookie : undefined;
    await Promise.all(Array.from({ length: 50 }, () => submit(lan)));
    expect(await submit(lan, { password: right })).toMatchObject({ kind: 'throttled' });
    expect(await submit(lan, { password: right, deviceCookie })).toMatchObject({ kind: 'proved' });
    const guesses = await Promise.all(Array.from({ length: 150 }, () => submit(lan, { deviceCookie })));
    expect(guesses.filter(({ kind }) => kind === 'rejected')).toHaveLength(100);
    expect(await submit(lan, { password: right, deviceCookie })).toMatchObject({ kind: 'throttled' });
  });

  it('does not let the cookie of one person open the allowance of another', async () => {
    const { submit, register } = installation();
    await register(lan);
    await register(addressOf('mallory'));
    const own = await submit(addressOf('mallory'), { password: right });
    const deviceCookie = own.kind === 'proved' ? own.deviceCookie : undefined;
    const guesses = await Promise.all(Array.from({ length: 50 }, () => submit(lan, { deviceCookie })));
    expect(guesses.filter(({ kind }) => kind === 'rejected')).toHaveLength(5);
  });

  it.each([
    ['a known', lan],
    ['an unknown', nobody],
  ] as const)('asks for a mailed code after a hundred failures at %s address', async (_, identifier) => {
    const { submit, register, wait, counter } = installation();
    await register(lan);
    for (let failures = 0; failures < 100; failures += 1) {
      wait(900);
      expect(await submit(identifier)).toEqual({ kind: 'rejected' });
    }
    wait(900);
    counter.take();
    const needed = await submit(identifier, { password: right });
    expect(needed).toEqual({ kind: 'mailed-code-needed', identifierKey: expect.any(String) });
    expect(counter.take().hashes).toBe(0);
    const mailedCodeProvedFor = needed.kind === 'mailed-code-needed' ? needed.identifierKey : undefined;
    expect(await submit(addressOf('other'), { mailedCodeProvedFor })).toEqual({ kind: 'rejected' });
    const unlocked = await submit(identifier, { password: right, mailedCodeProvedFor });
    expect(unlocked.kind).toBe(identifier === lan ? 'proved' : 'rejected');
    expect(await submit(identifier, { password: right })).toMatchObject({ kind: 'mailed-code-needed' });
  });

  it('gives a mailed code a hundred of its own, and a code for one address none at another', async () => {
    const { submit, wait } = installation();
    for (let failures = 0; failures < 100; failures += 1) {
      wait(900);
      await submit(nobody);
    }
    const needed = await submit(nobody);
    const mailedCodeProvedFor = needed.kind === 'mailed-code-needed' ? needed.identifierKey : undefined;
    const guesses = await Promise.all(Array.from({ length: 150 }, () => submit(nobody, { mailedCodeProvedFor })));
    expect(guesses.filter(({ kind }) => kind === 'rejected')).toHaveLength(100);
    expect(guesses.find(({ kind }) => kind === 'throttled')).toEqual({ kind: 'throttled', retryAfterSeconds: 900 });
    const elsewhere = await Promise.all(Array.from({ length: 50 }, () => submit(lan, { mailedCodeProvedFor })));
    expect(elsewhere.filter(({ kind }) => kind === 'rejected')).toHaveLength(5);
  });

  it('stops a source that tries one password at many addresses, and not its neighbour or a known device', async () => {
    const { submit, register } = installation();
    await register(lan);
    const first = await submit(lan, { password: right });
    const deviceCookie = first.kind === 'proved' ? first.deviceCookie : undefined;
    for (let index = 0; index < 100; index += 1) {
      expect(await submit(addressOf(`person${index}`))).toEqual({ kind: 'rejected' });
    }
    expect(await submit(lan, { password: right })).toEqual({ kind: 'throttled', retryAfterSeconds: 3600 });
    expect(await submit(lan, { password: right, deviceCookie })).toMatchObject({ kind: 'proved' });
    expect(await submit(lan, { password: right, ip: '203.0.113.8' })).toMatchObject({ kind: 'proved' });
  });

  it('counts a whole IPv6 /64 as one source', async () => {
    const { submit } = installation();
    for (let index = 0; index < 50; index += 1) {
      expect(await submit(addressOf(`person${index}`), { ip: `2001:db8:1:2::${index.toString(16)}` })).toEqual({
        kind: 'rejected',
      });
    }
    expect(await submit(nobody, { ip: '2001:db8:1:2:ffff::1' })).toMatchObject({ kind: 'throttled' });
    expect(await submit(nobody, { ip: '2001:db8:1:3::1' })).toEqual({ kind: 'rejected' });
  });

  it('lets a carrier’s customers sign in by the thousand through one address', async () => {
    const { submit, register } = installation();
    for (let index = 0; index < 120; index += 1) {
      const person = addressOf(`customer${index}`);
      await register(person);
      expect(await submit(person)).toEqual({ kind: 'rejected' });
      expect(await submit(person, { password: right })).toMatchObject({ kind: 'proved' });
    }
  });

  it('does not hold an overload against the person', async () => {
    let overloaded = true;
    const { submit, register, counter } = installation({
      ...quickHasher,
      verify: async (stored, password) =>
        overloaded ? { kind: 'overloaded', retryAfterSeconds: 5 } : quickHasher.verify(stored, password),
    });
    await register(lan);
    for (let index = 0; index < 20; index += 1) {
      expect(await submit(lan, { password: right })).toEqual({ kind: 'overloaded', retryAfterSeconds: 5 });
    }
    overloaded = false;
    counter.take();
    expect(await submit(lan, { password: right })).toMatchObject({ kind: 'proved' });
  });

  it('refuses in an overload without a look at the database', async () => {
    const overload = { kind: 'overloaded', retryAfterSeconds: 5 } as const;
    const { submit, register, counter } = installation({ ...quickHasher, overload: () => overload });
    await register(lan);
    counter.take();
    expect(await submit(lan, { password: right })).toEqual(overload);
    expect(counter.take()).toEqual({ hashes: 0, statements: 0, transactions: 0 });
  });
});

describe('Known and unknown accounts cost the same', () => {
  it('in hashes and statements, with no transaction open while hashing', async () => {
    const { submit, register, accounts, counter } = installation(realHasher);
    await register(lan);
    accounts.set('desk@mail.example', await insertAccount(pool));
    counter.take();
    const costs = [];
    for (const identifier of [lan, nobody, addressOf('desk')]) {
      await submit(identifier);
      costs.push(counter.take());
    }
    expect(costs[0]).toEqual({ hashes: 1, statements: 3, transactions: 1 });
    expect(costs[1]).toEqual(costs[0]);
    expect(costs[2]).toEqual(costs[0]);
    expect(counter.hashedInTransaction()).toBe(false);
  });

  it('when refused by the throttle: one statement, no hash', async () => {
    const { submit, register, counter } = installation();
    await register(lan);
    const costs = [];
    for (const identifier of [lan, nobody]) {
      for (let index = 0; index < 5; index += 1) await submit(identifier);
      counter.take();
      await submit(identifier);
      costs.push(counter.take());
    }
    expect(costs).toEqual([
      { hashes: 0, statements: 1, transactions: 0 },
      { hashes: 0, statements: 1, transactions: 0 },
    ]);
  });

  it('and a sign-in costs the throttle two: reserve and clear, beside the look-up and the record', async () => {
    const { submit, register, counter } = installation();
    await register(lan);
    counter.take();
    await submit(lan, { password: right });
    expect(counter.take()).toEqual({ hashes: 1, statements: 4, transactions: 1 });
  });
});
