import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.ts';
import type { TestPerson } from '../../support/installation.ts';
import { forgetRetiredIds, isSignedIn, readyLogin, readySignOut } from '../../support/session-moves.ts';
import {
  type Answer,
  afterAnswer,
  inParallel,
  startTwoProviders,
  type TwoProviders,
} from '../../support/two-providers.ts';

const rounds = 50;
let provider: TwoProviders;
let person: TestPerson;
let portal: RelyingParty;
let other: RelyingParty;

beforeAll(async () => {
  provider = await startTwoProviders();
  person = await provider.addPerson();
  [portal, other] = [await provider.addPortal(), await provider.addPortal()];
});
afterAll(() => provider.close());

const noFaults = (answers: readonly Answer[]): void => {
  for (const { status } of answers) expect(status).toBeLessThan(500);
};

describe('A5: what happens at once in one session is neither a fault nor a loss', () => {
  it('sign-out ∥ authorize: the session is over, and so is what was made in it', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const cookie = await provider.signedIn(person, portal);
      const signOut = await readySignOut(provider, { cookie });
      const driver = provider.portalAt(other);
      const [left, ...codes] = await Promise.all([
        signOut.confirm(round),
        ...[0, 1, 2].map((turn) => driver.authorize(turn, cookie)),
      ]);
      noFaults([left, ...codes]);
      expect(left.status).toBe(200);
      const tokens = await inParallel(3, (turn) => driver.redeem(turn, codes[turn] ?? { code: '', verifier: '' }));
      expect(tokens.map(({ status }) => status)).toEqual([400, 400, 400]);
      for (const answer of [left, ...codes]) {
        expect(await isSignedIn(provider, portal, afterAnswer(cookie, answer))).toBe(false);
      }
      expect(await isSignedIn(provider, portal, cookie)).toBe(false);
    }
  });

  it('sign-out ∥ a new login in the session (its id rotates): the session is over', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const cookie = await provider.signedIn(person, portal);
      const login = await readyLogin(provider, { person, portal, cookie });
      const signOut = await readySignOut(provider, { cookie: login.cookie });
      const [left, resumed] = await Promise.all([signOut.confirm(round), login.resume(round + 1)]);
      noFaults([left, resumed]);
      for (const jar of [cookie, afterAnswer(cookie, resumed), afterAnswer(cookie, left)]) {
        expect(await isSignedIn(provider, portal, jar)).toBe(false);
      }
    }
  });

  it('sign-out of one portal ∥ authorize at another: one is over, the other isn’t', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const cookie = await provider.signedIn(person, portal);
      const [first, second] = [provider.portalAt(portal), provider.portalAt(other)];
      const before = await first.redeem(0, await first.authorize(0, cookie));
      const signOut = await readySignOut(provider, { cookie, portal });
      const [left, code] = await Promise.all([signOut.confirm(round, false), second.authorize(round + 1, cookie)]);
      noFaults([left, code]);
      const tokens = await second.redeem(0, code);
      expect(tokens.status).toBe(200);
      expect((await second.userinfo(1, String(tokens.json['access_token']))).status).toBe(200);
      expect((await first.userinfo(1, String(before.json['access_token']))).status).toBe(401);
      const last = afterAnswer(afterAnswer(cookie, left), code);
      expect(await isSignedIn(provider, other, last)).toBe(true);
    }
  });

  it('a new login ∥ authorize: every code is good, and the browser stays signed in for longer than a minute', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const cookie = await provider.signedIn(person, portal);
      const login = await readyLogin(provider, { person, portal, cookie });
      const driver = provider.portalAt(other);
      const arrived: Answer[] = [];
      const arriving = async <Arriving extends Answer>(answer: Promise<Arriving>): Promise<Arriving> => {
        arrived.push(await answer);
        return answer;
      };
      const [resumed, ...codes] = await Promise.all([
        arriving(login.resume(round)),
        ...[1, 2, 3].map((turn) => arriving(driver.authorize(round + turn, login.cookie))),
      ]);
      noFaults([resumed, ...codes]);
      expect(resumed.location?.searchParams.has('code')).toBe(true);
      const tokens = await inParallel(3, (turn) => driver.redeem(turn, codes[turn] ?? { code: '', verifier: '' }));
      expect(tokens.map(({ status }) => status)).toEqual([200, 200, 200]);
      await forgetRetiredIds(provider);
      expect(await isSignedIn(provider, portal, arrived.reduce(afterAnswer, login.cookie))).toBe(true);
    }
  });
});
