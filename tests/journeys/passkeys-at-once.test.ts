import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { follow, moveOn } from '../support/journey.ts';
import { browserAt, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { type SoftAuthenticator, softAuthenticator } from '../support/soft-authenticator.ts';

const connections = 4;
let provider: TestInstallation;
let client: PortalClient;

beforeAll(async () => {
  provider = await startInstallation({ DINHDANH_DATABASE_CONNECTIONS: String(connections) });
  client = await portalClient(provider.issuer, await provider.addPortal());
});
afterAll(() => provider.close());

async function withPasskey(): Promise<SoftAuthenticator> {
  const authenticator = softAuthenticator({ origin: provider.issuer });
  const browser = browserAt(provider.issuer);
  const offer = await signIn(browser, (await client.begin({ acr_values: 'phr' })).url, await provider.addPerson());
  const adding = await follow(browser, offer, '/enroll/passkey');
  await browser.submit(adding, { response: authenticator.create(ceremonyOptions(adding)) }, ceremonyForm(adding));
  return authenticator;
}

it('more people sign in by passkey at once than there are connections, and none waits for another', async () => {
  const logins = [];
  for (let person = 0; person < 3 * connections; person += 1) {
    const authenticator = await withPasskey();
    const browser = browserAt(provider.issuer);
    logins.push({ authenticator, browser, page: await browser.get((await client.begin()).url) });
  }
  const pages = await Promise.all(
    logins.map(async ({ authenticator, browser, page }) => {
      const response = authenticator.get(ceremonyOptions(page));
      return moveOn(browser, await browser.submit(page, { response }, ceremonyForm(page)));
    }),
  );
  expect(pages.map(({ url }) => new URL(url).searchParams.has('code'))).toEqual(logins.map(() => true));
});
