import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { follow, mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';
import { softAuthenticator } from '../support/soft-authenticator.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
const password = 'mười lăm chữ là đủ dài';

const newAddress = (): string => `nguoi-moi-${randomUUID()}@example.vn`;

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
});
afterAll(() => provider.close());

async function atPortal() {
  const client = await portalClient(provider.issuer, await provider.addPortal());
  const browser = browserAt(provider.issuer);
  const login = await client.begin({ ui_locales: 'en' });
  return { client, browser, login, identify: await browser.get(login.url) };
}

async function askForCode(browser: PlainBrowser, identify: PlainPage, email: string): Promise<PlainPage> {
  return browser.submit(await follow(browser, identify, '/register'), { email });
}

async function registered(): Promise<number> {
  const sql = `SELECT count(*)::int AS n FROM audit_event WHERE kind = 'account-registered'`;
  return (await provider.database.dataSource.query(sql))[0].n;
}

describe('a person without an account', () => {
  it('registers inside of a login and goes straight on to the portal', async () => {
    const { client, browser, login, identify } = await atPortal();
    const email = newAddress();
    const waiting = await askForCode(browser, identify, email);
    expect(waiting.name).toBe('check-mail');
    expect((await mails.mail(email)).subject).toMatch(/[a-z]/);
    const choose = await browser.submit(waiting, { code: await mails.code(email) });
    expect(choose.name).toBe('register-password');
    const done = await browser.submit(choose, { new_password: password, name: 'Trần Văn Minh' });
    const tokens = await client.redeem(login, (await moveOn(browser, done)).url);
    expect(tokens.claims()).toMatchObject({ acr: 'self', amr: ['pwd'] });

    const elsewhere = browserAt(provider.issuer);
    const again = await client.begin();
    const there = await client.redeem(again, (await signIn(elsewhere, again.url, { email, password })).url);
    expect(there.claims()?.sub).toBe(tokens.claims()?.sub);
  });

  it('registers with a passkey alone, and signs in with it', async () => {
    const { client, browser, login, identify } = await atPortal();
    const email = newAddress();
    const waiting = await askForCode(browser, identify, email);
    const choose = await browser.submit(waiting, { code: await mails.code(email) });
    const authenticator = softAuthenticator({ origin: provider.issuer });
    const response = authenticator.create(ceremonyOptions(choose));
    const done = await browser.submit(choose, { response }, ceremonyForm(choose));
    const tokens = await client.redeem(login, (await moveOn(browser, done)).url);
    expect(tokens.claims()).toMatchObject({ acr: 'self', aal: 'aal2-phr', amr: ['mfa', 'pop', 'user'] });
    expect(await browser.submit(choose, { response }, ceremonyForm(choose))).not.toMatchObject({ status: 500 });

    const elsewhere = browserAt(provider.issuer);
    const again = await client.begin({ acr_values: 'phr' });
    const page = await elsewhere.get(again.url);
    const answer = authenticator.get(ceremonyOptions(page));
    const arrived = await moveOn(elsewhere, await elsewhere.submit(page, { response: answer }, ceremonyForm(page)));
    expect((await client.redeem(again, arrived.url)).claims()).toMatchObject({ acr: 'phr', sub: tokens.claims()?.sub });
    const attempt = await elsewhere.submit(await elsewhere.get((await client.begin({ prompt: 'login' })).url), {
      identifier: email,
      password,
    });
    expect(attempt).toMatchObject({ name: 'identify', status: 422 });
  });

  it('registers without a portal, and ends at the account', async () => {
    const browser = browserAt(provider.issuer);
    const email = newAddress();
    const first = await browser.get(`${provider.issuer}/register`);
    expect(first.name).toBe('register-email');
    const choose = await browser.submit(await browser.submit(first, { email }), { code: await mails.code(email) });
    const account = await moveOn(browser, await browser.submit(choose, { new_password: password }));
    expect(account.name).toBe('account');
    expect(account.html).toContain(email);
    expect((await browser.get(`${provider.issuer}/register`)).name).toBe('account');
  });

  it('gets the mail in the language of the login', async () => {
    const { browser, identify } = await atPortal();
    const email = newAddress();
    await askForCode(browser, identify, email);
    expect((await mails.mail(email)).locale).toBe('en');
  });

  it('is told what to mend, keeps what was typed, and never sees the password again', async () => {
    const { browser, identify } = await atPortal();
    const start = await follow(browser, identify, '/register');
    const typo = await browser.submit(start, { email: 'lan@' });
    expect(typo).toMatchObject({ status: 422, name: 'register-email' });
    expect(typo.html).toMatch(/value="lan@"/);
    expect(typo.html).toContain('href="#email"');
    const email = newAddress();
    const waiting = await browser.submit(start, { email });
    const wrong = await browser.submit(waiting, { code: 'AAAA-AAAA' });
    expect(wrong).toMatchObject({ status: 422, name: 'check-mail' });
    const choose = await browser.submit(wrong, { code: await mails.code(email) });
    const short = await browser.submit(choose, { new_password: 'hamster-7', name: 'Lê Thị Hòa' });
    expect(short).toMatchObject({ status: 422, name: 'register-password' });
    expect(short.html).not.toContain('hamster-7');
    expect(short.html).toContain('Lê Thị Hòa');
    const guessable = await browser.submit(short, { new_password: 'aaaaaaaaaaaaaaaaaaaa' });
    expect(guessable).toMatchObject({ status: 422, name: 'register-password' });
  });

  it('may ask for another code, which voids the first', async () => {
    const { browser, identify } = await atPortal();
    const email = newAddress();
    const waiting = await askForCode(browser, identify, email);
    const first = await mails.code(email);
    const resent = await browser.submit(waiting, {}, 1);
    expect(resent).toMatchObject({ status: 200, name: 'check-mail' });
    const second = await mails.code(email, 2);
    expect((await browser.submit(resent, { code: first })).name).toBe('check-mail');
    expect((await browser.submit(resent, { code: second })).name).toBe('register-password');
  });

  it('finds a fresh form with what was typed where the old one went stale', async () => {
    const { browser, identify } = await atPortal();
    const start = await follow(browser, identify, '/register');
    const stale = await browser.post(start.url, { csrf: 'of-another-time', email: 'lan@example.vn' });
    expect(stale).toMatchObject({ status: 403, name: 'register-email' });
    expect(stale.html).toContain('value="lan@example.vn"');
    expect((await browser.submit(stale)).name).toBe('check-mail');
  });

  it('may press twice: one account, and on to the portal both times', async () => {
    const { client, browser, login, identify } = await atPortal();
    const email = newAddress();
    const before = await registered();
    const waiting = await askForCode(browser, identify, email);
    const code = await mails.code(email);
    const typed = await Promise.all(Array.from({ length: 50 }, () => browser.fork().submit(waiting, { code })));
    expect(new Set(typed.map(({ name }) => name))).toEqual(new Set(['register-password']));
    const [choose] = typed;
    if (!choose) throw new Error('no page');
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => browser.fork().submit(choose, { new_password: password })),
    );
    expect(sent.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
    expect((await registered()) - before).toBe(1);
    const done = sent.find(({ refresh }) => refresh !== undefined);
    if (!done) throw new Error('nobody moved on');
    expect((await client.redeem(login, (await moveOn(browser, done)).url)).claims()).toBeDefined();
  });
});
