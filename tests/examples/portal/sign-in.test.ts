import { afterEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { type PortalOptions, startPortal } from '../../../examples/portal/portal.ts';
import { createBrowser } from '../support/browser.ts';
import { province, tax } from '../support/identity.ts';
import { startPeerProvider } from '../support/peer-provider.ts';

const secret = 'a-client-secret-for-tests-only-32-chars';
const running: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function startPeer() {
  const peer = await startPeerProvider();
  running.push(peer);
  return peer;
}

async function startProvincePortal(issuer: string, more: Partial<PortalOptions> = {}) {
  const portal = await startPortal({
    issuer,
    clientId: 'an-hoa',
    clientSecret: secret,
    identity: province,
    scopes: ['openid', 'profile', 'email'],
    port: 0,
    allowInsecure: true,
    ...more,
  });
  running.push(portal);
  return portal;
}

describe('signing in at a portal', () => {
  it('goes from the landing page to what the portal received', async () => {
    const peer = await startPeer();
    const portal = await startProvincePortal(peer.issuer);
    await peer.serveClients([
      { client_id: 'an-hoa', client_secret: secret, redirect_uris: [`${portal.url}/callback`] },
    ]);
    const browser = createBrowser();

    expect((await browser.open(portal.url)).name).toBe('landing');
    const page = await browser.open(`${portal.url}/sign-in`);

    expect(page.name).toBe('signed-in');
    expect(page.url.href).toBe(`${portal.url}/`);
    expect(page.body).toContain('lan@example.test');
    expect(page.body).toContain('Nguyễn Thị &lt;lan&gt;');
    const received = JSON.parse((await browser.open(`${portal.url}/received.json`)).body);
    expect(received.id_token).toMatchObject({ iss: peer.issuer, aud: 'an-hoa', sub: 'lan' });
    expect(received.userinfo).toMatchObject({ sub: 'lan', email_verified: true });
  });

  it('authenticates itself by private_key_jwt', async () => {
    const peer = await startPeer();
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const privateKeyJwk = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'portal-1' };
    const portal = await startPortal({
      issuer: peer.issuer,
      clientId: 'an-hoa',
      privateKeyJwk,
      identity: province,
      scopes: ['openid'],
      port: 0,
      allowInsecure: true,
    });
    running.push(portal);
    await peer.serveClients([
      {
        client_id: 'an-hoa',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'portal-1' }] },
        redirect_uris: [`${portal.url}/callback`],
      },
    ]);

    expect((await createBrowser().open(`${portal.url}/sign-in`)).name).toBe('signed-in');
  });

  it('pushes the request when told to and the provider offers it', async () => {
    const peer = await startPeer();
    const portal = await startProvincePortal(peer.issuer, { pushRequests: true });
    await peer.serveClients([
      {
        client_id: 'an-hoa',
        client_secret: secret,
        redirect_uris: [`${portal.url}/callback`],
        require_pushed_authorization_requests: true,
      },
    ]);
    const browser = createBrowser();

    const location = new URL((await browser.openOnce(`${portal.url}/sign-in`)).headers.get('location') ?? '');
    expect([...location.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect((await browser.open(`${portal.url}/sign-in`)).name).toBe('signed-in');
  });

  it('asks for an access token for one API instead of userinfo', async () => {
    const peer = await startPeer();
    const resource = 'https://records.example.test';
    const portal = await startProvincePortal(peer.issuer, { resource });
    const asked: string[] = [];
    await peer.serveClients(
      [{ client_id: 'an-hoa', client_secret: secret, redirect_uris: [`${portal.url}/callback`] }],
      {
        features: {
          resourceIndicators: {
            enabled: true,
            getResourceServerInfo(_ctx, indicator) {
              asked.push(indicator);
              return { scope: '', audience: indicator, accessTokenFormat: 'opaque' };
            },
          },
        },
      },
    );
    const browser = createBrowser();

    expect((await browser.open(`${portal.url}/sign-in`)).name).toBe('signed-in');
    expect(asked).toContain(resource);
    expect(JSON.parse((await browser.open(`${portal.url}/received.json`)).body).userinfo).toBeNull();
  });

  it('keeps two portals on one host apart', async () => {
    const peer = await startPeer();
    const first = await startProvincePortal(peer.issuer);
    const second = await startProvincePortal(peer.issuer, { clientId: 'thue', identity: tax });
    await peer.serveClients([
      { client_id: 'an-hoa', client_secret: secret, redirect_uris: [`${first.url}/callback`] },
      { client_id: 'thue', client_secret: secret, redirect_uris: [`${second.url}/callback`] },
    ]);
    const browser = createBrowser();

    await browser.open(`${first.url}/sign-in`);
    await browser.open(`${second.url}/sign-in`);

    expect((await browser.open(first.url)).name).toBe('signed-in');
    expect((await browser.open(second.url)).name).toBe('signed-in');
    expect(browser.cookieNames('localhost').filter((name) => name.startsWith('session-'))).toHaveLength(2);
  });

  it('lets two tabs sign in side by side, and forgives Back', async () => {
    const peer = await startPeer();
    const portal = await startProvincePortal(peer.issuer);
    await peer.serveClients([
      { client_id: 'an-hoa', client_secret: secret, redirect_uris: [`${portal.url}/callback`] },
    ]);
    const browser = createBrowser();
    const tabs = [await browser.openOnce(`${portal.url}/sign-in`), await browser.openOnce(`${portal.url}/sign-in`)];

    for (const tab of tabs) {
      expect((await browser.open(tab.headers.get('location') ?? '')).name).toBe('signed-in');
    }
    expect((await browser.open(`${portal.url}/callback?code=spent&state=spent`)).name).toBe('signed-in');
  });

  it('changes the session id at sign-in, so that a planted one is worth nothing', async () => {
    const peer = await startPeer();
    const portal = await startProvincePortal(peer.issuer);
    await peer.serveClients([
      { client_id: 'an-hoa', client_secret: secret, redirect_uris: [`${portal.url}/callback`] },
    ]);
    const browser = createBrowser();

    const begun = await browser.openOnce(`${portal.url}/sign-in`);
    const [planted = ''] = begun.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    await browser.open(begun.headers.get('location') ?? '');

    const withPlanted = await fetch(`${portal.url}/received.json`, { headers: { cookie: planted } });
    expect(withPlanted.status).toBe(401);
  });

  it('says what the provider answered, and how to go on', async () => {
    const peer = await startPeer();
    const portal = await startProvincePortal(peer.issuer);
    await peer.serveClients([
      { client_id: 'an-hoa', client_secret: secret, redirect_uris: [`${portal.url}/callback`] },
    ]);

    const page = await createBrowser().open(`${portal.url}/sign-in?prompt=none`);

    expect(page.name).toBe('error');
    expect(page.status).toBe(400);
    expect(page.body).toContain('login_required');
    expect(page.body).toContain('Choose “Sign in” to go on as usual.');
    expect(page.body).toContain('href="/sign-in"');
  });

  it('tells a person when the provider is away, and works once it is back', async () => {
    const away = await startPeerProvider();
    await away.close();
    const portal = await startProvincePortal(away.issuer);
    const browser = createBrowser();

    const page = await browser.open(`${portal.url}/sign-in`);
    expect(page.status).toBe(503);
    expect(page.body).toContain('can’t be reached');

    const peer = await startPeerProvider(Number(new URL(away.issuer).port));
    running.push(peer);
    await peer.serveClients([
      { client_id: 'an-hoa', client_secret: secret, redirect_uris: [`${portal.url}/callback`] },
    ]);
    expect((await browser.open(`${portal.url}/sign-in`)).name).toBe('signed-in');
  });

  it('does not start with plain http to another machine', async () => {
    await expect(startProvincePortal('http://id.example.test')).rejects.toThrow('allowInsecure');
  });
});
