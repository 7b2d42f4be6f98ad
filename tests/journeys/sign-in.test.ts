import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchUserInfo } from 'openid-client';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';
import { releasedByConsent, releasedByLaw } from '../support/relying-party.ts';

let provider: TestInstallation;

beforeAll(async () => {
  provider = await startInstallation();
});
afterAll(() => provider.close());

describe('a person signs in to a portal', () => {
  it('with a password, agreeing once to what is released', async () => {
    const lan = await provider.addPerson({ profile: { name: 'Nguyễn Thị Lan' } });
    const portal = await provider.addPortal({ release: [releasedByConsent('name', true)] });
    const client = await portalClient(provider.issuer, portal);
    const browser = browserAt(provider.issuer);

    const login = await client.begin({ scope: 'openid profile' });
    const first = await signIn(browser, login.url, lan);
    const tokens = await client.redeem(login, first.url);
    expect(tokens.claims()).toMatchObject({ acr: 'self', amr: ['pwd'] });
    const { sub = '' } = tokens.claims() ?? {};
    const userinfo = await fetchUserInfo(client.configuration, tokens.access_token, sub);
    expect(userinfo.name).toBe('Nguyễn Thị Lan');

    const again = await client.begin({ scope: 'openid profile' });
    const silent = await browser.get(again.url);
    expect((await client.redeem(again, silent.url)).claims()?.sub).toBe(sub);
  });

  it('goes on to a second portal without signing in again, and is somebody else there', async () => {
    const lan = await provider.addPerson();
    const [province, tax] = [
      await provider.addPortal(),
      await provider.addPortal({ release: [releasedByLaw('name')] }),
    ];
    const browser = browserAt(provider.issuer);
    const first = await portalClient(provider.issuer, province);
    const login = await first.begin();
    const there = await first.redeem(login, (await signIn(browser, login.url, lan)).url);

    const second = await portalClient(provider.issuer, tax);
    const signOn = await second.begin();
    const page = await browser.get(signOn.url);
    expect(page.url).toContain('code=');
    const elsewhere = await second.redeem(signOn, page.url);
    expect(elsewhere.claims()?.sub).not.toBe(there.claims()?.sub);
  });

  it('is told nothing of whether an account exists', async () => {
    const lan = await provider.addPerson();
    const client = await portalClient(provider.issuer, await provider.addPortal());
    const answers = [];
    for (const email of [lan.email, 'nobody@example.vn']) {
      const browser = browserAt(provider.issuer);
      const page = await browser.get((await client.begin()).url);
      const answer = await browser.submit(page, { identifier: email, password: 'not the password at all' });
      answers.push({ status: answer.status, name: answer.name, length: answer.html.length - email.length });
    }
    expect(answers[0]).toEqual(answers[1]);
  });
});
