import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';

let provider: TestInstallation;

beforeAll(async () => {
  provider = await startInstallation();
});
afterAll(() => provider.close());

describe('signing out everywhere', () => {
  it('ends this session and all others, and nothing revives them', async () => {
    const lan = await provider.addPerson();
    const [here, there] = [browserAt(provider.issuer), browserAt(provider.issuer)];
    const home = await signIn(here, `${provider.issuer}/account`, lan);
    const client = await portalClient(provider.issuer, await provider.addPortal());
    await signIn(there, (await client.begin()).url, lan);
    const before = here.fork();

    const action = '/account/sign-out-everywhere';
    const form = home.forms.findIndex((one) => one.action === action);
    const done = await here.submit(home, {}, form);
    expect(done.name).toBe('signed-out-everywhere');
    for (const browser of [here, there, before]) {
      expect((await browser.get(`${provider.issuer}/account`)).name).toBe('identify');
    }
    expect((await there.get((await client.begin()).url)).name).toBe('identify');
  });

  it('is asked for by this browser’s own form only', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    await signIn(browser, `${provider.issuer}/account`, lan);
    const url = `${provider.issuer}/account/sign-out-everywhere`;
    expect((await browser.post(url, { csrf: 'x' })).status).toBe(403);
    expect((await browser.post(url, {}, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await browser.get(`${provider.issuer}/account`)).name).toBe('account');
  });

  it('brings a stranger to the sign-in page, whatever the address', async () => {
    const browser = browserAt(provider.issuer);
    for (const path of [
      '/account',
      '/account/change-email',
      '/account/change-email/code',
      '/account/change-password',
    ]) {
      expect((await browser.get(`${provider.issuer}${path}`)).name).toBe('identify');
    }
  });

  it.each([
    ['ended all sessions', `sessions_valid_from = now() + interval '1 minute'`],
    ['was suspended', `state = 'suspended'`],
  ])('leaves no session to somebody who %s meanwhile', async (_, change) => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    expect((await signIn(browser, `${provider.issuer}/account`, lan)).name).toBe('account');
    await provider.database.dataSource.query(`UPDATE account SET ${change} WHERE id = $1`, [lan.accountId]);
    expect((await browser.get(`${provider.issuer}/account`)).name).toBe('identify');
    expect((await browser.get(`${provider.issuer}/account/change-password`)).name).toBe('identify');
  });

  it('ends at the account only, whatever comes back', async () => {
    const browser = browserAt(provider.issuer);
    for (const state of ['https://evil.example', '//evil.example', '__proto__', 'constructor', '']) {
      const query = new URLSearchParams({ state, code: 'x' });
      const answer = await fetch(`${provider.issuer}/account/signed-in?${query}`, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account']);
    }
    expect((await browser.get(`${provider.issuer}/account/signed-in?error=access_denied`)).name).toBe('gone-back');
  });
});
