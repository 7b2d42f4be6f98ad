import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/accounts/account.ts';
import type { Evidence } from '../../src/authentication/evidence.ts';
import { createProvePasskey } from '../../src/authentication/prove-passkey.ts';
import { epochSeconds } from '../../src/platform/clock.ts';
import { binding, enrolled, testPasskeys } from '../support/passkeys.ts';
import type { SoftAssertion, SoftAuthenticator } from '../support/soft-authenticator.ts';

/** What happens just before a statement of this name. */
let meanwhile: Readonly<Record<string, () => Promise<unknown>>> = {};
const world: Awaited<ReturnType<typeof testPasskeys>> = await testPasskeys({
  run: async (statement) => {
    await meanwhile[statement.name]?.();
    return world.database.runStatement(statement);
  },
});
afterEach(() => {
  meanwhile = {};
});
afterAll(() => world.close());

/** One try of a passkey, with the evidence that a login was given. */
async function prove(
  authenticator: SoftAuthenticator,
  { fails = false, ...changes }: SoftAssertion & { readonly fails?: boolean } = {},
) {
  const given: Evidence[] = [];
  const results: string[] = [];
  const provePasskey = createProvePasskey({
    passkeys: world,
    inTransaction: world.inTransaction,
    findAccount: async (id) => {
      const [active] = await world.tx.query(`SELECT id FROM account WHERE id = $1 AND state = 'active'`, [id]);
      return active as Account | undefined;
    },
    recordAttempt: async (_tx, { result }) => {
      results.push(result);
      if (fails) throw new Error('the database went away');
    },
    clock: world.clock,
  });
  const options = await world.authenticationOptions({ binding, allow: 'discoverable' });
  const outcome = await provePasskey({
    response: authenticator.get(options, changes),
    binding,
    accountId: undefined,
    origin: { ip: '192.0.2.1', referenceId: 'a-request', locale: 'vi' },
    whenProved: async (_tx, { evidence }) => {
      given.push(evidence);
    },
  });
  return { kind: outcome.kind, given, results };
}

describe('a passkey that is used while something happens to it', () => {
  it('proves nothing where it is taken away after it was looked up', async () => {
    const { authenticator, accountId } = await enrolled(world);
    meanwhile = {
      'passkey-record-use': () => world.tx.query('DELETE FROM passkey WHERE account_id = $1', [accountId]),
    };
    expect(await prove(authenticator)).toEqual({ kind: 'not-accepted', given: [], results: ['unknown-credential'] });
  });

  it('proves nothing where its account is blocked after it was looked up', async () => {
    const { authenticator, accountId } = await enrolled(world);
    meanwhile = {
      'passkey-record-use': () => world.tx.query(`UPDATE account SET state = 'suspended' WHERE id = $1`, [accountId]),
    };
    expect(await prove(authenticator)).toEqual({ kind: 'not-accepted', given: [], results: [] });
  });

  // Whoever takes it away ends every session, and with them all that was proved before that moment.
  it('counts from before it was looked up', async () => {
    const { authenticator } = await enrolled(world);
    const before = epochSeconds(world.clock);
    meanwhile = { 'passkey-record-use': async () => world.clock.passSeconds(5) };
    expect((await prove(authenticator)).given).toMatchObject([{ provedAt: before }]);
  });

  it('stays used where the login it was for fails', async () => {
    const { authenticator } = await enrolled(world);
    await expect(prove(authenticator, { signCount: 7, fails: true })).rejects.toThrow('the database went away');
    expect(await prove(authenticator, { signCount: 7 })).toEqual({
      kind: 'not-accepted',
      given: [],
      results: ['counter-fell'],
    });
    expect(await prove(authenticator, { signCount: 8 })).toMatchObject({ kind: 'proved', results: ['proved'] });
  });
});
