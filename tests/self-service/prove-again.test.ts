import { describe, expect, it } from '@jest/globals';
import type { Context } from 'koa';
import type { Account } from '../../src/accounts/account.ts';
import { newLocalEvidence } from '../../src/authentication/evidence.ts';
import type { PasswordOutcome } from '../../src/authentication/prove-password.ts';
import { requestContext } from '../../src/http/request-context.ts';
import { createProveAgain } from '../../src/self-service/prove-again.ts';

const device = {
  read: () => undefined,
  write: () => undefined,
  knownSince: () => undefined,
  remember: () => undefined,
};
const account = { id: 'lan', email: { identifierId: 'i', address: 'lan@example.vn', verified: true } };

async function proofOf(outcome: PasswordOutcome, password = 'the password she typed') {
  const ctx = { req: {}, query: {}, ip: '192.0.2.7', path: '/', get: () => '', cookies: { get: () => undefined } };
  await requestContext({ secureCookies: false })(ctx as unknown as Context, async () => undefined);
  const proveAgain = createProveAgain({ provePassword: async () => outcome, device });
  return proveAgain(ctx as unknown as Context, { account: account as unknown as Account, password });
}

const proved = (accountId: string): PasswordOutcome => ({
  kind: 'proved',
  accountId,
  evidence: newLocalEvidence('password', 1),
  deviceCookie: 'd',
});

describe('asking a signed-in person for their password', () => {
  it('takes the password of their own account', async () => {
    expect(await proofOf(proved('lan'))).toEqual({ kind: 'proved' });
  });

  // Between reading the account and proving it the address may have become somebody else's.
  it('refuses the password of another account', async () => {
    expect(await proofOf(proved('minh'))).toEqual({ kind: 'wrong-password' });
  });

  it.each<[PasswordOutcome, object]>([
    [{ kind: 'rejected' }, { kind: 'wrong-password' }],
    [{ kind: 'needs-second-factor', accountId: 'lan' }, { kind: 'wrong-password' }],
    [
      { kind: 'throttled', retryAfterSeconds: 8 },
      { kind: 'throttled', retryAfterSeconds: 8 },
    ],
    [
      { kind: 'mailed-code-needed', identifierKey: 'k' },
      { kind: 'throttled', retryAfterSeconds: 900 },
    ],
  ])('tells %j as %j', async (outcome, told) => {
    expect(await proofOf(outcome)).toEqual(told);
  });

  it('doesn’t look at an empty password', async () => {
    expect(await proofOf(proved('lan'), '')).toEqual({ kind: 'wrong-password' });
  });
});
