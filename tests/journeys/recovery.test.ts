import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { follow, mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
const newPassword = 'một câu khác hẳn câu cũ';

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
});
afterAll(() => provider.close());

async function recover(browser: PlainBrowser, start: PlainPage, email: string): Promise<PlainPage> {
  const waiting = await browser.submit(start, { email });
  expect(waiting.name).toBe('recover-code');
  const choose = await browser.submit(waiting, { code: await mails.code(email) });
  expect(choose.name).toBe('new-password');
  return browser.submit(choose, { new_password: newPassword });
}

describe('a person who forgot their password', () => {
  it('chooses a new one inside of a login and goes on to the portal as aal1', async () => {
    const lan = await provider.addPerson();
    const client = await portalClient(provider.issuer, await provider.addPortal());
    const browser = browserAt(provider.issuer);
    const login = await client.begin();
    const start = await follow(browser, await browser.get(login.url), '/recover');
    const recovered = await recover(browser, start, lan.email);
    expect(recovered.name).toBe('recovered');
    const hub = await follow(browser, recovered, new URL(recovered.url).pathname.replace('/recover/done', ''));
    expect((await client.redeem(login, (await moveOn(browser, hub)).url)).claims()).toMatchObject({ amr: ['pwd'] });

    const again = await client.begin({ prompt: 'login' });
    const old = await signIn(browserAt(provider.issuer), again.url, { ...lan, password: newPassword });
    expect(old.url).toContain('code=');
  });

  it('ends every other session, and the mail says what happened', async () => {
    const lan = await provider.addPerson();
    const elsewhere = browserAt(provider.issuer);
    await signIn(elsewhere, `${provider.issuer}/account`, lan);
    expect((await elsewhere.get(`${provider.issuer}/account`)).name).toBe('account');

    const browser = browserAt(provider.issuer);
    await recover(browser, await browser.get(`${provider.issuer}/recover`), lan.email);
    expect((await elsewhere.get(`${provider.issuer}/account`)).name).toBe('identify');
    await mails.mail(lan.email, 2);
    const refused = await signInOnce(elsewhere, lan);
    expect(refused).toMatchObject({ status: 422, name: 'identify' });
  });

  it('may still be signed in, and goes on in the same browser', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    await signIn(browser, `${provider.issuer}/account`, lan);
    const recovered = await recover(browser, await browser.get(`${provider.issuer}/recover`), lan.email);
    const hub = await follow(browser, recovered, new URL(recovered.url).pathname.replace('/recover/done', ''));
    expect((await moveOn(browser, hub)).name).toBe('account');
  });

  it('can’t change the address for the next 72 hours', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const recovered = await recover(browser, await browser.get(`${provider.issuer}/recover`), lan.email);
    await moveOn(
      browser,
      await follow(browser, recovered, new URL(recovered.url).pathname.replace('/recover/done', '')),
    );
    const change = await browser.get(`${provider.issuer}/account/change-email`);
    const refused = await browser.submit(change, { email: 'other@example.vn', password: newPassword });
    expect(refused).toMatchObject({ status: 422, name: 'change-email' });
    expect(refused.html).toContain('value="other@example.vn"');
  });

  it('may press twice', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const waiting = await browser.submit(await browser.get(`${provider.issuer}/recover`), { email: lan.email });
    const choose = await browser.submit(waiting, { code: await mails.code(lan.email) });
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => browser.fork().submit(choose, { new_password: newPassword })),
    );
    expect(new Set(sent.map(({ name }) => name))).toEqual(new Set(['recovered']));
    const kinds = `SELECT count(*)::int AS n FROM audit_event WHERE kind = 'account-recovered' AND about_account_id = $1`;
    expect((await provider.database.dataSource.query(kinds, [lan.accountId]))[0].n).toBe(1);
  });
});

async function signInOnce(browser: PlainBrowser, person: { email: string; password: string }): Promise<PlainPage> {
  const page = await browser.get(`${provider.issuer}/account`);
  return browser.submit(page, { identifier: person.email, password: person.password });
}
