import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions, offeredSeed, shownByApp } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { follow, moveOn } from '../support/journey.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import { type EquippedPerson, equipPeople, type Outfit } from '../support/people.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';

let provider: TestInstallation;
let client: PortalClient;
let equip: (outfit: Outfit) => Promise<EquippedPerson>;
let time: MovableTime;

beforeAll(async () => {
  time = movableTime();
  provider = await startInstallation();
  client = await portalClient(provider.issuer, await provider.addPortal());
  equip = equipPeople(provider);
});
afterAll(async () => {
  await provider.close();
  time.restore();
});

const codeOf = ({ seeds: [seed = ''] }: EquippedPerson): string => shownByApp(seed);
const answered = ({ keys: [key] }: EquippedPerson, page: PlainPage): string =>
  key?.authenticator.get(ceremonyOptions(page)) ?? '';

/** A login of a new browser, the password typed. */
async function typed(person: EquippedPerson, parameters?: Record<string, string>) {
  const browser = browserAt(provider.issuer);
  const login = await client.begin(parameters);
  return { browser, login, page: await signIn(browser, login.url, person) };
}

const pathOf = ({ url }: PlainPage): string => /.*\/interaction\/[^/]+/.exec(url)?.[0] ?? '';
const tokenOf = ({ forms }: PlainPage): string => forms[0]?.fields['csrf'] ?? '';

async function eventsOf({ accountId }: EquippedPerson, kind: string): Promise<number> {
  const sql = 'SELECT count(*)::int AS count FROM audit_event WHERE about_account_id = $1 AND kind = $2';
  return (await provider.database.dataSource.query(sql, [accountId, kind]))[0].count;
}

const isThrough = async (browser: PlainBrowser, page: PlainPage): Promise<boolean> =>
  (await moveOn(browser, await browser.get(pathOf(page)))).url.includes('code=');

describe('a second factor that was asked for', () => {
  it('is not got round by typing any address of the login', async () => {
    const { browser, page } = await typed(await equip('app'));
    const uid = pathOf(page).split('/').pop();
    const paths = [
      '',
      '/identify',
      '/enroll/totp',
      '/enroll/passkey',
      '/enroll/security-key',
      '/second-factor/passkey',
    ];
    const urls = [...paths.map((path) => `${pathOf(page)}${path}`), `${provider.issuer}/auth/${uid}`];
    for (const url of urls) expect([url, (await browser.get(url)).url.includes('code=')]).toEqual([url, false]);
    const csrf = tokenOf(page);
    for (const step of ['account', 'enroll', 'release']) {
      for (const decision of ['continue', 'another', 'later', 'allow']) {
        await browser.post(`${pathOf(page)}/${step}`, { csrf, decision });
      }
    }
    expect(await isThrough(browser, page)).toBe(false);
  });

  it('is not the code of somebody else, nor their recovery code, nor their key', async () => {
    const [lan, minh, tam] = [await equip('app'), await equip('app'), await equip('security-key')];
    const { browser, page } = await typed(lan);
    expect(await browser.submit(page, { code: codeOf(minh) })).toMatchObject({ name: 'second-factor', status: 422 });
    const paper = await follow(browser, page, '/recovery-code');
    expect((await browser.submit(paper, { code: minh.recoveryCodes[0] ?? '' })).status).toBe(422);
    const his = await typed(tam);
    const theirs = await typed(await equip('security-key'));
    const response = tam.keys[0]?.authenticator.get({
      ...ceremonyOptions<object>(theirs.page),
      allowCredentials: [],
    } as never);
    const refused = await theirs.browser.submit(theirs.page, { response: response ?? '' }, ceremonyForm(theirs.page));
    expect(refused).toMatchObject({ name: 'second-factor', status: 422 });
    for (const { browser: at, page: shown } of [{ browser, page }, theirs, his]) {
      expect(await isThrough(at, shown)).toBe(false);
    }
    expect(await eventsOf(minh, 'second-factor-proved')).toBe(0);
  });

  it('takes a challenge made for this very login, ceremony and person', async () => {
    const lan = await equip('security-key');
    const [one, two] = [await typed(lan), await typed(lan)];
    const identify = await browserAt(provider.issuer).get((await client.begin()).url);
    const signInHere = await browserAt(provider.issuer).get((await client.begin()).url);
    for (const from of [two.page, identify, signInHere]) {
      const options = { ...ceremonyOptions<object>(from), allowCredentials: [] } as never;
      const response = lan.keys[0]?.authenticator.get(options) ?? '';
      const refused = await one.browser.submit(one.page, { response }, ceremonyForm(one.page));
      expect(refused).toMatchObject({ name: 'second-factor', status: 422 });
    }
    expect(await eventsOf(lan, 'second-factor-proved')).toBe(0);
    // The same key, without a password, is nobody's.
    const alone = await identifyWith(signInHere);
    expect(alone).toMatchObject({ name: 'identify', status: 422 });
    const passed = await one.browser.submit(one.page, { response: answered(lan, one.page) }, ceremonyForm(one.page));
    expect(await isThrough(one.browser, passed)).toBe(true);

    async function identifyWith(page: PlainPage): Promise<PlainPage> {
      const browser = browserAt(provider.issuer);
      const own = await browser.get((await client.begin()).url);
      return browser.submit(own, { response: answered(lan, own) }, ceremonyForm(page));
    }
  });

  it('is that of the account whose password came last', async () => {
    const [lan, minh] = [await equip('app'), await equip('app')];
    const begun = await client.begin();
    const browser = browserAt(provider.issuer);
    const identify = await browser.get(begun.url);
    const ofLan = await browser.submit(identify, { identifier: lan.email, password: lan.password });
    expect(ofLan.name).toBe('second-factor');
    const ofMinh = await browser.submit(identify, { identifier: minh.email, password: minh.password });
    expect(ofMinh.name).toBe('second-factor');
    expect(await browser.submit(ofLan, { code: codeOf(lan) })).toMatchObject({ status: 422 });
    const done = await moveOn(browser, await browser.submit(ofLan, { code: codeOf(minh) }));
    const { sub } = (await client.redeem(begun, done.url)).claims() ?? {};
    const [row] = await provider.database.dataSource.query(
      'SELECT a.id FROM account a JOIN pairwise_subject p ON p.subject_ref = a.subject_ref WHERE p.sub = $1',
      [sub],
    );
    expect(row.id).toBe(minh.accountId);
    expect(await eventsOf(lan, 'second-factor-proved')).toBe(0);
  });

  it('of one account lends nothing to another that has none', async () => {
    const [lan, minh] = [await equip('app'), await equip('password')];
    const login = await client.begin({ acr_values: 'phr' });
    const browser = browserAt(provider.issuer);
    const identify = await browser.get(login.url);
    const asked = await browser.submit(identify, { identifier: lan.email, password: lan.password });
    expect((await browser.submit(asked, { code: codeOf(lan) })).name).toBe('enroll');
    const offer = await browser.submit(identify, { identifier: minh.email, password: minh.password });
    const later = offer.forms.findIndex(({ fields }) => fields['decision'] === 'later');
    const done = await moveOn(browser, await browser.submit(offer, {}, later));
    expect((await client.redeem(login, done.url)).claims()).toMatchObject({ aal: 'aal1', amr: ['pwd'] });
  });

  it('is taken from the login’s own form only', async () => {
    const [lan, tam] = [await equip('app'), await equip('security-key')];
    const [code, key] = [await typed(lan), await typed(tam)];
    const other = await typed(lan);
    for (const csrf of ['', 'guessed', tokenOf(other.page)]) {
      const stale = await code.browser.submit(code.page, { csrf, code: codeOf(lan) });
      expect(stale).toMatchObject({ name: 'second-factor', status: 403 });
      const response = answered(tam, key.page);
      expect((await key.browser.submit(key.page, { csrf, response }, ceremonyForm(key.page))).status).toBe(403);
    }
    expect(await eventsOf(lan, 'second-factor-proved')).toBe(0);
    expect(await eventsOf(tam, 'second-factor-proved')).toBe(0);
  });

  it('is not asked for again where the session has it', async () => {
    const lan = await equip('app');
    const { browser, page } = await typed(lan);
    await moveOn(browser, await browser.submit(page, { code: codeOf(lan) }));
    for (const parameters of [{}, { acr_values: 'aal2' }, { max_age: '3600' }]) {
      const login = await client.begin(parameters);
      const { url } = await browser.get(login.url);
      expect((await client.redeem(login, url)).claims()).toMatchObject({ aal: 'aal2', amr: ['mfa', 'otp', 'pwd'] });
    }
  });
});

describe('adding a factor', () => {
  it('does not begin or end where it was not offered', async () => {
    const lan = await equip('password');
    const offered = await typed(lan, { acr_values: 'aal2' });
    const adding = await follow(offered.browser, offered.page, '/totp');
    const offer = adding.forms.find(({ fields }) => 'offer' in fields)?.fields['offer'] ?? '';
    // Another browser of somebody who knows the password alone, at a portal that asks for nothing.
    const browser = browserAt(provider.issuer);
    const page = await browser.get((await client.begin()).url);
    const posted = { csrf: tokenOf(page), offer, code: shownByApp(offeredSeed(adding)) };
    for (const path of ['totp', 'passkey', 'security-key']) {
      const url = `${pathOf(page)}/enroll/${path}`;
      expect((await browser.get(url)).name).toBe('identify');
      expect((await browser.post(url, { ...posted, response: '{}' })).name).toBe('identify');
    }
    await browser.submit(page, { identifier: lan.email, password: lan.password });
    await browser.post(`${pathOf(page)}/enroll/totp`, posted);
    expect(await eventsOf(lan, 'authenticator-added')).toBe(0);
  });

  it('takes no offer that was made to somebody else', async () => {
    const [lan, minh] = [await equip('password'), await equip('password')];
    const [hers, his] = [await typed(lan, { acr_values: 'aal2' }), await typed(minh, { acr_values: 'aal2' })];
    const ofHers = await follow(hers.browser, hers.page, '/totp');
    const ofHis = await follow(his.browser, his.page, '/totp');
    const offer = ofHers.forms.find(({ fields }) => 'offer' in fields)?.fields['offer'] ?? '';
    const refused = await his.browser.submit(ofHis, { offer, code: shownByApp(offeredSeed(ofHers)) });
    expect(refused).toMatchObject({ name: 'add-totp', status: 422 });
    expect(await eventsOf(minh, 'authenticator-added')).toBe(0);
  });

  it('needs fresh proof: a session left open is not enough', async () => {
    const lan = await equip('password');
    const { browser } = await typed(lan);
    await moveOn(browser, await browser.get((await client.begin()).url));
    const begun = await client.begin({ acr_values: 'aal2' });
    const offer = await browser.get(begun.url);
    expect(offer.name).toBe('enroll');
    const adding = await follow(browser, offer, '/totp');
    time.pass(16 * 60);
    expect((await browser.get(`${pathOf(offer)}/enroll/totp`)).name).toBe('identify');
    const late = await browser.submit(adding, { code: shownByApp(offeredSeed(adding)) });
    expect(late.name).toBe('identify');
    expect((await browser.get((await client.begin({ acr_values: 'aal2' })).url)).name).toBe('identify');
    expect(await eventsOf(lan, 'authenticator-added')).toBe(0);
  });

  it('needs the second factor there is: a password alone adds no other', async () => {
    const lan = await equip('app');
    const { browser, page } = await typed(lan, { acr_values: 'phr' });
    for (const path of ['totp', 'passkey', 'security-key']) {
      expect((await browser.get(`${pathOf(page)}/enroll/${path}`)).name).toBe('second-factor');
    }
    expect(await eventsOf(lan, 'authenticator-added')).toBe(0);
  });
});

describe('a passkey of somebody who was suspended', () => {
  it('signs nobody in, and is no second factor', async () => {
    const [lan, minh] = [await equip('passkey-only'), await equip('security-key')];
    const browser = browserAt(provider.issuer);
    const identify = await browser.get((await client.begin()).url);
    const his = await typed(minh);
    const sql = `UPDATE account SET state = 'suspended' WHERE id = ANY($1)`;
    await provider.database.dataSource.query(sql, [[lan.accountId, minh.accountId]]);
    const answer = await browser.submit(identify, { response: answered(lan, identify) }, ceremonyForm(identify));
    expect(answer).toMatchObject({ name: 'identify', status: 422 });
    const second = await his.browser.submit(his.page, { response: answered(minh, his.page) }, ceremonyForm(his.page));
    expect(second.url).not.toContain('code=');
    expect(await isThrough(his.browser, his.page)).toBe(false);
    expect(await eventsOf(lan, 'passkey-login-succeeded')).toBe(0);
    expect(await eventsOf(minh, 'second-factor-proved')).toBe(0);
  });
});
