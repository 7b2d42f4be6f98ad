import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchUserInfo, type UserInfoResponse } from 'openid-client';
import type { Profile } from '../../src/accounts/profile.ts';
import type { RelyingParty } from '../../src/relying-parties/relying-party.ts';
import { callback, startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { browserAt, portalClient } from '../support/portal-client.ts';
import { type Played, standardPortal } from '../support/portals.ts';
import { releasedByConsent, releasedByLaw } from '../support/relying-party.ts';

const profile: Profile = {
  name: 'Nguyễn Thị Lan',
  family_name: 'Nguyễn',
  middle_name: 'Thị',
  given_name: 'Lan',
  birthdate: '1990-05-17',
  gender: 'female',
  zoneinfo: 'Asia/Ho_Chi_Minh',
  phone_number: '+84900000001',
  address: '1 Trần Hưng Đạo, Hà Nội',
};
const everyClaim = [
  ...['name', 'family_name', 'middle_name', 'given_name', 'birthdate', 'gender', 'locale', 'zoneinfo'],
  ...['email', 'phone_number', 'address'],
];

let provider: TestInstallation;
let lan: TestPerson;
let all: Played;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson({ profile });
  all = await standardPortal(provider, { release: everyClaim.map((claim) => releasedByConsent(claim, true)) });
});
afterAll(() => provider.close());

async function release({ client }: Played, parameters: Record<string, string>) {
  const tokens = await client.signIn(browserAt(provider.issuer), lan, parameters);
  const idToken = tokens.claims();
  const userinfo: UserInfoResponse = await fetchUserInfo(client.configuration, tokens.access_token, idToken?.sub ?? '');
  return { idToken, userinfo, tokens };
}

describe('OIDC Core §5.4: scopes', () => {
  it.each([
    ['openid', ['aal', 'ial', 'sub']],
    [
      'openid profile',
      [
        ...['aal', 'birthdate', 'family_name', 'gender', 'given_name', 'ial', 'locale', 'middle_name', 'name', 'sub'],
        ...['updated_at', 'zoneinfo'],
      ],
    ],
    ['openid email', ['aal', 'email', 'email_verified', 'ial', 'sub']],
    ['openid phone', ['aal', 'ial', 'phone_number', 'phone_number_verified', 'sub']],
    ['openid address', ['aal', 'address', 'ial', 'sub']],
  ])('%s releases its claims at userinfo, and no others', async (scope, claims) => {
    expect(Object.keys((await release(all, { scope })).userinfo).sort()).toEqual(claims);
  });

  it('all of them together, each with the type of the standard', async () => {
    const { userinfo } = await release(all, { scope: 'openid profile email phone address' });
    expect(userinfo).toMatchObject({
      ...profile,
      locale: 'vi',
      address: { formatted: profile.address },
      email: lan.email,
      email_verified: true,
      phone_number_verified: false,
    });
    expect(Number.isInteger(userinfo.updated_at)).toBe(true);
    // Seconds, not milliseconds.
    expect(String(userinfo.updated_at)).toHaveLength(10);
  });

  it('a scope leaves out what the portal did not declare to need', async () => {
    const some = await standardPortal(provider, { release: [releasedByLaw('name')] });
    const { userinfo } = await release(some, { scope: 'openid profile email' });
    expect(userinfo.name).toBe(profile.name);
    expect(userinfo).not.toHaveProperty('birthdate');
    expect(userinfo).not.toHaveProperty('email');
    expect(userinfo).not.toHaveProperty('email_verified');
  });
});

describe('the ID token', () => {
  it('says how the person signed in, and nothing of who they are', async () => {
    const { idToken } = await release(all, { scope: 'openid profile email' });
    expect(Object.keys(idToken ?? {}).sort()).toEqual(
      ['aal', 'acr', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'ial', 'iss', 'nonce', 'sub'].sort(),
    );
    expect(idToken).toMatchObject({ acr: 'self', amr: ['pwd'], aal: 'aal1', ial: 'ial0' });
    expect(Number.isInteger(idToken?.auth_time)).toBe(true);
  });

  it('a request names no assurance of its own', async () => {
    const forged = { userinfo: { aal: null }, assurance: { aal: 'aal3', ial: 'ial3' } };
    const { idToken, userinfo } = await release(all, { claims: JSON.stringify(forged) });
    expect([idToken?.['aal'], userinfo['aal'], userinfo['ial']]).toEqual(['aal1', 'aal1', 'ial0']);
  });
});

describe('OIDC Core §5.5: the claims parameter', () => {
  it('releases single claims, each where it was asked for', async () => {
    const claims = {
      userinfo: { name: { essential: true } },
      id_token: { email: null, birthdate: { essential: true } },
    };
    const { idToken, userinfo } = await release(all, { claims: JSON.stringify(claims) });
    expect(userinfo.name).toBe(profile.name);
    expect(userinfo).not.toHaveProperty('email');
    expect(idToken).toMatchObject({ email: lan.email, birthdate: profile.birthdate });
    expect(idToken).not.toHaveProperty('name');
  });

  it('goes by the same rules as scopes, and passes over claims nobody knows', async () => {
    const some = await standardPortal(provider, { release: [releasedByLaw('name')] });
    const claims = { userinfo: { birthdate: { essential: true }, name: null, favourite_colour: { essential: true } } };
    const { userinfo } = await release(some, { claims: JSON.stringify(claims) });
    expect(Object.keys(userinfo).sort()).toEqual(['aal', 'ial', 'name', 'sub']);
  });
});

describe('OIDC Core §5.3: userinfo', () => {
  it('is a JWT for a client that registered for one', async () => {
    const signed = await standardPortal(provider, {
      release: [releasedByLaw('name')],
      metadata: { userinfo_signed_response_alg: 'ES256' },
    });
    expect((await release(signed, { scope: 'openid profile' })).userinfo).toMatchObject({
      iss: provider.issuer,
      aud: signed.portal.clientId,
      name: profile.name,
    });
  });

  it('takes the token in the header of a GET, the header of a POST or its body; never in the query', async () => {
    const { tokens } = await release(all, {});
    const { access_token: token } = tokens;
    const authorization = `Bearer ${token}`;
    const body = new URLSearchParams({ access_token: token });
    const answers = await Promise.all([
      fetch(`${provider.issuer}/me`, { headers: { authorization } }),
      fetch(`${provider.issuer}/me`, { method: 'POST', headers: { authorization } }),
      fetch(`${provider.issuer}/me`, { method: 'POST', body }),
      fetch(`${provider.issuer}/me?${body}`),
      fetch(`${provider.issuer}/me`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400, 401]);
    expect(answers[4]?.headers.get('www-authenticate')).toContain('Bearer');
  });
});

describe('OIDC Core §8.1: pairwise subjects', () => {
  const subject = async (portal: RelyingParty, redirectUri?: string): Promise<string> => {
    const client = await portalClient(provider.issuer, portal, redirectUri === undefined ? {} : { redirectUri });
    return (await client.signIn(browserAt(provider.issuer), lan)).claims()?.sub ?? '';
  };

  it('are one per sector: portals of one sector agree, others can not compare', async () => {
    const first = await provider.addPortal();
    const { sectorId } = first;
    const [same, other] = [await provider.addPortal({ sectorId }), await provider.addPortal()];
    const subjects = [await subject(first), await subject(same), await subject(other)];
    expect(subjects[1]).toBe(subjects[0]);
    expect(subjects[2]).not.toBe(subjects[0]);
    expect(subjects).not.toContain(lan.accountId);
  });

  it('serve a client with redirect URIs on two hosts, though nobody answers at its sector URI', async () => {
    const second = 'https://www.portal.example/callback';
    const { portal } = await standardPortal(provider, { metadata: { redirect_uris: [callback, second] } });
    expect(await subject(portal, second)).toBe(await subject(portal));
  });
});
