import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions } from '../support/factors.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { follow, mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { answerOf, type Played, standardPortal } from '../support/portals.ts';
import { type SoftAuthenticator, softAuthenticator } from '../support/soft-authenticator.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
let portal: Played;

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
  portal = await standardPortal(provider, {
    name: { vi: 'Cổng Hòa Sơn', en: 'Hoa Son portal', fr: 'Portail Hoa Son' },
  });
});
afterAll(() => provider.close());

const newPassword = 'năm con mèo trên mái nhà';

async function signInAtPortal(browser: PlainBrowser, person: TestPerson): Promise<void> {
  await portal.client.signIn(browser, person);
}

/** Every letter that was asked for has been written. */
async function allMailsOut(): Promise<void> {
  const waiting = `SELECT 1 FROM jobs.job WHERE name = 'mail' AND state IN ('created', 'retry', 'active')`;
  while ((await provider.database.dataSource.query(waiting)).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const isSignedIn = async (browser: PlainBrowser): Promise<boolean> =>
  answerOf((await browser.get((await portal.client.begin({ prompt: 'none' })).url)).url)['error'] === undefined;

describe('a sign-in from a browser the account doesn’t know', () => {
  it('is told by one mail: who, when, with what, for which portal, and what to do', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const page = await browser.get((await portal.client.begin({ ui_locales: 'en' })).url);
    const userAgent = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36';
    const fields = { ...page.forms[0]?.fields, identifier: lan.email, password: lan.password };
    await browser.post(new URL(page.forms[0]?.action ?? '', page.url).href, fields, { 'user-agent': userAgent });
    const { subject, text } = await mails.mail(lan.email);
    // In the language of the account, not of who signed in.
    expect(subject).toContain('Đăng nhập mới');
    expect(text).toContain(lan.email);
    expect(text).toContain('Chrome trên Android');
    expect(text).toContain('(GMT+7)');
    expect(text).toContain('Cổng Hòa Sơn');
    expect(text).toContain('14 ngày');
  });

  it('is told once: not again from there, and not where the person registered', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    await signInAtPortal(browser, lan);
    await signIn(browser, (await portal.client.begin({ prompt: 'login' })).url, lan);
    await signInAtPortal(browser.fork(), lan);
    await allMailsOut();
    expect(mails.to(lan.email)).toHaveLength(1);

    const email = `new-${randomUUID()}@example.vn`;
    const own = browserAt(provider.issuer);
    const waiting = await own.submit(await own.get(`${provider.issuer}/register`), { email });
    const choose = await own.submit(waiting, { code: await mails.code(email) });
    await moveOn(own, await own.submit(choose, { new_password: newPassword, name: 'Trần Văn Minh' }));
    const list = await own.get(`${provider.issuer}/account/sessions`);
    expect(list.html.match(/class="dd-session"/g)).toHaveLength(1);
    await signIn(own, (await portal.client.begin({ prompt: 'login' })).url, {
      email,
      password: newPassword,
    });
    await allMailsOut();
    expect(mails.to(email)).toHaveLength(1);
  });

  it('is told of every sign-in on a shared device, but not more than three an hour', async () => {
    const lan = await provider.addPerson();
    const shared = { shared_device: 'yes' };
    const browser = browserAt(provider.issuer);
    for (let visit = 0; visit < 5; visit += 1) {
      const page = await browser.get((await portal.client.begin({ prompt: 'login' })).url);
      await browser.submit(page, { identifier: lan.email, password: lan.password, ...shared });
    }
    await allMailsOut();
    expect(mails.to(lan.email)).toHaveLength(3);
  });

  it('is told whatever a stranger asked to be mailed before', async () => {
    const lan = await provider.addPerson();
    const stranger = browserAt(provider.issuer);
    for (let mail = 0; mail < 5; mail += 1) {
      await stranger.submit(await stranger.get(`${provider.issuer}/recover`), { email: lan.email });
    }
    await allMailsOut();
    await signInAtPortal(browserAt(provider.issuer), lan);
    await mails.mail(lan.email, 1, 'Đăng nhập mới');
  });

  it('is one from a browser known before all sessions were ended', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    await signInAtPortal(browser, lan);
    await provider.database.dataSource.query(
      `UPDATE account SET sessions_valid_from = now() + interval '2 seconds' WHERE id = $1`,
      [lan.accountId],
    );
    await signIn(browser, (await portal.client.begin({ prompt: 'login' })).url, lan);
    await mails.mail(lan.email, 2);
  });
});

async function addPasskey(browser: PlainBrowser, lan: TestPerson, key: SoftAuthenticator): Promise<void> {
  await signInAtPortal(browser, lan);
  await addPasskeyIn(browser, key);
}

async function addPasskeyIn(browser: PlainBrowser, key: SoftAuthenticator): Promise<void> {
  const adding = await browser.get(`${provider.issuer}/account/sign-in-methods/add/passkey`);
  await browser.submit(adding, { response: key.create(ceremonyOptions(adding)) }, ceremonyForm(adding));
}

async function signInBy(key: SoftAuthenticator, browser: PlainBrowser): Promise<PlainPage> {
  const page = await browser.get((await portal.client.begin()).url);
  return browser.submit(page, { response: key.get(ceremonyOptions(page)) }, ceremonyForm(page));
}

const signedInBy = async (key: SoftAuthenticator): Promise<string | undefined> =>
  (await signInBy(key, browserAt(provider.issuer))).name;

describe('“it wasn’t me”', () => {
  async function toldAbout(lan: TestPerson) {
    const own = browserAt(provider.issuer);
    await signInAtPortal(own, lan);
    const first = await mails.link(lan.email, '/account/not-me');
    const thief = browserAt(provider.issuer);
    await signInAtPortal(thief, lan);
    return { own, thief, first, link: await mails.link(lan.email, '/account/not-me', 2) };
  }

  it('takes away what the thief added, and nothing from before', async () => {
    const lan = await provider.addPerson();
    const own = browserAt(provider.issuer);
    const key = softAuthenticator({ origin: provider.issuer });
    await addPasskey(own, lan, key);
    await mails.link(lan.email, '/account/not-me', 2);
    await allMailsOut();
    await provider.database.dataSource.query(
      `UPDATE sign_in_device SET signed_in_at = signed_in_at - interval '20 days',
         report_until = report_until - interval '20 days' WHERE account_id = $1`,
      [lan.accountId],
    );
    await provider.database.dataSource.query(
      `UPDATE passkey SET created_at = created_at - interval '20 days' WHERE account_id = $1`,
      [lan.accountId],
    );
    // Who copied the passkey itself: with the password alone nothing is added beside it.
    const thief = browserAt(provider.issuer);
    const copy = softAuthenticator({ origin: provider.issuer });
    await moveOn(thief, await signInBy(key, thief));
    await addPasskeyIn(thief, copy);

    const reader = browserAt(provider.issuer);
    await reader.submit(await reader.get(await mails.link(lan.email, '/account/not-me', 4)));
    expect(await signedInBy(copy)).toBe('identify');
    expect(await signedInBy(key)).not.toBe('identify');
  });

  it('ends every session and the password, once under any parallelism; looking changes nothing', async () => {
    const lan = await provider.addPerson();
    const { own, thief, first, link } = await toldAbout(lan);
    const mailReader = browserAt(provider.issuer);
    const page = await mailReader.get(link);
    expect([page.status, page.name]).toEqual([200, 'not-me']);
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    expect((await mailReader.get(link)).status).toBe(200);
    expect((await mailReader.post(link, { csrf: 'x' }, { origin: 'https://evil.example' })).status).toBe(403);
    // A form of another browser's, or an old one: the button is shown again.
    expect(await mailReader.post(link, { csrf: 'x' })).toMatchObject({ status: 200, name: 'not-me' });
    expect(await isSignedIn(thief)).toBe(true);

    const pressed = await Promise.all(Array.from({ length: 50 }, () => mailReader.fork().submit(page)));
    const statuses = pressed.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 410)]);
    const done = pressed.find(({ status }) => status === 200);
    expect(done?.name).toBe('not-me-done');

    for (const browser of [own, thief]) expect(await isSignedIn(browser)).toBe(false);
    const again = await signIn(thief, (await portal.client.begin()).url, lan);
    expect([again.status, again.name]).toEqual([422, 'identify']);
    // The link in the other mail is used up as well: it must not end what comes after.
    expect((await mailReader.get(first)).status).toBe(410);
    expect((await mailReader.get(link)).status).toBe(410);
    expect((await mails.mail(lan.email, 1, 'đã được bảo vệ')).text).toContain(lan.email);
    await allMailsOut();
    expect(mails.to(lan.email)).toHaveLength(3);
    const kinds = await provider.database.dataSource.query(
      `SELECT kind, details FROM audit_event WHERE about_account_id = $1 AND kind NOT LIKE 'p%' ORDER BY sequence`,
      [lan.accountId],
    );
    expect(kinds).toEqual([
      { kind: 'device-reported', details: {} },
      { kind: 'sessions-ended', details: { because: 'device-reported' } },
    ]);
  });

  it('leads on to a new password, and from then on a browser known before is new', async () => {
    const lan = await provider.addPerson();
    const { own, thief, link } = await toldAbout(lan);
    const done = await own.submit(await own.get(link));
    const recover = await follow(own, done, '/recover');
    const recovering = await own.submit(recover, { email: lan.email });
    const choose = await own.submit(recovering, { code: await mails.code(lan.email) });
    expect((await own.submit(choose, { new_password: newPassword })).name).toBe('recovered');
    // Known by its cookie, and a stranger all the same.
    await signInAtPortal(thief, { ...lan, password: newPassword });
    expect((await mails.mail(lan.email, 3, 'Đăng nhập mới')).text).toContain('14 ngày');
  });

  it('is over after fourteen days, and for what nobody sent', async () => {
    const lan = await provider.addPerson();
    await signInAtPortal(browserAt(provider.issuer), lan);
    const link = await mails.link(lan.email, '/account/not-me');
    const browser = browserAt(provider.issuer);
    const page = await browser.get(link);
    await provider.database.dataSource.query(
      `UPDATE sign_in_device SET report_until = report_until - interval '14 days' WHERE account_id = $1`,
      [lan.accountId],
    );
    for (const answer of [
      await browser.get(link),
      await browser.submit(page),
      await browser.get(`${provider.issuer}/account/not-me/nobody`),
    ]) {
      expect([answer.status, answer.name]).toEqual([410, 'error']);
    }
    await signInAtPortal(browserAt(provider.issuer), lan);
  });

  it('keeps no token in clear', async () => {
    const lan = await provider.addPerson();
    await signInAtPortal(browserAt(provider.issuer), lan);
    const token = (await mails.link(lan.email, '/account/not-me')).split('/').at(-1) ?? '';
    const rows = await provider.database.dataSource.query(
      `SELECT row_to_json(d)::text AS text FROM sign_in_device d WHERE account_id = $1`,
      [lan.accountId],
    );
    expect(token).toHaveLength(43);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
  });
});
