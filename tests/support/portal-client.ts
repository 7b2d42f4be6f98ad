import * as openid from 'openid-client';
import type { RelyingParty } from '../../src/relying-parties/relying-party.ts';
import { callback, portalSecret, type TestPerson } from './installation.ts';
import { type PlainBrowser, type PlainPage, plainBrowser } from './plain-browser.ts';

/** A portal as an independent library plays it: openid-client over HTTP. */
export type PortalClient = {
  readonly configuration: openid.Configuration;
  /** The address that begins a login, and what the portal must remember of it. */
  readonly begin: (parameters?: Record<string, string>) => Promise<BegunLogin>;
  readonly redeem: (login: BegunLogin, answer: string) => ReturnType<typeof openid.authorizationCodeGrant>;
};

export type BegunLogin = {
  readonly url: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
};

export async function portalClient(issuer: string, portal: Pick<RelyingParty, 'clientId'>): Promise<PortalClient> {
  const configuration = await openid.discovery(
    new URL(issuer),
    portal.clientId,
    {},
    openid.ClientSecretBasic(portalSecret),
    { execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks] },
  );
  return {
    configuration,
    async begin(parameters = {}) {
      const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
      const url = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: callback,
        scope: 'openid',
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...parameters,
      });
      return { url: url.href, verifier, state, nonce };
    },
    redeem: ({ verifier, state, nonce }, answer) =>
      openid.authorizationCodeGrant(configuration, new URL(answer), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
      }),
  };
}

/** Types the password on the sign-in page, agrees to what is released, and goes on until the portal's address. */
export async function signIn(browser: PlainBrowser, url: string, { email, password }: TestPerson): Promise<PlainPage> {
  let page = await browser.get(url);
  for (let step = 0; step < 6; step += 1) {
    if (page.name === 'identify') page = await browser.submit(page, { identifier: email, password });
    else if (page.name === 'consent') page = await browser.submit(page);
    else if (page.refresh !== undefined) page = await browser.get(new URL(page.refresh, page.url).href);
    else return page;
  }
  return page;
}

/** A browser that stays on the provider. */
export function browserAt(...origins: readonly string[]): PlainBrowser {
  return plainBrowser(origins);
}
