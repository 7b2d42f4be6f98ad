import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { endAccountSession } from '../../src/oidc/account-session-repository.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { follow } from '../support/journey.ts';
import { type LogoutListener, logoutListener } from '../support/logout-listener.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { answerOf, type Played, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let listener: LogoutListener;
let portal: Played;

beforeAll(async () => {
  provider = await startInstallation();
  listener = await logoutListener();
  portal = await standardPortal(provider, {
    name: { vi: 'Cổng Hòa Sơn', en: 'Hoa Son portal', fr: 'Portail Hoa Son' },
    metadata: { backchannel_logout_uri: listener.uri },
  });
});
afterAll(async () => {
  await provider.close();
  await listener.close();
});

const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
const safari = {
  'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1',
};

/** A browser that says of itself what it is. */
function browserOf(headers: Readonly<Record<string, string>>): PlainBrowser {
  const browser = browserAt(provider.issuer);
  return {
    ...browser,
    get: (url) => browser.get(url, headers),
    post: (url, fields) => browser.post(url, fields, headers),
    submit: (page, fields = {}, index = 0) => {
      const form = page.forms[index];
      if (!form) throw new Error(`no form ${index} on ${page.name}`);
      return browser.post(new URL(form.action, page.url).href, { ...form.fields, ...fields }, headers);
    },
  };
}

const sessionsAt = `/account/sessions`;
const listedIn = (browser: PlainBrowser): Promise<PlainPage> => browser.get(`${provider.issuer}${sessionsAt}`);
const headingsOf = ({ html }: PlainPage): readonly string[] =>
  Array.from(html.matchAll(/<h2>([^<]*)<\/h2>/g), ([, heading = '']) => heading);
const wayOut = ({ forms }: PlainPage): number => forms.findIndex(({ action }) => action.endsWith('/sign-out'));
const isSignedIn = async (browser: PlainBrowser): Promise<boolean> =>
  answerOf((await browser.get((await portal.client.begin({ prompt: 'none' })).url)).url)['error'] === undefined;

async function signedInTwice() {
  const lan = await provider.addPerson();
  const [here, there] = [browserOf(firefox), browserOf(safari)];
  const home = await signIn(here, `${provider.issuer}/account`, lan);
  const tokens = await portal.client.signIn(there, lan, { scope: 'openid offline_access', prompt: 'consent' });
  return { lan, here, there, home, tokens };
}

describe('where a person is signed in', () => {
  it('shows each browser, this one first, and what it was used for', async () => {
    const { here, there, home } = await signedInTwice();
    const list = await follow(here, home, sessionsAt);
    expect([list.status, list.name]).toEqual([200, 'sessions']);
    expect(headingsOf(list).slice(0, 2)).toEqual(['Firefox trên Linux', 'Safari trên iPhone']);
    expect(list.html.indexOf('Bạn đang dùng trình duyệt này')).toBeLessThan(list.html.indexOf('Safari'));
    expect(list.html).toContain('Cổng Hòa Sơn');
    // Signing on to a portal from one's own account is the same session once more.
    await portal.client.begin().then(({ url }) => here.get(url));
    expect(headingsOf(await listedIn(here)).slice(0, 2)).toEqual(['Firefox trên Linux', 'Safari trên iPhone']);
    expect(headingsOf(await listedIn(there)).slice(0, 2)).toEqual(['Safari trên iPhone', 'Firefox trên Linux']);
  });

  it('signs the other one out for good: its portal is told, its tokens end, and it must sign in again', async () => {
    const { lan, here, there, tokens } = await signedInTwice();
    const before = there.fork();
    const list = await listedIn(here);
    const done = await here.submit(list, {}, wayOut(list));
    expect(done.name).toBe('sessions');
    expect(done.html).toContain('Đã đăng xuất ở nơi đó');
    expect(headingsOf(done)).not.toContain('Safari trên iPhone');

    const { sid } = decodeJwt((await listener.next()).token);
    expect(sid).toBe(tokens.claims()?.['sid']);
    expect(await isSignedIn(there)).toBe(false);
    expect((await before.get(`${provider.issuer}/account`)).name).toBe('identify');
    expect((await here.get(`${provider.issuer}/account`)).name).toBe('account');
    await expect(
      openid.refreshTokenGrant(portal.client.configuration, tokens.refresh_token ?? ''),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
    const events = await provider.database.dataSource.query(
      `SELECT details FROM audit_event WHERE about_account_id = $1 AND kind = 'session-ended-remotely'`,
      [lan.accountId],
    );
    expect(events).toEqual([{ details: {} }]);
  });

  it('says so kindly of one that is over, and ends it once', async () => {
    const { lan, here } = await signedInTwice();
    const list = await listedIn(here);
    const pressed = await Promise.all(Array.from({ length: 10 }, () => here.fork().submit(list, {}, wayOut(list))));
    const words = pressed.map(({ html }) => (html.includes('Đã đăng xuất ở nơi đó') ? 'signed-out' : 'over'));
    expect(words.filter((word) => word === 'signed-out')).toHaveLength(1);
    expect(pressed.every(({ html }) => /Đã đăng xuất ở nơi đó|đã được đăng xuất từ trước/.test(html))).toBe(true);
    const [{ count }] = await provider.database.dataSource.query(
      `SELECT count(*)::int FROM audit_event WHERE about_account_id = $1 AND kind = 'session-ended-remotely'`,
      [lan.accountId],
    );
    expect(count).toBe(1);
    await listener.next();
  });

  it('does nothing with a handle of somebody else’s', async () => {
    const [lan, minh] = [await signedInTwice(), await signedInTwice()];
    const theirs = (await listedIn(lan.here)).forms[0]?.action ?? '';
    const mine = await listedIn(minh.here);
    const answer = await minh.here.post(`${provider.issuer}${theirs}`, mine.forms[0]?.fields ?? {});
    expect(answer.name).toBe('sessions');
    expect(answer.html).toContain('đã được đăng xuất từ trước');
    for (const garbage of ['x', '%00', '..%2f', 'a'.repeat(5000)]) {
      const refused = await minh.here.post(
        `${provider.issuer}/account/sessions/${garbage}/sign-out`,
        mine.forms[0]?.fields ?? {},
      );
      expect(refused.status).toBeLessThan(500);
    }
    for (const browser of [lan.here, lan.there, minh.here, minh.there]) expect(await isSignedIn(browser)).toBe(true);
  });

  it('can’t be ended in another account’s name, even by its uid', async () => {
    const [lan, minh] = [await signedInTwice(), await signedInTwice()];
    const [{ uid }] = await provider.database.dataSource.query(`SELECT uid FROM oidc_session WHERE account_id = $1`, [
      lan.lan.accountId,
    ]);
    const end = { accountId: minh.lan.accountId, uid, at: new Date() };
    expect(await endAccountSession(provider.database.dataSource.manager, end)).toBeUndefined();
    for (const browser of [lan.here, lan.there]) expect(await isSignedIn(browser)).toBe(true);
  });

  it('is asked for by this browser’s own form only', async () => {
    const { here, there } = await signedInTwice();
    const list = await listedIn(here);
    const { action = '', fields = {} } = list.forms[wayOut(list)] ?? {};
    const plain = here.fork();
    for (const attempt of [
      plain.post(`${provider.issuer}${action}`, {}),
      plain.post(`${provider.issuer}${action}`, { csrf: 'x' }),
      plain.post(`${provider.issuer}${action}`, { ...fields }, { origin: 'https://evil.example' }),
      // Another session's form, of the same person.
      there.post(`${provider.issuer}${action}`, { ...fields }),
    ]) {
      expect((await attempt).status).toBe(403);
    }
    expect((await plain.get(`${provider.issuer}${action}`)).url).toBe(`${provider.issuer}${sessionsAt}`);
    expect(await isSignedIn(there)).toBe(true);
    expect((await browserAt(provider.issuer).get(`${provider.issuer}${sessionsAt}`)).name).toBe('identify');
  });

  it('shows no id that anything is bound to, and keeps no User-Agent', async () => {
    const { lan, here } = await signedInTwice();
    const { html } = await listedIn(here);
    const sessions = await provider.database.dataSource.query(
      `SELECT uid, payload, authorizations FROM oidc_session WHERE account_id = $1`,
      [lan.accountId],
    );
    expect(sessions).toHaveLength(2);
    for (const { uid, authorizations } of sessions) {
      expect(html).not.toContain(uid);
      for (const { sid } of Object.values<{ sid?: string }>(authorizations)) expect(html).not.toContain(sid ?? uid);
    }
    const devices = await provider.database.dataSource.query(
      `SELECT device_sealed FROM sign_in_device WHERE account_id = $1`,
      [lan.accountId],
    );
    expect(devices).toHaveLength(2);
    expect(JSON.stringify([devices, sessions])).not.toMatch(/Firefox|Safari|Gecko/);
    for (const { device_sealed } of devices) expect(String(device_sealed)).not.toMatch(/Firefox|Safari/);
  });

  it('lists fifty, and says that there are more', async () => {
    const { lan, here } = await signedInTwice();
    await provider.database.dataSource.query(
      `INSERT INTO oidc_session (uid, account_id, login_at, payload, authorizations, created_at, expires_at)
       SELECT 'copy ' || n, account_id, login_at + n, payload, '{}', created_at, expires_at
       FROM (SELECT * FROM oidc_session WHERE account_id = $1 LIMIT 1) AS one, generate_series(1, 60) AS n`,
      [lan.accountId],
    );
    const list = await listedIn(here);
    expect(list.html.match(/class="dd-session"/g)).toHaveLength(50);
    expect(headingsOf(list)[0]).toBe('Firefox trên Linux');
    expect(list.html).toContain('Chỉ liệt kê 50 nơi gần đây nhất');
  });

  it('leaves out what was ended with all the others, and sessions from before devices were kept stay unknown', async () => {
    const { lan, here } = await signedInTwice();
    const { dataSource } = provider.database;
    await dataSource.query('DELETE FROM sign_in_device WHERE account_id = $1', [lan.accountId]);
    expect(headingsOf(await listedIn(here)).slice(0, 2)).toEqual([
      'Trình duyệt không xác định',
      'Trình duyệt không xác định',
    ]);
    await dataSource.query(
      `UPDATE oidc_session SET login_at = login_at - 3600 WHERE account_id = $1 AND authorizations::text LIKE $2`,
      [lan.accountId, `%${portal.portal.clientId}%`],
    );
    expect((await listedIn(here)).html.match(/class="dd-session"/g)).toHaveLength(1);
  });
});
