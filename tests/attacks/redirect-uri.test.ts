import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { browserAt } from '../support/portal-client.ts';
import { nativePortal, type Played, post, standardPortal } from '../support/portals.ts';

const registered = 'https://portal.example.vn/callback';

let provider: TestInstallation;
let played: Played;

beforeAll(async () => {
  provider = await startInstallation();
  played = await standardPortal(provider, { metadata: { redirect_uris: [registered] } });
});
afterAll(() => provider.close());

/** Asked in every way that leads to an answer: also where the request is wrong in something else. */
async function destinations({ client }: Played, redirectUri: string): Promise<string[]> {
  const seen = [];
  for (const more of [{}, { prompt: 'none' }, { scope: 'nonsense' }, { response_type: 'token' }, { request: 'x' }]) {
    for (const response_mode of ['query', 'fragment', 'form_post']) {
      const { url } = await client.begin({ redirect_uri: redirectUri, response_mode, ...more });
      const page = await browserAt(provider.issuer).get(url);
      seen.push(new URL(page.url).origin, ...page.forms.map(({ action }) => new URL(action, page.url).origin));
    }
  }
  return [...new Set(seen)];
}

describe('a redirect URI that is not registered letter by letter', () => {
  it.each([
    'https://portal.example.vn/callback/',
    'https://portal.example.vn/callback/../evil',
    'https://portal.example.vn/callback/..;/evil',
    'https://portal.example.vn/Callback',
    'https://portal.example.vn/%63allback',
    'https://portal.example.vn/callback?',
    'https://portal.example.vn/callback?next=https://evil.example',
    'https://portal.example.vn/callback#fragment',
    'https://portal.example.vn:443/callback',
    'https://portal.example.vn./callback',
    'https://PORTAL.example.vn/callback',
    'http://portal.example.vn/callback',
    'https://evil.portal.example.vn/callback',
    'https://portal.example.vn.evil.example/callback',
    'https://portal.example.vn@evil.example/callback',
    'https://evil.example\\@portal.example.vn/callback',
    'https://portal.example.vn\\.evil.example/callback',
    '//portal.example.vn/callback',
    '/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    ' https://portal.example.vn/callback',
    'https://portal.example.vn/callback\t',
    'https://portal.example.vn/callback https://evil.example',
  ])('%s: nobody is sent there', async (redirectUri) => {
    expect(await destinations(played, redirectUri)).toEqual([provider.issuer]);
  });

  it('given twice, or as a list, sends nobody anywhere', async () => {
    const { url } = await played.client.begin({ redirect_uri: registered });
    for (const more of ['redirect_uri=https%3A%2F%2Fevil.example', 'redirect_uri[]=https%3A%2F%2Fevil.example']) {
      const page = await browserAt(provider.issuer).get(`${url}&${more}`);
      expect(new URL(page.url).origin).toBe(provider.issuer);
    }
  });

  it("another client's is as foreign as any", async () => {
    const other = await standardPortal(provider, { metadata: { redirect_uris: ['https://other.example/callback'] } });
    expect(await destinations(other, registered)).toEqual([provider.issuer]);
  });

  it('is refused to a pushed request too', async () => {
    const { client, portal } = await nativePortal(provider);
    const fields = Object.fromEntries(new URL((await client.begin()).url).searchParams);
    const { status } = await post(provider, '/request', {
      fields: { ...fields, client_id: portal.clientId, redirect_uri: 'https://evil.example/' },
    });
    expect(status).toBe(400);
  });

  it('of an app may differ in the port of its loopback address, and in nothing else', async () => {
    const app = await nativePortal(provider);
    const where = async (uri: string) => (await destinations(app, uri)).includes(provider.issuer);
    const refused = (await destinations(app, 'http://127.0.0.1:5005/other')).length === 1;
    expect(refused).toBe(true);
    for (const uri of ['http://localhost:5005/callback', 'http://127.0.0.2/callback', 'https://127.0.0.1/callback']) {
      expect([uri, await destinations(app, uri)]).toEqual([uri, [provider.issuer]]);
    }
    expect(await where('http://127.0.0.1:5005/callback')).toBe(true);
    const allowed = await browserAt(provider.issuer).get(
      (await app.client.begin({ redirect_uri: 'http://127.0.0.1:5005/callback', prompt: 'none' })).url,
    );
    expect(allowed.url.startsWith('http://127.0.0.1:5005/callback?error=login_required')).toBe(true);
  });
});
