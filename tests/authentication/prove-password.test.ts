import { afterAll, describe, expect, it } from '@jest/globals';
import argon2 from 'argon2';
import type { PasswordHasher } from '../../src/authenticators/password.ts';
import { findPassword, setPassword } from '../../src/authenticators/password-repository.ts';
import { testDatabase } from '../support/database.ts';
import { insertAccount } from '../support/insert-account.ts';
import {
  addressOf,
  lan,
  nobody,
  passwordLogin,
  realHasher,
  rightPassword as right,
} from '../support/password-login.ts';

const database = await testDatabase();
afterAll(() => database.close());
const pool = database.dataSource.manager;
const installation = (hasher?: PasswordHasher) => passwordLogin(database, hasher);

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
      { result: 'proved', account: { accountId }, device: undefined, referenceId: 'ABCDEF0123' },
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
      withRoom: (use) => use(async () => ({ kind: 'accepted', rehash: true })),
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
