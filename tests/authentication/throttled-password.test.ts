import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createPasswordHasher, type PasswordHasher } from '../../src/authenticators/password.ts';
import { testDatabase } from '../support/database.ts';
import {
  addressOf,
  lan,
  nobody,
  passwordLogin,
  quickHasher,
  rightPassword as right,
} from '../support/password-login.ts';

const database = await testDatabase();
afterAll(() => database.close());
const installation = (hasher?: PasswordHasher) => passwordLogin(database, hasher);

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

  it('goes on counting at the right password that is too short to stand alone: it tells nothing', async () => {
    const { submit, register } = installation();
    const short = 'ngắn quá';
    await register(lan, { hash: `hashed ${short}`, pepperId: 'p1' });
    for (let index = 0; index < 4; index += 1) await submit(lan);
    expect(await submit(lan, { password: short })).toMatchObject({ kind: 'needs-second-factor' });
    expect(await submit(lan)).toEqual({ kind: 'throttled', retryAfterSeconds: 1 });
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

  it('refuses in an overload without a look at the database, so that it is not held against the person', async () => {
    const overload = { kind: 'overloaded', retryAfterSeconds: 5 } as const;
    const { submit, register, counter } = installation({ ...quickHasher, withRoom: async () => overload });
    await register(lan);
    counter.take();
    expect(await submit(lan, { password: right })).toEqual(overload);
    expect(counter.take()).toEqual({ hashes: 0, statements: 0, transactions: 0 });
  });

  it('never refuses for overload whom it has looked up', async () => {
    const hasher = createPasswordHasher({
      peppers: [{ id: 'p1', secret: randomBytes(32) }],
      maxInFlight: 1,
      maxQueued: 2,
    });
    const { submit, counter } = installation(hasher);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => submit(addressOf(`guess${index}`))));
    expect(outcomes.filter(({ kind }) => kind === 'rejected')).toHaveLength(3);
    expect(outcomes.filter(({ kind }) => kind === 'overloaded')).toHaveLength(17);
    // As much as three attempts cost that nobody else was beside.
    const { statements, hashes } = counter.take();
    expect(hashes).toBe(3);
    await submit(nobody);
    expect(statements).toBe(3 * counter.take().statements);
  });
});
