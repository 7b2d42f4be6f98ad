import { describe, expect, it } from '@jest/globals';
import { type Attempt, createSessions } from '../../../examples/portal/session.ts';
import type { SignedIn } from '../../../examples/portal/signed-in.ts';

const minuteMs = 60_000;

function attempt(state: string): Attempt {
  return {
    state,
    nonce: 'n',
    codeVerifier: 'v',
    maxAgeSeconds: undefined,
    demandedAcr: undefined,
    returnTo: '/',
    filing: undefined,
    fallback: undefined,
  };
}

function signedIn(sub: string, sid?: string): SignedIn {
  const claims = { iss: 'https://id.example.test', aud: 'portal', sub, iat: 0, exp: 0, ...(sid && { sid }) };
  return { idToken: 'x.y.z', claims, userinfo: undefined, accessToken: 'at', refreshToken: undefined };
}

function createClock() {
  let nowMs = 0;
  return { now: () => new Date(nowMs), pass: (ms: number) => (nowMs += ms) };
}

describe('sessions of a portal', () => {
  it('forgets a stranger after 15 minutes and a person after an idle hour', () => {
    const clock = createClock();
    const sessions = createSessions({ now: clock.now });
    const stranger = sessions.rememberAttempt(undefined, attempt('a'));
    const person = sessions.signIn(undefined, signedIn('lan'));
    clock.pass(15 * minuteMs);
    expect(sessions.resume(stranger.id)).toBeUndefined();
    expect(sessions.resume(person.id)).toBeDefined();
    clock.pass(59 * minuteMs);
    expect(sessions.resume(person.id)).toBeDefined();
    clock.pass(60 * minuteMs);
    expect(sessions.resume(person.id)).toBeUndefined();
  });

  it('stays within its limit, and strangers never push out a person', () => {
    const sessions = createSessions({ now: createClock().now, limit: 3 });
    const person = sessions.signIn(undefined, signedIn('lan'));
    for (let count = 0; count < 50; count += 1) sessions.rememberAttempt(undefined, attempt(`s${count}`));
    expect(sessions.count()).toBe(3);
    expect(sessions.resume(person.id)).toBeDefined();
  });

  it('stays within its limit when all are signed in', () => {
    const sessions = createSessions({ now: createClock().now, limit: 3 });
    for (let count = 0; count < 50; count += 1) sessions.signIn(undefined, signedIn('lan'));
    expect(sessions.count()).toBe(3);
  });

  it('keeps the last ten attempts of one browser, each good for one answer', () => {
    const sessions = createSessions({ now: createClock().now });
    const { id } = sessions.rememberAttempt(undefined, attempt('s0'));
    for (let count = 1; count <= 10; count += 1) sessions.rememberAttempt(id, attempt(`s${count}`));
    expect(sessions.spendAttempt(id, 's0')).toBeUndefined();
    expect(sessions.spendAttempt(id, 's10')).toBeDefined();
    expect(sessions.spendAttempt(id, 's10')).toBeUndefined();
    expect(sessions.spendAttempt(id, null)).toBeUndefined();
  });

  it('leaves nothing of the session a person signed in with, but the attempts of other tabs', () => {
    const sessions = createSessions({ now: createClock().now });
    const before = sessions.rememberAttempt(undefined, attempt('other-tab'));
    const after = sessions.signIn(before.id, signedIn('lan'));
    expect(sessions.count()).toBe(1);
    expect(sessions.resume(before.id)).toBeUndefined();
    expect(sessions.spendAttempt(after.id, 'other-tab')).toBeDefined();
  });

  it('ends one session by sid, all of a person by sub, and none by nothing', () => {
    const sessions = createSessions({ now: createClock().now });
    const phone = sessions.signIn(undefined, signedIn('lan', 's1'));
    const desk = sessions.signIn(undefined, signedIn('lan', 's2'));
    const other = sessions.signIn(undefined, signedIn('minh', 's3'));

    expect(sessions.endNamed({})).toBe(0);
    expect(sessions.endNamed({ sub: 'minh', sid: 's1' })).toBe(0);
    expect(sessions.endNamed({ sid: 's1' })).toBe(1);
    expect(sessions.resume(phone.id)).toBeUndefined();
    expect(sessions.endNamed({ sub: 'lan' })).toBe(1);
    expect(sessions.resume(desk.id)).toBeUndefined();
    expect(sessions.resume(other.id)).toBeDefined();
  });
});
