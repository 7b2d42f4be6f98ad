import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Portal, startPortal } from '../../../examples/portal/portal.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { province } from '../support/identity.ts';
import { type PeerProvider, startPeerProvider } from '../support/peer-provider.ts';

const secret = 'a-client-secret-for-tests-only-32-chars';
let peer: PeerProvider;
let portal: Portal;
let browser: Browser;

beforeEach(async () => {
  peer = await startPeerProvider();
  portal = await startPortal({
    issuer: peer.issuer,
    clientId: 'an-hoa',
    clientSecret: secret,
    identity: province,
    scopes: ['openid', 'profile'],
    port: 0,
    allowInsecure: true,
  });
  await peer.serveClients([
    {
      client_id: 'an-hoa',
      client_secret: secret,
      redirect_uris: [`${portal.url}/callback`],
      post_logout_redirect_uris: [`${portal.url}/signed-out`],
      backchannel_logout_uri: `${portal.url}/backchannel-logout`,
      backchannel_logout_session_required: true,
    },
  ]);
  browser = createBrowser();
});

afterEach(async () => {
  await Promise.all([portal.close(), peer.close()]);
});

describe('OIDC RP-Initiated Logout 1.0 §2', () => {
  it('ends the session here and at the provider, and says so', async () => {
    const confirm = await browser.submit(await browser.open(`${portal.url}/sign-in`));
    expect(confirm.url.origin).toBe(peer.issuer);
    expect(confirm.url.searchParams.get('id_token_hint')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);

    const page = await browser.submit(confirm, { logout: 'yes' });

    expect(page.name).toBe('signed-out');
    expect(page.body).toContain('the identity service has confirmed it');
    expect((await browser.open(portal.url)).name).toBe('landing');
    expect((await browser.open(`${portal.url}/sign-in?prompt=none`)).body).toContain('login_required');
  });

  it('has ended the session here even when the person stops at the provider', async () => {
    await browser.submit(await browser.open(`${portal.url}/sign-in`));
    expect((await browser.open(portal.url)).name).toBe('landing');
  });

  it('does not claim a confirmation for a state it did not give', async () => {
    await browser.submit(await browser.open(`${portal.url}/sign-in`));
    const page = await browser.open(`${portal.url}/signed-out?state=planted`);
    expect(page.body).not.toContain('has confirmed it');
    expect(page.body).toContain('may still be open');
  });

  it.each([{ form_token: 'planted' }, { form_token: '' }])('ignores a form another site made: %j', async (planted) => {
    const page = await browser.submit(await browser.open(`${portal.url}/sign-in`), planted);
    expect(page.status).toBe(400);
    expect((await browser.open(portal.url)).name).toBe('signed-in');
  });
});

describe('OIDC Back-Channel Logout 1.0 §2.5: the notice of a sign-out elsewhere', () => {
  it('ends the sessions the provider names, and no other', async () => {
    // Inside jest's own realm the engine can't set up its guard of outgoing requests, and says so.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    await browser.open(`${portal.url}/sign-in`);
    const other = createBrowser();
    await other.open(`${portal.url}/sign-in`);

    // The provider's own page, not the portal's button: the portal learns of it by the notice alone.
    await browser.submit(await browser.open(`${peer.issuer}/session/end`), { logout: 'yes' });

    expect((await browser.open(portal.url)).name).toBe('landing');
    expect((await other.open(portal.url)).name).toBe('signed-in');
  });
});
