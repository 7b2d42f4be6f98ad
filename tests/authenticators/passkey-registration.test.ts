import { afterAll, describe, expect, it } from '@jest/globals';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { binding, enrolled, origin, rpId, testPasskeys } from '../support/passkeys.ts';
import { type SoftRegistration, softAuthenticator } from '../support/soft-authenticator.ts';

const world = await testPasskeys();
afterAll(() => world.close());
const authenticator = softAuthenticator({ origin });

async function reasonFor(changes: SoftRegistration & { readonly kind?: 'passkey' | 'security-key' }) {
  const outcome = await world.registerWith(authenticator, { ...changes, accountId: await world.addAccount() });
  return outcome.outcome === 'refused' ? outcome.reason : outcome.outcome;
}

/** A credential ready to be stored. */
async function verified(accountId: string) {
  const response = authenticator.create(await world.registrationOptions(accountId));
  const verification = await world.verifyRegistration({ response, binding, kind: 'passkey' });
  if (verification.outcome === 'refused') throw new Error(verification.reason);
  return verification.registration;
}

/** The ceremony with a text of the caller's own. */
async function reasonForText(text: (response: ReturnType<typeof JSON.parse>) => unknown) {
  const options = await world.registrationOptions(await world.addAccount());
  const response = text(JSON.parse(authenticator.create(options)));
  const verification = await world.verifyRegistration({ response, binding, kind: 'passkey' });
  return verification.outcome === 'refused' ? verification.reason : verification.outcome;
}

describe('registration options', () => {
  it('ask for a discoverable credential with user verification, and for no attestation', async () => {
    expect(await world.registrationOptions(await world.addAccount())).toMatchObject({
      rp: { id: rpId, name: 'Định Danh' },
      user: { name: 'lan@example.vn', displayName: 'Nguyễn Thị Lan' },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      timeout: 600_000,
      hints: [],
      excludeCredentials: [],
      extensions: { credProps: true },
    });
  });

  it('ask a security key for neither', async () => {
    const { authenticatorSelection, hints } = await world.registrationOptions(await world.addAccount(), 'security-key');
    expect(authenticatorSelection).toMatchObject({ residentKey: 'discouraged', userVerification: 'preferred' });
    expect(hints).toEqual(['security-key']);
  });

  it('name the person by a random handle that stays, and leave out what is registered', async () => {
    const { accountId, credentialId } = await enrolled(world);
    const [first, second] = [await world.registrationOptions(accountId), await world.registrationOptions(accountId)];
    expect(second.user.id).toBe(first.user.id);
    expect(Buffer.from(first.user.id, 'base64url')).toHaveLength(32);
    expect(first.user.id).not.toContain(accountId);
    expect(second.challenge).not.toBe(first.challenge);
    expect(first.excludeCredentials).toEqual([{ id: credentialId, type: 'public-key', transports: ['internal'] }]);
  });

  it('of the same account at the same moment name it the same', async () => {
    const accountId = await world.addAccount();
    const options = await Promise.all(Array.from({ length: 10 }, () => world.registrationOptions(accountId)));
    expect(new Set(options.map(({ user }) => user.id)).size).toBe(1);
  });
});

describe('WebAuthn Level 3 §7.1: a registration', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('by %s is stored and listed', async (algorithm) => {
    const { accountId, credentialId } = await enrolled(world, { algorithm, transports: ['hybrid', 'internal'] });
    expect(await world.list(world.tx, accountId)).toEqual([
      {
        id: credentialId,
        kind: 'passkey',
        name: 'Điện thoại',
        createdAt: world.clock.now(),
        lastUsedAt: null,
        synced: false,
        attested: false,
        transports: ['hybrid', 'internal'],
      },
    ]);
  });

  it.each<[string, SoftRegistration, string]>([
    ['of another type', { type: 'webauthn.get' }, 'wrong-type'],
    ['made at another origin', { origin: 'https://login.example.vn.evil.example' }, 'wrong-origin'],
    ['made at another port', { origin: `${origin}:8443` }, 'wrong-origin'],
    ['made without TLS', { origin: `http://${rpId}` }, 'wrong-origin'],
    ['made in a frame of another site', { crossOrigin: true }, 'cross-origin'],
    ['that is unclear about frames', { crossOrigin: 'false' }, 'cross-origin'],
    ['with a topOrigin', { topOrigin: 'https://portal.example.vn' }, 'cross-origin'],
    ['with our own origin as topOrigin', { topOrigin: origin }, 'cross-origin'],
    ['for another RP ID', { rpId: 'example.vn' }, 'verification-failed'],
    ['without the person there', { userPresent: false }, 'verification-failed'],
    ['without user verification', { userVerified: false }, 'user-not-verified'],
    ['that no browser would find by itself', { discoverable: false }, 'not-discoverable'],
    ['of ES384', { algorithm: 'ES384' }, 'algorithm-not-allowed'],
    ['of EdDSA over another curve', { algorithm: 'Ed448' }, 'algorithm-not-allowed'],
    ['backed up, but not to be backed up', { backedUp: true }, 'verification-failed'],
    ['with a credential id of 1,024 bytes', { credentialId: Buffer.alloc(1024, 1) }, 'malformed'],
    ['with an empty credential id', { credentialId: Buffer.alloc(0) }, 'malformed'],
    ['with a challenge of its own', { challenge: Buffer.alloc(64) }, 'challenge-unknown'],
  ])('%s is refused', async (_, changes, reason) => {
    expect(await reasonFor(changes)).toBe(reason);
  });

  it.each<[string, SoftRegistration]>([
    ['further client data', { clientData: { tokenBinding: { status: 'supported' }, extraData: 'later' } }],
    ['extensions of the authenticator', { extensions: new Map([['minPinLength', true]]) }],
    ['a credential id of 1,023 bytes', { credentialId: Buffer.alloc(1023, 2) }],
    ['self attestation', { attestation: { format: 'packed' } }],
  ])('with %s is accepted', async (_, changes) => {
    expect(await reasonFor(changes)).toBe('registered');
  });

  it('keeps ten transports at most, also such as nobody knows yet, and nothing else', async () => {
    const { accountId } = await enrolled(world, { transports: ['internal', 'quantum', 'quantum', 7, '<script>', {}] });
    expect(await world.list(world.tx, accountId)).toMatchObject([{ transports: ['internal', 'quantum'] }]);
    const many = Array.from({ length: 99 }, (_, index) => `t${index}`);
    const other = await enrolled(world, { transports: many });
    expect(await world.list(world.tx, other.accountId)).toMatchObject([{ transports: many.slice(0, 10) }]);
  });

  it('takes a security key without user verification', async () => {
    expect(await reasonFor({ kind: 'security-key', userVerified: false })).toBe('registered');
  });

  it('with a self attestation that somebody changed is refused', async () => {
    const signature = (made: Buffer) =>
      Buffer.concat([made.subarray(0, -1), Buffer.from([made.readUInt8(made.length - 1) ^ 1])]);
    expect(await reasonFor({ attestation: { format: 'packed', signature } })).toBe('verification-failed');
  });

  it.each<[string, (response: ReturnType<typeof JSON.parse>) => unknown]>([
    ['no JSON', () => '{'],
    ['no text', (response) => response],
    ['nothing', () => undefined],
    ['an array', () => '[]'],
    ['more than 16 kB', (response) => JSON.stringify({ ...response, more: 'a'.repeat(16_384) })],
    ['two ids', (response) => JSON.stringify({ ...response, rawId: 'AAAA' })],
    ['an id with padding', (response) => JSON.stringify({ ...response, id: `${response.id}=` })],
    ['another type of credential', (response) => JSON.stringify({ ...response, type: 'password' })],
    [
      'client data that is none',
      (response) => JSON.stringify({ ...response, response: { ...response.response, clientDataJSON: 'AAAA' } }),
    ],
  ])('that is %s is malformed', async (_, text) => {
    expect(await reasonForText(text)).toBe('malformed');
  });

  it.each([
    ['cut short', (object: Buffer) => object.subarray(0, -7)],
    ['of nothing', () => Buffer.alloc(0)],
    ['of a number', () => Buffer.from([0x01])],
    ['of nested arrays', () => Buffer.alloc(3000, 0x81)],
    ['without its parts', () => Buffer.from(isoCBOR.encode(new Map([['fmt', 'none']])))],
  ])('with an attestation object %s fails', async (_, change) => {
    const reason = await reasonForText((response) => {
      const object = Buffer.from(response.response.attestationObject, 'base64url');
      const attestationObject = change(object).toString('base64url');
      return JSON.stringify({ ...response, response: { ...response.response, attestationObject } });
    });
    expect(reason).toBe('verification-failed');
  });

  it('that names another id than the authenticator signed fails', async () => {
    const id = Buffer.alloc(32, 9).toString('base64url');
    expect(await reasonForText((response) => JSON.stringify({ ...response, id, rawId: id }))).toBe(
      'verification-failed',
    );
  });

  it('of a known credential is refused, also for another person', async () => {
    const credentialId = Buffer.from((await enrolled(world)).credentialId, 'base64url');
    expect(await reasonFor({ credentialId })).toBe('already-registered');
  });

  it('uses its challenge up, also where it fails', async () => {
    const options = await world.registrationOptions(await world.addAccount());
    const verify = (response: string) => world.verifyRegistration({ response, binding, kind: 'passkey' });
    const bad = authenticator.create(options, { origin: 'https://evil.example' });
    expect(await verify(bad)).toMatchObject({ reason: 'wrong-origin' });
    expect(await verify(authenticator.create(options))).toMatchObject({ reason: 'challenge-spent' });
  });

  it('for an account that is not active is refused', async () => {
    const accountId = await world.addAccount();
    const registration = await verified(accountId);
    await world.tx.query(`UPDATE account SET state = 'suspended' WHERE id = $1`, [accountId]);
    const outcome = await world.inTransaction((tx) => world.register(tx, { registration, accountId, name: 'a' }));
    expect(outcome).toEqual({ outcome: 'refused', reason: 'account-inactive' });
    await expect(world.registrationOptions(accountId)).rejects.toThrow('not active');
  });

  it('run again after it took effect is told so', async () => {
    const accountId = await world.addAccount();
    const registration = await verified(accountId);
    const register = () => world.inTransaction((tx) => world.register(tx, { registration, accountId, name: 'a' }));
    expect(await register()).toMatchObject({ outcome: 'registered' });
    expect(await register()).toMatchObject({ outcome: 'registered' });
  });
});

describe('the passkeys of an account', () => {
  it('are ten at most, also of 50 at the same moment', async () => {
    const accountId = await world.addAccount();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => world.registerWith(authenticator, { accountId })),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'registered')).toHaveLength(10);
    expect(outcomes.filter((one) => one.outcome === 'refused' && one.reason === 'too-many')).toHaveLength(40);
    expect(await world.list(world.tx, accountId)).toHaveLength(10);
  });

  it('are counted where another of them is about to be added', async () => {
    const accountId = await world.addAccount();
    for (let count = 0; count < 9; count += 1) await world.registerWith(authenticator, { accountId });
    const [tenth, eleventh] = [await verified(accountId), await verified(accountId)];
    const outcomes = await world.inTransaction(async (tx) => {
      const first = await world.register(tx, { registration: tenth, accountId, name: 'a' });
      // Must wait for the transaction that isn't committed yet.
      const second = world.inTransaction((other) =>
        world.register(other, { registration: eleventh, accountId, name: 'b' }),
      );
      await Promise.race([second, tx.query('SELECT pg_sleep(0.3)')]);
      return { first, second };
    });
    expect(outcomes.first).toMatchObject({ outcome: 'registered' });
    expect(await outcomes.second).toEqual({ outcome: 'refused', reason: 'too-many' });
  });

  it('are not told of an account that is not active', async () => {
    const { accountId } = await enrolled(world);
    await world.tx.query(`UPDATE account SET state = 'suspended' WHERE id = $1`, [accountId]);
    expect(await world.list(world.tx, accountId)).toEqual([]);
  });

  it('are renamed and removed by their own person only', async () => {
    const { accountId, credentialId } = await enrolled(world);
    const stranger = { accountId: await world.addAccount(), credentialId };
    expect(await world.rename(world.tx, { ...stranger, name: 'Của tôi' })).toBe(false);
    expect(await world.remove(world.tx, stranger)).toBe(false);
    expect(await world.rename(world.tx, { accountId, credentialId, name: 'Máy tính' })).toBe(true);
    expect(await world.list(world.tx, accountId)).toMatchObject([{ name: 'Máy tính' }]);
    expect(await world.remove(world.tx, { accountId, credentialId })).toBe(true);
    expect(await world.remove(world.tx, { accountId, credentialId })).toBe(false);
    expect(await world.list(world.tx, accountId)).toEqual([]);
  });
});
