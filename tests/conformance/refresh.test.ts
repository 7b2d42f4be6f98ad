import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchUserInfo, type IDToken, refreshTokenGrant } from 'openid-client';
import { aDpopKey } from '../support/dpop.ts';
import { portalSecret, startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { browserAt } from '../support/portal-client.ts';
import { aCode, basic, nativePortal, type Played, post, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
});
afterAll(() => provider.close());

const offline = 'openid offline_access';
const signIn = ({ client }: Played, scope = offline) => client.signIn(browserAt(provider.issuer), lan, { scope });

describe('OIDC Core §11: offline_access', () => {
  it('gives a refresh token to a client that is registered for it and asks, without asking the person every time', async () => {
    const tokens = await signIn(await standardPortal(provider));
    expect(tokens.refresh_token).toBeTruthy();
    expect(tokens.scope).toBe(offline);
  });

  it('gives none to who does not ask, or may not', async () => {
    expect((await signIn(await standardPortal(provider), 'openid')).refresh_token).toBeUndefined();
    const withoutGrant = await standardPortal(provider, { metadata: { grant_types: ['authorization_code'] } });
    expect((await signIn(withoutGrant)).refresh_token).toBeUndefined();
    const withoutScope = await standardPortal(provider, { metadata: { scope: 'openid' } });
    expect((await signIn(withoutScope)).refresh_token).toBeUndefined();
  });

  it('outlives a sign-out', async () => {
    const played = await standardPortal(provider);
    const browser = browserAt(provider.issuer);
    const kept = await played.client.signIn(browser, lan, { scope: offline });
    const page = await browser.get(`${provider.issuer}/session/end`);
    await browser.submit(page);
    const again = await refreshTokenGrant(played.client.configuration, kept.refresh_token ?? '');
    expect(again.access_token).toBeTruthy();
  });
});

describe('OIDC Core §12: refreshing', () => {
  it('a confidential client keeps its token, and learns the same as when the person signed in', async () => {
    const played = await standardPortal(provider);
    const first = await signIn(played);
    for (let time = 0; time < 3; time += 1) {
      const next = await refreshTokenGrant(played.client.configuration, first.refresh_token ?? '');
      expect(next.refresh_token).toBe(first.refresh_token);
      const { sub = '', auth_time, acr, amr, aal, ial }: Partial<IDToken> = first.claims() ?? {};
      expect(next.claims()).toMatchObject({ sub, auth_time, acr, amr, aal, ial });
      const userinfo = await fetchUserInfo(played.client.configuration, next.access_token, sub);
      expect(userinfo).toMatchObject({ aal: 'aal1', ial: 'ial0' });
    }
  });

  it('fewer scopes may be asked, more may not', async () => {
    const played = await standardPortal(provider);
    const { refresh_token: token = '' } = await signIn(played);
    const narrow = await refreshTokenGrant(played.client.configuration, token, { scope: 'openid' });
    expect(narrow.scope).toBe('openid');
    await expect(
      refreshTokenGrant(played.client.configuration, token, { scope: 'openid email' }),
    ).rejects.toMatchObject({ error: 'invalid_scope' });
  });

  it('is for the client it was given to', async () => {
    const { refresh_token: token = '' } = await signIn(await standardPortal(provider));
    const other = await standardPortal(provider);
    await expect(refreshTokenGrant(other.client.configuration, token)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});

describe('RFC 9700 §4.14: refresh tokens of apps', () => {
  async function appTokens() {
    const app = await nativePortal(provider);
    const key = await aDpopKey();
    const send = async (fields: Record<string, string>, by = key) =>
      post(provider, '/token', {
        fields: { ...fields, client_id: app.portal.clientId },
        headers: { dpop: await by.proof(`${provider.issuer}/token`) },
      });
    const refresh = (token: unknown, by = key) =>
      send({ grant_type: 'refresh_token', refresh_token: String(token) }, by);
    const { body } = await send(await aCode(provider, app, { person: lan, scope: offline }));
    return { body, refresh, key };
  }

  it('rotate at each use; one that comes back ends all of its family', async () => {
    const { body: first, refresh } = await appTokens();
    const second = await refresh(first['refresh_token']);
    expect(second.body['refresh_token']).not.toBe(first['refresh_token']);
    const third = await refresh(second.body['refresh_token']);
    expect(third.status).toBe(200);
    expect((await refresh(first['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(third.body['refresh_token'])).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('are bound to the key of the app', async () => {
    const { body, refresh } = await appTokens();
    expect((await refresh(body['refresh_token'], await aDpopKey())).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(body['refresh_token'])).status).toBe(200);
  });
});

describe('RFC 7009: revocation', () => {
  it('of a refresh token ends what was made from it', async () => {
    const played = await standardPortal(provider);
    const tokens = await signIn(played);
    const { sub = '' } = tokens.claims() ?? {};
    const headers = basic(played.portal.clientId, portalSecret);
    const revoke = (token: string, by = headers) =>
      post(provider, '/token/revocation', { fields: { token, token_type_hint: 'refresh_token' }, headers: by });
    const stranger = await standardPortal(provider);
    await revoke(tokens.refresh_token ?? '', basic(stranger.portal.clientId, portalSecret));
    await fetchUserInfo(played.client.configuration, tokens.access_token, sub);

    expect((await revoke(tokens.refresh_token ?? '')).status).toBe(200);
    await expect(fetchUserInfo(played.client.configuration, tokens.access_token, sub)).rejects.toThrow();
    await expect(refreshTokenGrant(played.client.configuration, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    // §2.2: what is gone already, or never was, is no error.
    expect((await revoke(tokens.refresh_token ?? '')).status).toBe(200);
    expect((await revoke('never was')).status).toBe(200);
  });
});
