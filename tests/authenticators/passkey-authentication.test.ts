import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createRecordUse } from '../../src/authenticators/passkey-repository.ts';
import { binding, enrolled, origin, rpId, testPasskeys } from '../support/passkeys.ts';
import { type SoftAssertion, softAuthenticator } from '../support/soft-authenticator.ts';

const world = await testPasskeys();
afterAll(() => world.close());

/** An assertion whose challenge is used up. */
async function received(authenticator: ReturnType<typeof softAuthenticator>, changes: SoftAssertion = {}) {
  const options = await world.authenticationOptions({ binding, allow: 'discoverable' });
  const receipt = await world.receiveAssertion({ response: authenticator.get(options, changes), binding });
  if (receipt.outcome === 'refused') throw new Error(receipt.reason);
  return receipt.assertion;
}

const changedSignature = (made: Buffer): Buffer => Buffer.from(made).fill(0, made.length - 4);
const storedAs = async (accountId: string) =>
  (await world.tx.query('SELECT * FROM passkey WHERE account_id = $1', [accountId]))[0];

describe('authentication options', () => {
  it('name nobody where somebody signs in alone', async () => {
    await enrolled(world);
    const options = await world.authenticationOptions({ binding, allow: 'discoverable' });
    expect(options).toMatchObject({ rpId, allowCredentials: [], userVerification: 'required', timeout: 600_000 });
  });

  it('name the passkeys of the account as a second factor', async () => {
    const { accountId, credentialId } = await enrolled(world, { kind: 'security-key', transports: ['usb'] });
    const allow = await world.list(world.tx, accountId);
    expect(await world.authenticationOptions({ binding, allow })).toMatchObject({
      allowCredentials: [{ id: credentialId, type: 'public-key', transports: ['usb'] }],
      userVerification: 'preferred',
    });
  });
});

describe('WebAuthn Level 3 §7.2: an assertion', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('by %s proves whose the passkey is', async (algorithm) => {
    const { authenticator, accountId, credentialId } = await enrolled(world, { algorithm });
    expect(await world.signIn(authenticator)).toEqual({
      outcome: 'proved',
      accountId,
      credentialId,
      method: 'passkey',
    });
    expect(await world.list(world.tx, accountId)).toMatchObject([{ lastUsedAt: world.clock.now() }]);
  });

  it.each<[string, SoftAssertion, string]>([
    ['of another type', { type: 'webauthn.create' }, 'wrong-type'],
    ['made at another origin', { origin: 'https://dinhdanh.example' }, 'wrong-origin'],
    ['made at a subdomain', { origin: `https://portal.${rpId}` }, 'wrong-origin'],
    ['made in a frame of another site', { crossOrigin: true }, 'cross-origin'],
    ['with a topOrigin', { topOrigin: 'https://portal.example.vn' }, 'cross-origin'],
    ['for another RP ID', { rpId: 'example.vn' }, 'verification-failed'],
    ['without the person there', { userPresent: false }, 'verification-failed'],
    ['without user verification', { userVerified: false }, 'user-not-verified'],
    ['without a user handle', { userHandle: null }, 'user-handle-missing'],
    ['with an empty user handle', { userHandle: Buffer.alloc(0) }, 'user-handle-missing'],
    ['with the user handle of somebody', { userHandle: randomBytes(32) }, 'wrong-user-handle'],
    ['with half of the user handle', { userHandle: randomBytes(16) }, 'wrong-user-handle'],
    ['whose signature was changed', { signature: changedSignature }, 'verification-failed'],
    ['without a signature', { signature: () => Buffer.alloc(0) }, 'verification-failed'],
    ['backed up, but not to be backed up', { backedUp: true }, 'verification-failed'],
    ['that can suddenly be backed up', { backupEligible: true }, 'backup-eligibility-changed'],
    ['with a challenge of its own', { challenge: randomBytes(64) }, 'challenge-unknown'],
  ])('%s is refused', async (_, changes, reason) => {
    const { authenticator, accountId } = await enrolled(world);
    expect(await world.signIn(authenticator, changes)).toMatchObject({ outcome: 'refused', reason });
    expect(await storedAs(accountId)).toMatchObject({ last_used_at: null });
  });

  it.each<[string, SoftAssertion]>([
    ['further client data', { clientData: { tokenBinding: { status: 'supported' }, extraData: 'later' } }],
    ['extensions of the authenticator', { extensions: new Map([['uvm', true]]) }],
  ])('with %s is accepted', async (_, changes) => {
    const { authenticator } = await enrolled(world);
    expect(await world.signIn(authenticator, changes)).toMatchObject({ outcome: 'proved' });
  });

  it('of a credential with an id of 1,023 bytes is accepted', async () => {
    const { authenticator } = await enrolled(world, { credentialId: randomBytes(1023) });
    expect(await world.signIn(authenticator)).toMatchObject({ outcome: 'proved' });
  });

  it('is worth nothing where another ceremony, browser or person began', async () => {
    const { authenticator, accountId } = await enrolled(world);
    const options = await world.authenticationOptions({ binding, allow: 'discoverable' });
    const elsewhere = { response: authenticator.get(options), binding: 'login:of-somebody-else' };
    expect(await world.receiveAssertion(elsewhere)).toMatchObject({ reason: 'challenge-unknown' });
    const { challenge } = await world.registrationOptions(accountId);
    const mixed = { response: authenticator.get({ ...options, challenge }), binding };
    expect(await world.receiveAssertion(mixed)).toMatchObject({ reason: 'challenge-unknown' });
  });

  it('is accepted once, also of 50 times at the same moment', async () => {
    const { authenticator } = await enrolled(world);
    const response = authenticator.get(await world.authenticationOptions({ binding, allow: 'discoverable' }));
    const receipts = await Promise.all(Array.from({ length: 50 }, () => world.receiveAssertion({ response, binding })));
    expect(receipts.filter(({ outcome }) => outcome === 'received')).toHaveLength(1);
    expect(await world.receiveAssertion({ response, binding })).toMatchObject({ reason: 'challenge-spent' });
  });

  it('of a credential nobody registered is refused', async () => {
    const { authenticator, accountId, credentialId } = await enrolled(world);
    await world.remove(world.tx, { accountId, credentialId });
    expect(await world.signIn(authenticator)).toEqual({ outcome: 'refused', reason: 'unknown-credential' });
  });

  it.each(['suspended', 'closed'])('of a %s account is refused', async (state) => {
    const { authenticator, accountId } = await enrolled(world);
    await world.tx.query('UPDATE account SET state = $2 WHERE id = $1', [accountId, state]);
    expect(await world.signIn(authenticator)).toEqual({ outcome: 'refused', reason: 'unknown-credential' });
  });

  it('of a key whose algorithm was given up is refused', async () => {
    const { authenticator, accountId } = await enrolled(world);
    await world.tx.query('UPDATE passkey SET algorithm = -65535 WHERE account_id = $1', [accountId]);
    expect(await world.signIn(authenticator)).toMatchObject({ reason: 'algorithm-not-allowed', accountId });
  });
});

describe('a second factor', () => {
  it('is the passkey of the person proved before, with or without a user handle', async () => {
    const { authenticator, accountId } = await enrolled(world);
    for (const userHandle of [undefined, null]) {
      const changes = userHandle === undefined ? {} : { userHandle };
      const outcome = await world.signIn(authenticator, { expectedAccountId: accountId, ...changes });
      expect(outcome).toMatchObject({ outcome: 'proved', method: 'passkey' });
    }
  });

  it('without user verification is a security key', async () => {
    const { authenticator, accountId } = await enrolled(world, { kind: 'security-key', userVerified: false });
    const outcome = await world.signIn(authenticator, { expectedAccountId: accountId, userVerified: false });
    expect(outcome).toMatchObject({ outcome: 'proved', method: 'security-key' });
  });

  it('of another person is refused', async () => {
    const [mine, yours] = [await enrolled(world), await enrolled(world)];
    const assertion = await received(mine.authenticator);
    const outcome = await world.authenticate({ assertion, expectedAccountId: yours.accountId });
    expect(outcome).toEqual({ outcome: 'refused', reason: 'wrong-account', accountId: mine.accountId });
  });

  it('with the user handle of another person is refused', async () => {
    const { authenticator, accountId } = await enrolled(world);
    const outcome = await world.signIn(authenticator, { expectedAccountId: accountId, userHandle: randomBytes(32) });
    expect(outcome).toMatchObject({ reason: 'wrong-user-handle' });
  });
});

describe('WebAuthn Level 3 §6.1.1: the signature counter', () => {
  const counting = () => softAuthenticator({ origin, counts: true });

  it('goes up with each use', async () => {
    const { authenticator, accountId } = await enrolled(world, { authenticator: counting() });
    await world.signIn(authenticator);
    expect(await world.signIn(authenticator)).toMatchObject({ outcome: 'proved' });
    expect(await storedAs(accountId)).toMatchObject({ sign_count: '3', counter_fell_at: null });
  });

  it.each([
    ['falls', 4],
    ['stands still', 5],
    ['is gone', 0],
  ])('that %s refuses the use and leaves a mark', async (_, signCount) => {
    const { authenticator, accountId } = await enrolled(world, { signCount: 5 });
    const outcome = await world.signIn(authenticator, { signCount });
    expect(outcome).toEqual({ outcome: 'refused', reason: 'counter-fell', accountId });
    expect(await storedAs(accountId)).toMatchObject({ sign_count: '5', counter_fell_at: world.clock.now() });
  });

  it('may start after a while of zeros, up to its last number', async () => {
    const { authenticator } = await enrolled(world);
    expect(await world.signIn(authenticator)).toMatchObject({ outcome: 'proved' });
    expect(await world.signIn(authenticator, { signCount: 0xffff_ffff })).toMatchObject({ outcome: 'proved' });
  });

  it('lets one of 50 uses with the same number through', async () => {
    const { authenticator, accountId } = await enrolled(world, { authenticator: counting() });
    const assertions = await Promise.all(Array.from({ length: 50 }, () => received(authenticator, { signCount: 9 })));
    const outcomes = await Promise.all(assertions.map((assertion) => world.authenticate({ assertion })));
    expect(outcomes.filter(({ outcome }) => outcome === 'proved')).toHaveLength(1);
    expect(outcomes.filter((one) => one.outcome === 'refused' && one.reason === 'counter-fell')).toHaveLength(49);
    expect(await storedAs(accountId)).toMatchObject({ sign_count: '9' });
  });

  it('may go up several times in one moment', async () => {
    const { credentialId } = await enrolled(world, { authenticator: counting() });
    const recordUse = createRecordUse(world.database.runStatement);
    const use = (signCount: number) =>
      recordUse({
        credentialId: Buffer.from(credentialId, 'base64url'),
        signCount,
        backedUp: false,
        mark: randomUUID(),
        at: world.clock.now(),
      });
    expect(await Promise.all([6, 7, 8, 8, 9].map(use))).toEqual([
      'recorded',
      'recorded',
      'recorded',
      'counter-fell',
      'recorded',
    ]);
  });

  it('is not compared for a signature that is not right', async () => {
    const { authenticator, accountId } = await enrolled(world, { signCount: 5 });
    await world.signIn(authenticator, { signCount: 1, signature: changedSignature });
    expect(await storedAs(accountId)).toMatchObject({ counter_fell_at: null });
  });

  it('knows a use that is told again after it was taken', async () => {
    const { authenticator } = await enrolled(world, { authenticator: counting() });
    const assertion = await received(authenticator);
    const authenticate = () => world.authenticate({ assertion });
    expect(await authenticate()).toMatchObject({ outcome: 'proved' });
    expect(await authenticate()).toMatchObject({ outcome: 'proved' });
  });
});

describe('the backup flags', () => {
  it('are read again at each use', async () => {
    const { authenticator, accountId, synced } = await enrolled(world, {
      authenticator: softAuthenticator({ origin, backupEligible: true }),
    });
    expect(synced).toBe(true);
    expect(await storedAs(accountId)).toMatchObject({ backup_eligible: true, backed_up: false });
    await world.signIn(authenticator, { backedUp: true });
    expect(await storedAs(accountId)).toMatchObject({ backed_up: true });
    await world.signIn(authenticator, { backedUp: false });
    expect(await storedAs(accountId)).toMatchObject({ backed_up: false });
  });

  it('may not lose eligibility', async () => {
    const { authenticator } = await enrolled(world, {
      authenticator: softAuthenticator({ origin, backupEligible: true }),
    });
    expect(await world.signIn(authenticator, { backupEligible: false })).toMatchObject({
      reason: 'backup-eligibility-changed',
    });
  });
});
