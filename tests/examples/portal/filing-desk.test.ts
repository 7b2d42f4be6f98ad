import { describe, expect, it } from '@jest/globals';
import { lastWordOf } from '../../../examples/portal/filing.ts';
import type { AuthorityAnswer } from '../../../examples/portal/filing-authority.ts';
import { createFilingDesk } from '../../../examples/portal/filing-desk.ts';
import { createSessions } from '../../../examples/portal/session.ts';
import type { SignedIn } from '../../../examples/portal/signed-in.ts';
import { claimsOf, service } from '../support/companies.ts';

const now = () => new Date(0);

function signedInFor(userinfo: object): SignedIn {
  const claims = { iss: 'https://id.example.test', aud: 'portal', sub: 'lan', iat: 0, exp: 0, ...claimsOf('suongMai') };
  return {
    idToken: 'x.y.z',
    claims,
    userinfo: { sub: 'lan', ...userinfo },
    accessToken: 'at',
    refreshToken: undefined,
  };
}

describe('the desk that takes filings', () => {
  it('gives one receipt for a filing that is sent twice at once', async () => {
    const answers: ((answer: AuthorityAnswer) => void)[] = [];
    const ask = () => new Promise<AuthorityAnswer>((resolve) => answers.push(resolve));
    const sessions = createSessions({ now });
    const signedIn = signedInFor(claimsOf('suongMai'));
    const { id } = sessions.authorize(
      sessions.signIn(undefined, signedIn).id,
      { id: 'f', service: service.key },
      { signedIn, checkedAt: now() },
    );
    const offer = { services: [service], acceptsJoint: false };
    const desk = createFilingDesk({ offer, authority: { check: ask, renew: ask }, sessions, now });
    const open = desk.find(sessions.resume(id), 'f');
    if (!open) throw new TypeError('the filing is not open');
    const form = new URLSearchParams({ period: '10/2026' });
    const receipt = () => desk.find(sessions.resume(id), 'f')?.filing.receipt?.reference;

    const sent = [desk.submit(open, { form, signedIn }), desk.submit(open, { form, signedIn })];
    answers[0]?.({ kind: 'in-force', signedIn });
    await sent[0];
    const first = receipt();
    answers[1]?.({ kind: 'in-force', signedIn });
    await sent[1];
    expect(first).toMatch(/^TAX-RETURN-/);
    expect(receipt()).toBe(first);
  });

  it('goes by the last word: what the ID token said of a company is over when userinfo says it no more', () => {
    expect(lastWordOf(signedInFor(claimsOf('luaVang')))?.organization.id).toBe('vn:9900144681');
    expect(lastWordOf(signedInFor({}))).toBeUndefined();
  });
});
