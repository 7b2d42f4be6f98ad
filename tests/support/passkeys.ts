import { createPasskeys } from '../../src/authenticators/passkey.ts';
import type { PasskeyDependencies } from '../../src/authenticators/passkey-outcome.ts';
import type { PasskeyKind } from '../../src/authenticators/passkey-repository.ts';
import { createWebAuthnChallenges } from '../../src/authenticators/webauthn-challenge.ts';
import { createReplayRepository } from '../../src/oidc/replay-repository.ts';
import { testDatabase } from './database.ts';
import { insertAccount } from './insert-account.ts';
import type { SoftAssertion, SoftAuthenticator, SoftRegistration } from './soft-authenticator.ts';
import { softAuthenticator } from './soft-authenticator.ts';
import { testClock } from './test-clock.ts';

export const rpId = 'login.example.vn';
export const origin = `https://${rpId}`;
export const binding = 'login:a-test';

/** Passkeys over a database of their own. */
export async function testPasskeys(overrides: Partial<PasskeyDependencies> = {}) {
  const database = await testDatabase();
  const clock = testClock();
  const { runStatement: run } = database;
  const { markOnce } = createReplayRepository({ run });
  const challenges = createWebAuthnChallenges({ key: Buffer.alloc(32, 7), markOnce, clock });
  const passkeys = createPasskeys({ rpId, rpName: 'Định Danh', origin, challenges, run, clock, ...overrides });
  const { inTransaction, dataSource } = database;

  async function registrationOptions(accountId: string, kind: PasskeyKind = 'passkey') {
    const request = { accountId, userName: 'lan@example.vn', displayName: 'Nguyễn Thị Lan', kind, binding };
    const options = await inTransaction((tx) => passkeys.registrationOptions(tx, request));
    if (!options) throw new Error('the account is not active');
    return options;
  }

  /** The whole ceremony. @param changes what the authenticator or its browser does differently */
  async function register(
    authenticator: SoftAuthenticator,
    { accountId, kind = 'passkey', ...changes }: SoftRegistration & { accountId: string; kind?: PasskeyKind },
  ) {
    const response = authenticator.create(await registrationOptions(accountId, kind), changes);
    const verification = await passkeys.verifyRegistration({ response, binding, kind });
    if (verification.outcome === 'refused') return verification;
    const { registration } = verification;
    return inTransaction((tx) => passkeys.register(tx, { registration, accountId, name: 'Điện thoại' }));
  }

  /** The whole ceremony: of the person who is expected, else alone. */
  async function signIn(
    authenticator: SoftAuthenticator,
    { expectedAccountId, ...changes }: SoftAssertion & { readonly expectedAccountId?: string } = {},
  ) {
    const list =
      expectedAccountId === undefined ? undefined : await passkeys.list(dataSource.manager, expectedAccountId);
    const options = await passkeys.authenticationOptions({ binding, allow: list ?? 'discoverable' });
    const receipt = await passkeys.receiveAssertion({ response: authenticator.get(options, changes), binding });
    if (receipt.outcome === 'refused') return receipt;
    const { assertion } = receipt;
    return passkeys.authenticate({ assertion, ...(expectedAccountId !== undefined && { expectedAccountId }) });
  }

  return {
    ...passkeys,
    database,
    tx: dataSource.manager,
    inTransaction,
    clock,
    challenges,
    addAccount: () => insertAccount(dataSource.manager),
    registrationOptions,
    registerWith: register,
    signIn,
    close: database.close,
  };
}

/** An account and an authenticator with a passkey of it. */
export async function enrolled(
  world: Awaited<ReturnType<typeof testPasskeys>>,
  {
    authenticator = softAuthenticator({ origin }),
    ...changes
  }: SoftRegistration & { readonly authenticator?: SoftAuthenticator; readonly kind?: PasskeyKind } = {},
) {
  const accountId = await world.addAccount();
  const outcome = await world.registerWith(authenticator, { ...changes, accountId });
  if (outcome.outcome !== 'registered') throw new Error(outcome.reason);
  return { accountId, authenticator, ...outcome };
}
