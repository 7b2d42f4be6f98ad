import * as client from 'openid-client';
import type { EidType } from '../../../examples/sandbox/eid-style.ts';
import type { EidPerson } from '../../../examples/sandbox/person.ts';
import { type Sandbox, startSandbox } from '../../../examples/sandbox/sandbox.ts';
import { type PlainBrowser, type PlainPage, plainBrowser } from '../../support/plain-browser.ts';

export const lan: EidPerson = {
  subject: 'vn-lan',
  level: 'LoA2',
  name: 'NGUYỄN THỊ LAN',
  family_name: 'NGUYỄN',
  middle_name: 'THỊ',
  given_name: 'LAN',
  birthdate: '1984-03-12',
  gender: 'female',
  national_id: '001184009127',
  address: 'Số 7 ngõ 12, xã Sông Xanh, tỉnh An Hòa',
  phone: '0912000345',
  email: 'lan@example.test',
};

export const ba: EidPerson = {
  subject: 'vn-ba',
  level: 'LoA1',
  name: 'PHẠM VĂN BA',
  family_name: 'PHẠM',
  middle_name: 'VĂN',
  given_name: 'BA',
  birthdate: '1965-00-00',
  gender: 'male',
  national_id: '089065001204',
};

export const camille: EidPerson = {
  subject: 'fr-camille',
  level: 'eidas2',
  name: 'Camille ROCHE',
  family_name: 'ROCHE',
  given_name: 'Camille Élise',
  preferred_username: 'MARCHAND',
  birthdate: '1990-06-21',
  gender: 'female',
  birthplace: '69123',
  birthcountry: '99100',
};

export const antoine: EidPerson = {
  subject: 'fr-antoine',
  level: 'eidas3',
  name: 'Antoine <VASSEUR>',
  family_name: '<VASSEUR>',
  given_name: 'Antoine',
  birthdate: '1971-02-08',
  gender: 'male',
  birthplace: '59350',
  birthcountry: '99100',
};

const redirectUri = 'http://127.0.0.1:9/callback';
const signedOutUri = 'http://127.0.0.1:9/signed-out';
const clientSecret = 'a-client-secret-for-tests-only-32-chars';

const clients = [
  {
    clientId: 'dinh-danh',
    clientSecret,
    name: 'Định Danh <thử>',
    redirectUris: [redirectUri],
    postLogoutRedirectUris: [signedOutUri],
  },
];

/** Both styles side by side, on free ports; an answer of theirs is late after a second. */
export function startEids(): Promise<Sandbox> {
  const name = (vi: string) => ({ vi, en: `${vi} (en)`, fr: `${vi} (fr)` });
  return startSandbox({
    eids: [
      { key: 'vneid', type: 'vnconnect', name: name('Định danh giả lập'), port: 0, clients, people: [lan, ba] },
      {
        key: 'fr',
        type: 'franceconnect',
        name: name('Identité simulée'),
        port: 0,
        clients,
        people: [camille, antoine],
      },
    ],
    slowAnswerMs: 1_000,
  });
}

export type EidTrip = {
  readonly url: string;
  readonly nonce: string;
  readonly state: string;
  readonly verifier: string;
};

/** A relying party of one eID, as strict as a good library is. */
export async function relyingPartyOf({ eids }: Sandbox, type: EidType) {
  const eid = eids.find((one) => one.type === type);
  if (!eid) throw new TypeError(`no eID speaks as ${type}`);
  const { issuer } = eid;
  const metadata = type === 'vnconnect' ? { alg: 'RS256' } : { alg: 'ES256', userinfo_signed_response_alg: 'ES256' };
  const { alg, ...userinfo } = metadata;
  const configuration = await client.discovery(
    new URL(issuer),
    'dinh-danh',
    { id_token_signed_response_alg: alg, ...userinfo },
    client.ClientSecretBasic(clientSecret),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks], timeout: 10 },
  );
  const scope = type === 'vnconnect' ? 'openid' : 'openid identite_pivot email';

  async function begin(parameters: Readonly<Record<string, string>> = {}): Promise<EidTrip> {
    const verifier = client.randomPKCECodeVerifier();
    const trip = { nonce: client.randomNonce(), state: client.randomState(), verifier };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope,
      nonce: trip.nonce,
      state: trip.state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    return { ...trip, url: url.href };
  }

  /** @throws what openid-client objects to */
  function redeem({ nonce, state, verifier }: EidTrip, { url }: PlainPage, more: { readonly maxAge?: number } = {}) {
    return client.authorizationCodeGrant(configuration, new URL(url), {
      expectedNonce: nonce,
      expectedState: state,
      pkceCodeVerifier: verifier,
      ...more,
    });
  }

  /** From the page where somebody signs in to what the eID says of them. */
  async function signIn(
    fields: Readonly<Record<string, string>>,
    { browser = plainBrowser([issuer]), ...parameters }: { browser?: PlainBrowser; acr_values?: string } = {},
  ) {
    const trip = await begin(parameters);
    const back = await browser.submit(await browser.get(trip.url), fields);
    const tokens = await redeem(trip, back);
    const claims = tokens.claims();
    if (!claims) throw new TypeError('no ID token');
    const userinfo = () => client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    return { claims, userinfo, tokens };
  }

  return { issuer, configuration, begin, redeem, signIn, signedOutUri, browser: () => plainBrowser([issuer]) };
}
