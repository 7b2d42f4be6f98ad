import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createCodeGuesses } from '../../src/authentication/code-guesses.ts';
import { createThrottleKeys } from '../../src/authentication/throttle.ts';
import { testDatabase } from '../support/database.ts';
import { testClock } from '../support/test-clock.ts';

const database = await testDatabase();
afterAll(() => database.close());
const tx = database.dataSource.manager;
const clock = testClock();
const throttleKeys = createThrottleKeys(new Uint8Array(32).fill(9));
const guesses = createCodeGuesses('recovery-proof', { run: database.runStatement, clock, throttleKeys });

describe('guesses at a code of an account', () => {
  it('are five for nothing, then wait ever longer, up to 15 minutes', async () => {
    const account = randomUUID();
    for (let guess = 0; guess < 5; guess += 1) expect(await guesses.reserve(account)).toEqual({ kind: 'go-on' });
    expect(await guesses.reserve(account)).toEqual({ kind: 'throttled', retryAfterSeconds: 1 });
    clock.passSeconds(1);
    expect(await guesses.reserve(account)).toEqual({ kind: 'go-on' });
    expect(await guesses.reserve(account)).toEqual({ kind: 'throttled', retryAfterSeconds: 2 });
    for (let guess = 6; guess < 100; guess += 1) {
      clock.passSeconds(15 * 60);
      expect(await guesses.reserve(account)).toEqual({ kind: 'go-on' });
    }
    clock.passSeconds(24 * 3600);
    expect(await guesses.reserve(account)).toEqual({ kind: 'throttled', retryAfterSeconds: 15 * 60 });
    expect(await guesses.reserve(randomUUID())).toEqual({ kind: 'go-on' });
  });

  it('let five of fifty through at once', async () => {
    const account = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => guesses.reserve(account)));
    expect(answers.filter(({ kind }) => kind === 'go-on')).toHaveLength(5);
  });

  it('no longer count after a success', async () => {
    const account = randomUUID();
    for (let guess = 0; guess < 5; guess += 1) await guesses.reserve(account);
    await guesses.forget(tx, account);
    expect(await guesses.reserve(account)).toEqual({ kind: 'go-on' });
  });

  it('are counted apart for each kind of code', async () => {
    const account = randomUUID();
    const others = createCodeGuesses('second-factor', { run: database.runStatement, clock, throttleKeys });
    for (let guess = 0; guess < 5; guess += 1) await guesses.reserve(account);
    expect(await guesses.reserve(account)).toMatchObject({ kind: 'throttled' });
    expect(await others.reserve(account)).toEqual({ kind: 'go-on' });
  });
});
