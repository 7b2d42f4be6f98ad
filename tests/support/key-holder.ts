import { ceremonyForm, ceremonyOptions } from './factors.ts';
import type { TestPerson } from './installation.ts';
import type { PlainBrowser, PlainPage } from './plain-browser.ts';
import { browserAt, type PortalClient } from './portal-client.ts';
import { type SoftAuthenticator, type SoftRegistration, softAuthenticator } from './soft-authenticator.ts';

/** What somebody does with keys at this provider, whoever they are. */
export function keyHolder({ issuer, client }: { readonly issuer: string; readonly client: PortalClient }) {
  const account = (path = ''): string => `${issuer}/account${path}`;

  return {
    /** A page of the account. */
    account,
    newKey: (): SoftAuthenticator => softAuthenticator({ origin: issuer }),

    /** A new browser in which this person came by password. */
    async signedIn(person: TestPerson): Promise<PlainBrowser> {
      const browser = browserAt(issuer);
      await client.signIn(browser, person);
      return browser;
    },

    async addKey(
      browser: PlainBrowser,
      key: SoftAuthenticator,
      { kind = 'passkey', ...changes }: SoftRegistration & { readonly kind?: 'passkey' | 'security-key' } = {},
    ): Promise<PlainPage> {
      const adding = await browser.get(account(`/sign-in-methods/add/${kind}`));
      return browser.submit(adding, { response: key.create(ceremonyOptions(adding), changes) }, ceremonyForm(adding));
    },

    /** What a new browser gets for this key alone. */
    async signInWith(key: SoftAuthenticator, claims: { readonly userVerified?: boolean } = {}): Promise<PlainPage> {
      const browser = browserAt(issuer);
      const page = await browser.get((await client.begin()).url);
      return browser.submit(page, { response: key.get(ceremonyOptions(page), claims) }, ceremonyForm(page));
    },
  };
}
