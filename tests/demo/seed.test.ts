import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DemoConfig, type DemoPerson, readDemoConfig } from '../../src/demo/demo-config.ts';
import { seedDemo } from '../../src/demo/seed.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { ceremonyForm, ceremonyOptions, shownByApp } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { moveOn } from '../support/journey.ts';
import { browserAt, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { softAuthenticator } from '../support/soft-authenticator.ts';

const demo = readDemoConfig();
let provider: TestInstallation;
let client: PortalClient;

beforeAll(async () => {
  provider = await startInstallation();
  await seed();
  client = await portalClient(provider.issuer, await provider.addPortal());
});
afterAll(() => provider.close());

function seed(config: DemoConfig = demo): Promise<void> {
  return seedDemo({ installation: provider.installation, demo: config, clock: systemClock });
}

function personWith(what: 'totp_secret' | 'passkey'): DemoPerson {
  const found = demo.people.find((person) => person[what] !== undefined);
  if (!found) throw new TypeError(`nobody in config/demo.json has ${what}`);
  return found;
}

/** An authenticator with the passkey of config/demo.json, as a program would load it. */
function authenticatorOf({ passkey }: DemoPerson) {
  if (!passkey) throw new TypeError('this person has no passkey');
  const authenticator = softAuthenticator({ origin: provider.issuer });
  const privateKey = createPrivateKey({ key: passkey.private_key_jwk, format: 'jwk' });
  authenticator.create(
    { rp: { id: 'localhost' }, user: { id: passkey.user_handle }, challenge: '' },
    {
      keys: { privateKey, publicKey: createPublicKey(privateKey) },
      credentialId: Buffer.from(passkey.credential_id, 'base64url'),
    },
  );
  return authenticator;
}

async function signInByPasskey(person: DemoPerson) {
  const browser = browserAt(provider.issuer);
  const login = await client.begin({ acr_values: 'phr' });
  const page = await browser.get(login.url);
  const response = authenticatorOf(person).get(ceremonyOptions(page));
  const back = await moveOn(browser, await browser.submit(page, { response }, ceremonyForm(page)));
  return (await client.redeem(login, back.url)).claims();
}

const rowsIn = async (table: string): Promise<number> =>
  (await provider.database.dataSource.query(`SELECT count(*)::int AS rows FROM ${table}`))[0].rows;

describe('The people of the demo', () => {
  it('sign in by the app whose seed is in config/demo.json', async () => {
    const duc = personWith('totp_secret');
    const browser = browserAt(provider.issuer);
    const login = await client.begin({ acr_values: 'aal2' });
    const asked = await signIn(browser, login.url, duc);
    expect(asked.name).toBe('second-factor');
    const back = await moveOn(browser, await browser.submit(asked, { code: shownByApp(duc.totp_secret ?? '') }));
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({ acr: 'aal2', amr: ['mfa', 'otp', 'pwd'] });
  });

  it('sign in by the passkey whose private key is in config/demo.json', async () => {
    expect(await signInByPasskey(personWith('passkey'))).toMatchObject({ acr: 'phr', aal: 'aal2-phr' });
  });

  it('are as they were after a second start, under a changed address too', async () => {
    const tables = ['account', 'password_credential', 'totp_authenticator', 'passkey', 'passkey_user'];
    const before = await Promise.all(tables.map(rowsIn));
    await seed();
    const mai = personWith('passkey');
    await seed({ ...demo, people: [{ ...mai, email: 'mai.moved@example.vn' }] });
    expect(await Promise.all(tables.map(rowsIn))).toEqual(before);
    expect(await signInByPasskey(mai)).toMatchObject({ acr: 'phr' });
  });

  it('are one with an app, one with a passkey, and the others with a password alone', () => {
    const having = (what: 'totp_secret' | 'passkey') => demo.people.filter((person) => person[what] !== undefined);
    expect([having('totp_secret').length, having('passkey').length]).toEqual([1, 1]);
    expect(new Set(demo.people.map(({ email }) => email)).size).toBe(demo.people.length);
  });
});
