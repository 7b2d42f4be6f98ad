import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { mailbox } from '../support/journey.ts';
import type { PlainBrowser } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
const newAddress = (): string => `moi-${randomUUID()}@example.vn`;

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
});
afterAll(() => provider.close());

async function signedIn(): Promise<{ readonly lan: TestPerson; readonly browser: PlainBrowser }> {
  const lan = await provider.addPerson();
  const browser = browserAt(provider.issuer);
  expect((await signIn(browser, `${provider.issuer}/account`, lan)).name).toBe('account');
  return { lan, browser };
}

const changePage = (browser: PlainBrowser) => browser.get(`${provider.issuer}/account/change-email`);

async function change(browser: PlainBrowser, { password }: TestPerson, email: string) {
  const waiting = await browser.submit(await changePage(browser), { email, password });
  expect(waiting.name).toBe('change-email-code');
  return browser.submit(waiting, { code: await mails.code(email) });
}

describe('a signed-in person', () => {
  it('changes their address after password and code; the old address gets a way back', async () => {
    const { lan, browser } = await signedIn();
    const email = newAddress();
    const home = await change(browser, lan, email);
    expect(home.name).toBe('account');
    expect(home.html).toContain(email);
    expect((await signIn(browserAt(provider.issuer), `${provider.issuer}/account`, { ...lan, email })).name).toBe(
      'account',
    );

    const link = await mails.link(lan.email, '/account/undo-email-change');
    const stranger = browserAt(provider.issuer);
    const looks = [await stranger.get(link), await stranger.get(link)];
    expect(looks.map(({ status, name }) => [status, name])).toEqual([
      [200, 'undo-email-change'],
      [200, 'undo-email-change'],
    ]);
    const head = await fetch(link, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect((await browser.get(`${provider.issuer}/account`)).html).toContain(email);

    const [page] = looks;
    if (!page) throw new Error('no page');
    const pressed = await Promise.all(Array.from({ length: 50 }, () => stranger.fork().submit(page)));
    expect(
      pressed
        .map(({ status }) => status)
        .sort()
        .slice(0, 2),
    ).toEqual([200, 410]);
    expect((await browser.get(`${provider.issuer}/account`)).name).toBe('identify');
    expect((await stranger.get(link)).status).toBe(410);
    const recover = await stranger.get(`${provider.issuer}/recover`);
    expect((await stranger.submit(recover, { email: lan.email })).name).toBe('recover-code');
  });

  it.each([
    ['a wrong password', { email: 'other@example.vn', password: 'not this one, surely' }, 'other@example.vn'],
    ['no password', { email: 'other@example.vn', password: '' }, 'other@example.vn'],
    ['no address', { email: 'other@', password: 'x' }, 'other@'],
  ])('isn’t taken further by %s', async (_, fields, kept) => {
    const { browser } = await signedIn();
    const refused = await browser.submit(await changePage(browser), fields);
    expect(refused).toMatchObject({ status: 422, name: 'change-email' });
    expect(refused.html).toContain(`value="${kept}"`);
  });

  it('learns nothing about somebody else’s address', async () => {
    const { lan, browser } = await signedIn();
    const other = await provider.addPerson();
    const fields = { email: other.email, password: lan.password };
    const waiting = await browser.submit(await changePage(browser), fields);
    expect(waiting.name).toBe('change-email-code');
    expect((await mails.mail(other.email)).text).not.toMatch(/[0-9A-Z]{4}-?[0-9A-Z]{4}$/m);
  });

  it('can’t use a code that another person asked for', async () => {
    const [a, b] = [await signedIn(), await signedIn()];
    const email = newAddress();
    const waiting = await a.browser.submit(await changePage(a.browser), { email, password: a.lan.password });
    const handle = [...a.browser.cookies].find(([key]) => key.startsWith('email-change\n'));
    if (!handle) throw new Error('no cookie');
    b.browser.cookies.set(...handle);
    const theirs = await b.browser.submit(await changePage(b.browser), {
      email: newAddress(),
      password: b.lan.password,
    });
    b.browser.cookies.set(...handle);
    expect((await b.browser.submit(theirs, { code: await mails.code(email) })).name).toBe('change-email');
    expect((await a.browser.submit(waiting, { code: await mails.code(email) })).name).toBe('account');
  });

  it('changes their password and stays signed in, here only', async () => {
    const { lan, browser } = await signedIn();
    const elsewhere = browserAt(provider.issuer);
    await signIn(elsewhere, `${provider.issuer}/account`, lan);
    const page = await browser.get(`${provider.issuer}/account/change-password`);
    const wrong = await browser.submit(page, {
      password: 'not this one, surely',
      new_password: 'năm con mèo trên mái nhà',
    });
    expect(wrong).toMatchObject({ status: 422, name: 'change-password' });
    const weak = await browser.submit(page, { password: lan.password, new_password: '123456789012345' });
    expect(weak).toMatchObject({ status: 422, name: 'change-password' });
    const home = await browser.submit(page, { password: lan.password, new_password: 'năm con mèo trên mái nhà' });
    expect(home.name).toBe('account');
    expect((await elsewhere.get(`${provider.issuer}/account`)).name).toBe('identify');
    expect((await mails.mail(lan.email)).subject).toBeTruthy();
  });

  it('comes back to where they wanted to go, after signing in', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    expect((await signIn(browser, `${provider.issuer}/account/change-password`, lan)).name).toBe('change-password');
  });
});
