import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.ts';
import type { TestPerson } from '../../support/installation.ts';
import { forgetRetiredIds, isSignedIn, readyLogin, readySignOut } from '../../support/session-moves.ts';
import { afterAnswer, startTwoProviders, type TwoProviders } from '../../support/two-providers.ts';

let provider: TwoProviders;
let person: TestPerson;
let portal: RelyingParty;

beforeAll(async () => {
  provider = await startTwoProviders();
  person = await provider.addPerson();
  portal = await provider.addPortal();
});
afterAll(() => provider.close());

const cookieNamed = (cookie: string): string | undefined => /(?:^|; )session=([^;]+)/.exec(cookie)?.[1];

async function rotated(): Promise<{ readonly before: string; readonly after: string }> {
  const before = await provider.signedIn(person, portal);
  const login = await readyLogin(provider, { person, portal, cookie: before });
  const answer = await login.resume(1);
  expect(answer.location?.searchParams.has('code')).toBe(true);
  return { before, after: afterAnswer(login.cookie, answer) };
}

describe('A4: a session that ended stays ended, and a rotation is not an ending', () => {
  it('leads the id from before a new login to the session for a minute, under an id of its own', async () => {
    const { before, after } = await rotated();
    expect(cookieNamed(after)).not.toBe(cookieNamed(before));
    const answer = await provider.portalAt(portal).authorize(0, before, { prompt: 'none' });
    expect(answer.code).toBeDefined();
    const anew = cookieNamed(afterAnswer(before, answer));
    expect([cookieNamed(before), cookieNamed(after)]).not.toContain(anew);
    await forgetRetiredIds(provider);
    expect(await isSignedIn(provider, portal, before)).toBe(false);
    expect(await isSignedIn(provider, portal, after)).toBe(true);
    expect(await isSignedIn(provider, portal, afterAnswer(before, answer))).toBe(true);
  });

  it('ends with a sign-out by the id that was just rotated away', async () => {
    const { before, after } = await rotated();
    const asked = await provider.send(0, '/session/end', { cookie: before });
    const cookie = afterAnswer(before, asked);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.text)?.[1] ?? '';
    await provider.send(1, '/session/end/confirm', { cookie, form: { xsrf, logout: 'yes' } });
    for (const jar of [before, after, cookie]) expect(await isSignedIn(provider, portal, jar)).toBe(false);
  });

  it('an id from before the login is worth nothing after it (fixation), RFC 9700 §4', async () => {
    const planted = afterAnswer('', await provider.send(0, '/session/end'));
    expect(cookieNamed(planted)).toBeDefined();
    const login = await readyLogin(provider, { person, portal, cookie: planted });
    const answer = await login.resume(1);
    expect(await isSignedIn(provider, portal, afterAnswer(login.cookie, answer))).toBe(true);
    expect(await isSignedIn(provider, portal, planted)).toBe(false);
  });

  it('stays ended whatever is saved later, from either process', async () => {
    const cookie = await provider.signedIn(person, portal);
    const signOut = await readySignOut(provider, { cookie });
    await signOut.confirm(0);
    for (let turn = 0; turn < 4; turn += 1) {
      await provider.send(turn, '/auth', { cookie, query: provider.portalAt(portal).begin().query });
      expect(await isSignedIn(provider, portal, cookie)).toBe(false);
    }
    expect((await signOut.confirm(1)).status).toBe(400);
  });

  it('a login that was finished once does not sign in again after the sign-out', async () => {
    const login = await readyLogin(provider, { person, portal });
    const answer = await login.resume(0);
    const cookie = afterAnswer(login.cookie, answer);
    await (await readySignOut(provider, { cookie })).confirm(1);
    const again = await login.resume(1);
    expect(again.location?.searchParams.has('code') ?? false).toBe(false);
    expect(await isSignedIn(provider, portal, afterAnswer(login.cookie, again))).toBe(false);
  });
});
