import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { fetchUserInfo, refreshTokenGrant } from 'openid-client';
import { createSigningKeyRepository } from '../../src/oidc/signing-key-repository.ts';
import { signingKeyPolicy } from '../../src/oidc/signing-keys.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';
import { answerOf, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
});
afterAll(() => provider.close());

type KeySet = { readonly keys: readonly { readonly kid: string; readonly alg: string }[] };

const publishedKeys = async (): Promise<KeySet> => (await fetch(`${provider.issuer}/jwks`)).json() as Promise<KeySet>;

/** As if ninety days had passed: every current key is replaced by the one that was published next to it. */
async function rotate(): Promise<void> {
  const { encryption, inTransaction } = provider.installation;
  const policy = { ...signingKeyPolicy, publishBeforeUseSeconds: 0, rotateAfterSeconds: 0 };
  const keys = createSigningKeyRepository({
    run: provider.database.runStatement,
    clock: systemClock,
    encryption,
    policy,
  });
  const before = await publishedKeys();
  await inTransaction((tx) => keys.performDue(tx));
  // Every process looks for new keys by itself.
  while ((await publishedKeys()).keys.length === before.keys.length) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('rotating the signing keys', () => {
  it('loses nothing that is under way, and old ID tokens still serve as hints', async () => {
    const played = await standardPortal(provider);
    const browser = browserAt(provider.issuer);
    const earlier = await played.client.signIn(browser, lan, { scope: 'openid offline_access' });
    const oldKid = decodeProtectedHeader(earlier.id_token ?? '').kid;
    const silent = await played.client.begin();
    const withCode = (await browser.get(silent.url)).url;
    const elsewhere = browserAt(provider.issuer);
    const begun = await played.client.begin();
    const openPage = await elsewhere.get(begun.url);
    expect(openPage.name).toBe('identify');

    await rotate();

    // A library keeps the old key set: the portal reads the new one, as it must for a kid it doesn't know.
    const client = await portalClient(provider.issuer, played.portal);
    const byCode = await client.redeem(silent, withCode);
    expect(decodeProtectedHeader(byCode.id_token ?? '').kid).not.toBe(oldKid);
    const goneOn = await client.redeem(begun, (await signIn(elsewhere, openPage.url, lan)).url);
    const { sub = '' } = goneOn.claims() ?? {};
    expect((await fetchUserInfo(client.configuration, earlier.access_token, sub)).sub).toBe(sub);
    expect((await refreshTokenGrant(client.configuration, earlier.refresh_token ?? '')).claims()?.sub).toBe(sub);

    const hinted = await client.begin({ prompt: 'none', id_token_hint: earlier.id_token ?? '' });
    expect(answerOf((await browser.get(hinted.url)).url)).toHaveProperty('code');
    const end = new URLSearchParams({ id_token_hint: earlier.id_token ?? '' });
    expect((await browser.get(`${provider.issuer}/session/end?${end}`)).name).toBe('sign-out');
    expect((await publishedKeys()).keys.map(({ kid }) => kid)).toContain(oldKid);
  });
});
