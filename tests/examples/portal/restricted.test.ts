import { afterEach, describe, expect, it } from '@jest/globals';
import { type PortalOptions, startPortal } from '../../../examples/portal/portal.ts';
import { words } from '../../../examples/portal/words/words.ts';
import { type Browser, createBrowser, type Page } from '../support/browser.ts';
import { tax } from '../support/identity.ts';
import { startPeerProvider } from '../support/peer-provider.ts';

const secret = 'a-client-secret-for-tests-only-32-chars';
const account = 'VN-0071 2233 <4455>';
const running: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A portal at a provider whose tokens say what the test sets as `strength`. */
async function startScene(more: Partial<PortalOptions> = {}) {
  const peer = await startPeerProvider();
  running.push(peer);
  const portal = await startPortal({
    issuer: peer.issuer,
    clientId: 'thue',
    clientSecret: secret,
    identity: tax,
    scopes: ['openid'],
    port: 0,
    allowInsecure: true,
    ...more,
  });
  running.push(portal);
  const strength: { acr: string; ageSeconds: number } = { acr: 'self', ageSeconds: 0 };
  const engine = await peer.serveClients(
    [
      { client_id: 'thue', client_secret: secret, redirect_uris: [`${portal.url}/callback`] },
      { client_id: 'another', client_secret: secret, redirect_uris: ['http://localhost:1/callback'] },
    ],
    {
      acrValues: ['self', 'aal2'],
      extraTokenClaims: () => ({
        acr: strength.acr,
        auth_time: Math.floor(Date.now() / 1000) - strength.ageSeconds,
      }),
      features: { introspection: { enabled: true, allowedPolicy: () => true } },
    },
  );
  return { peer, engine, strength, url: `${portal.url}/restricted`, portal };
}

type Scene = Awaited<ReturnType<typeof startScene>>;

async function typed(browser: Browser, { url }: Scene): Promise<Page> {
  const page = await browser.open(url);
  expect(page).toMatchObject({ name: 'restricted', status: 200 });
  return page;
}

/** Where the portal sends the browser, followed no further. */
async function submitOnce(page: Page, cookie: string): Promise<URL> {
  const token = /name="form_token" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const response = await fetch(page.url, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie },
    body: new URLSearchParams({ form_token: token, value: account }),
  });
  expect(response.status).toBe(303);
  return new URL(response.headers.get('location') ?? '', page.url);
}

const noticeOf = ({ body }: Page): string | undefined => /data-notice="([^"]+)"/.exec(body)?.[1];
const typedIn = ({ body }: Page): string | undefined => /<input id="value"[^>]* value="([^"]*)"/.exec(body)?.[1];
const escaped = account.replace('<', '&lt;').replace('>', '&gt;');

describe('a page that takes more than an ordinary sign-in', () => {
  it('signs in first who isn’t, and brings them to it', async () => {
    const scene = await startScene();
    const page = await typed(createBrowser(), scene);
    expect(page.url.href).toBe(scene.url);
    expect(noticeOf(page)).toBeUndefined();
  });

  it('makes no detour where the sign-in is enough', async () => {
    const scene = await startScene();
    scene.strength.acr = 'aal2';
    const browser = createBrowser();
    const sent = await browser.submit(await typed(browser, scene), { value: account });
    expect(sent.url.href).toBe(`${scene.url}?sent`);
    expect(noticeOf(sent)).toBe('sent');
    expect(sent.body).toContain(escaped);
  });

  it('asks the provider for just what its API asks for, with nothing of what was typed', async () => {
    const scene = await startScene({ restrictedMaxAgeSeconds: 300 });
    const browser = createBrowser();
    const page = await typed(browser, scene);
    const location = await submitOnce(page, browser.cookieHeader('localhost'));
    expect(location.origin).toBe(scene.peer.issuer);
    expect(location.searchParams.get('acr_values')).toBe('aal2');
    expect(location.searchParams.get('max_age')).toBe('300');
    expect(decodeURIComponent(location.href)).not.toContain('0071');
  });

  it('comes back with what was typed, and sends it once the sign-in is enough', async () => {
    const scene = await startScene();
    const browser = createBrowser();
    const page = await typed(browser, scene);
    scene.strength.acr = 'aal2';
    const back = await browser.submit(page, { value: account });
    expect([back.url.href, noticeOf(back), typedIn(back)]).toEqual([scene.url, 'enough-now', escaped]);
    const sent = await browser.submit(back);
    expect(noticeOf(sent)).toBe('sent');
    expect(typedIn(sent)).toBe('');
  });

  it('says kindly that more is needed, keeps the place, and offers to try again', async () => {
    const scene = await startScene();
    const browser = createBrowser();
    const back = await browser.submit(await typed(browser, scene), { value: account });
    expect([back.status, noticeOf(back), typedIn(back)]).toEqual([200, 'more-needed', escaped]);
    expect(back.body).toContain(words.en.restrictedMoreNeeded);
    expect(back.body).toContain(`>${words.en.restrictedTryAgain}</button>`);
    scene.strength.acr = 'aal2';
    const again = await browser.submit(back);
    expect([noticeOf(again), typedIn(again)]).toEqual(['enough-now', escaped]);
  });

  it.each(['access_denied', 'unmet_authentication_requirements'])(
    'keeps the place of who came back with %s',
    async (error) => {
      const scene = await startScene();
      const browser = createBrowser();
      const page = await typed(browser, scene);
      const location = await submitOnce(page, browser.cookieHeader('localhost'));
      const answer = new URLSearchParams({
        error,
        state: location.searchParams.get('state') ?? '',
        iss: scene.peer.issuer,
      });
      const back = await browser.open(`${scene.portal.url}/callback?${answer}`);
      expect([back.url.href, noticeOf(back), typedIn(back)]).toEqual([scene.url, 'more-needed', escaped]);
    },
  );

  it('takes a sign-in that is too old for none', async () => {
    const scene = await startScene({ restrictedMaxAgeSeconds: 300 });
    Object.assign(scene.strength, { acr: 'aal2', ageSeconds: 301 });
    const browser = createBrowser();
    const location = await submitOnce(await typed(browser, scene), browser.cookieHeader('localhost'));
    expect(location.searchParams.get('max_age')).toBe('300');
  });

  it('shows nobody what another one typed', async () => {
    const scene = await startScene();
    const browser = createBrowser();
    const page = await typed(browser, scene);
    const location = await submitOnce(page, browser.cookieHeader('localhost'));
    scene.peer.person.sub = 'minh';
    browser.forget('127.0.0.1');
    const back = await browser.open(location.href);
    expect([back.name, typedIn(back), noticeOf(back)]).toEqual(['restricted', '', undefined]);
  });

  it('takes no form that it didn’t make', async () => {
    const scene = await startScene();
    scene.strength.acr = 'aal2';
    const browser = createBrowser();
    const page = await typed(browser, scene);
    expect(await browser.submit(page, { value: account, form_token: 'x' })).toMatchObject({ name: 'error' });
    expect(noticeOf(await browser.open(`${scene.url}?sent`))).toBeUndefined();
  });
});

describe('the API behind it', () => {
  it('asks for a token, then for a better one', async () => {
    const { portal } = await startScene();
    const api = `${portal.url}/api/restricted`;
    const none = await fetch(api);
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const wrong = await fetch(api, { headers: { authorization: 'Bearer of-nobody' } });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    const put = await fetch(api, { method: 'PUT', body: new URLSearchParams({ value: account }) });
    expect(put.status).toBe(401);
  });

  it.each([
    ['thue', 200],
    ['another', 401],
  ])('takes tokens of its own portal alone: one of %s gets %i', async (clientId, status) => {
    const { portal, engine, strength } = await startScene();
    strength.acr = 'aal2';
    const client = await engine.Client.find(clientId);
    if (!client) throw new TypeError(`no client ${clientId}`);
    const grant = new engine.Grant({ accountId: 'lan', clientId });
    grant.addOIDCScope('openid');
    const common = { accountId: 'lan', client, grantId: await grant.save(), scope: 'openid' };
    const token = await new engine.AccessToken({ ...common, extra: { acr: 'aal2' } } as never).save();
    const answer = await fetch(`${portal.url}/api/restricted`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(status);
  });
});
