import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { moveOn } from '../support/journey.ts';
import { keyHolder } from '../support/key-holder.ts';
import { type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import type { SoftRegistration } from '../support/soft-authenticator.ts';

type KeyHolder = ReturnType<typeof keyHolder>;

let provider: TestInstallation;
let client: PortalClient;
let account: KeyHolder['account'];
let newKey: KeyHolder['newKey'];
let signedIn: KeyHolder['signedIn'];
let addKey: KeyHolder['addKey'];
let signInWith: KeyHolder['signInWith'];

beforeAll(async () => {
  provider = await startInstallation();
  client = await portalClient(provider.issuer, await provider.addPortal());
  ({ account, newKey, signedIn, addKey, signInWith } = keyHolder({ issuer: provider.issuer, client }));
});
afterAll(() => provider.close());

describe('a thief with the password of somebody who has a passkey', () => {
  it('adds nothing, renews nothing, changes nothing: the password isn’t all there is', async () => {
    const lan = await provider.addPerson();
    const key = newKey();
    expect((await addKey(await signedIn(lan), key)).name).toBe('sign-in-methods');

    const thief = await signedIn(lan);
    const changes = ['add/passkey', 'add/totp', 'add/security-key', 'recovery-codes'].map(
      (path) => `/sign-in-methods/${path}`,
    );
    for (const path of [...changes, '/change-email', '/change-password']) {
      expect([path, (await thief.get(account(path))).name]).toEqual([path, 'identify']);
    }
    // The password once more leads to the passkey, and its owner on.
    const asked = await signIn(thief, account('/sign-in-methods/add/totp'), lan);
    expect(asked.name).toBe('second-factor');
    const response = key.get(ceremonyOptions(asked));
    const arrived = await moveOn(thief, await thief.submit(asked, { response }, ceremonyForm(asked)));
    expect(arrived.name).toBe('add-totp');
    expect((await thief.get(account('/sign-in-methods/add/totp'))).name).toBe('add-totp');
  });
});

describe('a thief with a security key that nobody set a PIN for', () => {
  it('sets one and still doesn’t sign in by it alone', async () => {
    const lan = await provider.addPerson();
    const key = newKey();
    await addKey(await signedIn(lan), key, { kind: 'security-key', userVerified: false });
    expect(await signInWith(key, { userVerified: true })).toMatchObject({ name: 'identify', status: 422 });
  });
});

describe('a key of somebody’s own making', () => {
  it('that is too long to be kept is refused, not a fault', async () => {
    const lan = await provider.addPerson();
    const modulus = randomBytes(2048);
    modulus[0] = 0xff;
    modulus[2047] = 0xff;
    const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' };
    const keys = { publicKey: { export: () => jwk }, privateKey: {} } as unknown as SoftRegistration['keys'];
    const refused = await addKey(await signedIn(lan), newKey(), { algorithm: 'RS256', ...(keys && { keys }) });
    expect(refused).toMatchObject({ name: 'add-passkey', status: 422 });
  });
});
