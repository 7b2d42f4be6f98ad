import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calculatePKCECodeChallenge, randomPKCECodeVerifier } from 'openid-client';
import {
  callback,
  portalSecret,
  startInstallation,
  type TestInstallation,
  type TestPerson,
} from '../support/installation.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { aCode, answerOf, basic, type Played, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;
let played: Played;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
  played = await standardPortal(provider);
});
afterAll(() => provider.close());

async function redeem(fields: Record<string, string>, { portal } = played) {
  const { status, body } = await post(provider, '/token', { fields, headers: basic(portal.clientId, portalSecret) });
  return { status, error: body['error'], accessToken: body['access_token'] };
}

const refused = { status: 400, error: 'invalid_grant', accessToken: undefined };

async function opens(accessToken: unknown): Promise<boolean> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await fetch(`${provider.issuer}/me`, { headers })).ok;
}

describe('a stolen code', () => {
  it('is worth nothing to another client, and still serves its own', async () => {
    const code = await aCode(provider, played, { person: lan });
    expect(await redeem(code, await standardPortal(provider))).toEqual(refused);
    expect((await redeem(code)).status).toBe(200);
  });

  it('is worth nothing without the verifier, or with another', async () => {
    const code = await aCode(provider, played, { person: lan });
    const { code_verifier: verifier = '', ...bare } = code;
    expect(await redeem(bare)).toEqual(refused);
    expect(await redeem({ ...code, code_verifier: randomPKCECodeVerifier() })).toEqual(refused);
    expect(
      await redeem({ ...code, code_verifier: `${verifier.slice(0, -1)}${verifier.endsWith('A') ? 'B' : 'A'}` }),
    ).toEqual(refused);
    expect(await redeem({ ...code, code_verifier: await calculatePKCECodeChallenge(verifier) })).toEqual(refused);
    expect((await redeem(code)).status).toBe(200);
  });

  it('is worth one exchange of twenty at a time, and what that gave is taken back', async () => {
    const code = await aCode(provider, played, { person: lan });
    const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(code)));
    const given = answers.filter(({ status }) => status === 200);
    expect(given).toHaveLength(1);
    expect(answers.filter(({ error }) => error === 'invalid_grant')).toHaveLength(19);
    expect(await opens(given[0]?.accessToken)).toBe(false);
  });

  it('that comes back later ends what was given for it, the refresh token too', async () => {
    const code = await aCode(provider, played, { person: lan, scope: 'openid offline_access' });
    const headers = basic(played.portal.clientId, portalSecret);
    const { body } = await post(provider, '/token', { fields: code, headers });
    expect(await opens(body['access_token'])).toBe(true);
    await provider.database.dataSource.query(
      `UPDATE oidc_transient SET consumed_at = consumed_at - interval '31 seconds' WHERE model = 'AuthorizationCode'`,
    );
    expect(await redeem(code)).toEqual(refused);
    expect(await opens(body['access_token'])).toBe(false);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
    expect(await redeem(refresh)).toEqual(refused);
  });

  it('is worth nothing after a minute', async () => {
    const code = await aCode(provider, played, { person: lan });
    await provider.database.dataSource.query(
      `UPDATE oidc_transient SET payload = jsonb_set(payload, '{exp}', to_jsonb((payload ->> 'exp')::bigint - 61))
       WHERE model = 'AuthorizationCode'`,
    );
    expect(await redeem(code)).toEqual(refused);
  });
});

describe('PKCE downgrade', () => {
  it.each([
    ['plain', { code_challenge_method: 'plain' }],
    ['no method', { code_challenge_method: '' }],
    ['no challenge', { code_challenge: '' }],
    ['neither challenge nor method', { code_challenge: '', code_challenge_method: '' }],
    ['a short challenge', { code_challenge: 'short' }],
    ['another method', { code_challenge_method: 'S512' }],
  ])('%s is refused', async (_what, parameters) => {
    const { url } = await browserAt(provider.issuer).get((await played.client.begin(parameters)).url);
    expect(answerOf(url)).toMatchObject({ error: 'invalid_request' });
  });

  it('a verifier for a code that was asked without a challenge is refused', async () => {
    const legacy = await standardPortal(provider, { legacy: true });
    const login = await legacy.client.begin();
    const url = new URL(login.url);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const { code = '' } = answerOf((await signIn(browserAt(provider.issuer), url.href, lan)).url);
    const fields = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: login.verifier };
    expect(await redeem(fields, legacy)).toEqual(refused);
  });
});
