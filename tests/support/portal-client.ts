import * as openid from 'openid-client';
import type { RelyingParty } from '../../src/relying-parties/relying-party.ts';
import { callback, portalSecret, type TestPerson } from './installation.ts';
import { type PlainBrowser, type PlainPage, plainBrowser } from './plain-browser.ts';

/** A portal as an independent library plays it: openid-client over HTTP. */
export type PortalClient = {
  readonly clientId: string;
  readonly configuration: openid.Configuration;
  /** The address that begins a login, and what the portal must remember of it. */
  readonly begin: (parameters?: Record<string, string>) => Promise<BegunLogin>;
  /** The same, its parameters pushed first. @see RFC 9126 */
  readonly push: (parameters?: Record<string, string>) => Promise<BegunLogin>;
  readonly redeem: (
    login: BegunLogin,
    answer: string | URL | Request,
    parameters?: Record<string, string>,
  ) => ReturnType<typeof openid.authorizationCodeGrant>;
  /** Begins, signs the person in, who adds no other authenticator, and redeems. */
  readonly signIn: (
    browser: PlainBrowser,
    person: TestPerson,
    parameters?: Record<string, string>,
  ) => ReturnType<typeof openid.authorizationCodeGrant>;
};

export type BegunLogin = {
  readonly url: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
};

export type PortalClientOptions = {
  readonly authentication?: openid.ClientAuth;
  readonly metadata?: Partial<openid.ClientMetadata>;
  readonly redirectUri?: string;
  /** Binds its tokens to a key. @see RFC 9449 */
  readonly dpop?: boolean;
};

export async function portalClient(
  issuer: string,
  portal: Pick<RelyingParty, 'clientId'>,
  options: PortalClientOptions = {},
): Promise<PortalClient> {
  const { authentication = openid.ClientSecretBasic(portalSecret), redirectUri = callback } = options;
  const configuration = await openid.discovery(
    new URL(issuer),
    portal.clientId,
    options.metadata ?? {},
    authentication,
    { execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks] },
  );
  const DPoP = options.dpop ? openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair('ES256')) : undefined;
  const dpopOptions = DPoP ? { DPoP } : undefined;

  async function authorization(parameters: Record<string, string>) {
    const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
    const request = {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...parameters,
    };
    return { request, login: { verifier, state, nonce } };
  }

  const client: PortalClient = {
    clientId: portal.clientId,
    configuration,
    async begin(parameters = {}) {
      const { request, login } = await authorization(parameters);
      return { ...login, url: openid.buildAuthorizationUrl(configuration, request).href };
    },
    async push(parameters = {}) {
      const { request, login } = await authorization(parameters);
      const url = await openid.buildAuthorizationUrlWithPAR(configuration, request, dpopOptions);
      return { ...login, url: url.href };
    },
    redeem: ({ verifier, state, nonce }, answer, parameters) =>
      openid.authorizationCodeGrant(
        configuration,
        typeof answer === 'string' ? new URL(answer) : answer,
        { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
        parameters,
        dpopOptions,
      ),
    async signIn(browser, person, parameters) {
      const login = await client.begin(parameters);
      return client.redeem(login, (await signIn(browser, login.url, person, { declines: true })).url);
    },
  };
  return client;
}

/**
 * Types the password on the sign-in page, agrees to what is released, and goes on until the portal's address.
 * @param start its address, or a page of it that is open already
 * @param decision of who asks whether to go on as the one who is signed in
 */
export async function signIn(
  browser: PlainBrowser,
  start: string | PlainPage,
  { email, password }: Pick<TestPerson, 'email' | 'password'>,
  {
    decision = 'continue',
    declines = false,
  }: { readonly decision?: 'continue' | 'another'; readonly declines?: boolean } = {},
): Promise<PlainPage> {
  let page = typeof start === 'string' ? await browser.get(start) : start;
  for (let step = 0; step < 8; step += 1) {
    if (page.name === 'identify') page = await browser.submit(page, { identifier: email, password });
    else if (page.name === 'consent') page = await browser.submit(page);
    else if (page.name === 'enroll' && declines) page = await browser.submit(page, {}, declineForm(page));
    else if (page.name === 'confirm-account') page = await browser.submit(page, { decision });
    else if (page.refresh !== undefined) page = await browser.get(new URL(page.refresh, page.url).href);
    else return page;
  }
  return page;
}

function declineForm({ forms }: PlainPage): number {
  return forms.findIndex(({ fields }) => fields['decision'] === 'later');
}

/** A browser that stays on the provider. */
export function browserAt(...origins: readonly string[]): PlainBrowser {
  return plainBrowser(origins);
}
