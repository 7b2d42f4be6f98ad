import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import type { PlainPage } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { type Played, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;
let played: Played;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
  played = await standardPortal(provider);
});
afterAll(() => provider.close());

const strict = "form-action 'self';";

/** Browsers hold a form's whole redirect chain against form-action: the chain must end on a page of ours. */
function expectToStay(page: PlainPage): void {
  expect(page.status).toBe(200);
  expect(new URL(page.url).origin).toBe(provider.issuer);
  expect(page.headers.get('location')).toBeNull();
  expect(page.headers.get('content-security-policy')).toContain(strict);
}

describe('a posted form never redirects off the provider', () => {
  it('the last step of a login moves on by Refresh and by a link', async () => {
    const browser = browserAt(provider.issuer);
    const page = await browser.get((await played.client.begin()).url);
    const proved = await browser.submit(page, { identifier: lan.email, password: lan.password });
    expectToStay(proved);
    const next = new URL(proved.refresh ?? '', proved.url);
    expect(next.origin).toBe(provider.issuer);
    expect(next.pathname).toMatch(/^\/auth\//);
    expect(proved.html).toContain(`href="${proved.refresh}"`);
  });

  it('stopping a login does too', async () => {
    const browser = browserAt(provider.issuer);
    const page = await browser.get((await played.client.begin()).url);
    const cancelling = page.forms.findIndex(({ action }) => action.endsWith('/cancel'));
    expectToStay(await browser.submit(page, {}, cancelling));
  });

  it('signing out does too, with the way back to the portal', async () => {
    const browser = browserAt(provider.issuer);
    const { id_token: hint = '' } = await played.client.signIn(browser, lan);
    const back = 'http://127.0.0.1:9/signed-out';
    const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: back, state: `"><b>` });
    const done = await browser.submit(await browser.get(`${provider.issuer}/session/end?${query}`));
    expectToStay(done);
    expect(done.refresh?.startsWith(`${back}?state=`)).toBe(true);
    expect(done.html).not.toContain('"><b>');
  });
});

describe("the engine's faults are pages of ours", () => {
  it.each([
    ['/auth?client_id=nobody', 400, 'client-unknown'],
    ['/auth?client_id=__proto__', 400, 'client-unknown'],
    ['/auth', 400, 'request-invalid'],
    ['/session/end?client_id=nobody', 400, 'client-unknown'],
    ['/session/end/success?client_id=nobody', 400, 'client-unknown'],
    ['/nowhere', 404, 'not-found'],
    ['/token', 405, 'method-not-allowed'],
  ])('%s', async (path, status, code) => {
    const page = await browserAt(provider.issuer).get(`${provider.issuer}${path}`, { 'accept-language': 'en' });
    expect(page).toMatchObject({ status, name: 'error' });
    expect(page.html).toMatch(/class="dd-reference">\w/);
    const json = await fetch(`${provider.issuer}${path}`, { headers: { accept: 'application/json' } });
    expect(json.status).toBe(status);
    expect(json.headers.get('content-type')).toContain('application/json');
    expect(await json.json()).toHaveProperty('error', expect.stringMatching(/^[a-z_]+$/));
    expect(code).toBeTruthy();
  });
});

describe('a person who is gone', () => {
  it('a suspended account is asked to sign in, and its tokens open nothing', async () => {
    const minh = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const tokens = await played.client.signIn(browser, minh, { scope: 'openid offline_access' });
    await provider.database.dataSource.query(`UPDATE account SET state = 'suspended' WHERE id = $1`, [minh.accountId]);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect((await fetch(`${provider.issuer}/me`, { headers })).status).toBe(401);
    expect((await browser.get((await played.client.begin()).url)).name).toBe('identify');
    const again = await signIn(browserAt(provider.issuer), (await played.client.begin()).url, minh);
    expect(again.name).toBe('identify');
  });
});
