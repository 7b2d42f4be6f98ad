import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions, offeredSeed, shownByApp } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { moveOn } from '../support/journey.ts';
import { type MovableTime, movableTime } from '../support/movable-time.ts';
import { type EquippedPerson, equipPeople, type Outfit } from '../support/people.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { routesOf } from '../support/routes.ts';

const methods = '/account/sign-in-methods';

let provider: TestInstallation;
let equip: (outfit: Outfit) => Promise<EquippedPerson>;
let time: MovableTime;

beforeAll(async () => {
  time = movableTime();
  provider = await startInstallation();
  equip = equipPeople(provider);
});
afterAll(async () => {
  await provider.close();
  time.restore();
});

/** Proves all the person has, on the way to their sign-in methods. */
async function atMethods(
  person: EquippedPerson,
): Promise<{ readonly browser: PlainBrowser; readonly page: PlainPage }> {
  const browser = browserAt(provider.issuer);
  let page = await browser.get(`${provider.issuer}${methods}`);
  const [key] = person.keys;
  if (!person.hasPassword) {
    const response = key?.authenticator.get(ceremonyOptions(page)) ?? '';
    page = await browser.submit(page, { response }, ceremonyForm(page));
  } else page = await signIn(browser, page, person);
  if (page.name === 'second-factor') page = await browser.submit(page, { code: shownByApp(person.seeds[0] ?? '') });
  page = await moveOn(browser, page);
  expect([page.name, new URL(page.url).pathname]).toEqual(['sign-in-methods', methods]);
  return { browser, page };
}

/** The addresses of what is listed. */
const listed = ({ html }: PlainPage): readonly string[] =>
  [...html.matchAll(/href="(\/account\/sign-in-methods\/[^"/]+)"/g)]
    .map(([, href = '']) => href)
    .filter((href) => !href.endsWith('/recovery-codes'));

async function rowsOf({ accountId }: EquippedPerson): Promise<number> {
  const [row] = await provider.database.dataSource.query(
    `SELECT (SELECT count(*) FROM passkey WHERE account_id = $1)::int
       + (SELECT count(*) FROM totp_authenticator WHERE account_id = $1)::int AS count`,
    [accountId],
  );
  return row.count;
}

const url = (path: string): string => `${provider.issuer}${path}`;

describe('what others sign in with', () => {
  it('is not there, whatever address is typed', async () => {
    const [lan, minh, tam] = [await equip('app'), await equip('app'), await equip('passkey')];
    const [hers, his, theirs] = [await atMethods(lan), await atMethods(minh), await atMethods(tam)];
    const foreign = [...listed(his.page), ...listed(theirs.page)];
    expect(foreign).toHaveLength(2);
    const [own = ''] = listed(hers.page);
    const renaming = await hers.browser.get(url(own));
    const csrf = renaming.forms[0]?.fields['csrf'] ?? '';
    for (const path of foreign) {
      const answers = [
        await hers.browser.get(url(path)),
        await hers.browser.get(url(`${path}/remove`)),
        await hers.browser.post(url(`${path}/remove`), { csrf }),
        await hers.browser.post(url(`${path}/rename`), { csrf, name: 'Mine now' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    }
    expect([await rowsOf(lan), await rowsOf(minh), await rowsOf(tam)]).toEqual([1, 1, 1]);
    const after = await his.browser.get(url(methods));
    expect(after.html).not.toContain('Mine now');
    // With the same token her own is renamed: it was the id that was refused.
    expect((await hers.browser.post(url(`${own}/rename`), { csrf, name: 'Mine' })).html).toContain('Mine');
  });
});

describe('the last way in', () => {
  it('stays, by whatever address it is removed', async () => {
    const lan = await equip('passkey-only');
    const { browser, page } = await atMethods(lan);
    const [path = ''] = listed(page);
    const shown = await browser.get(url(path));
    const csrf = shown.forms[0]?.fields['csrf'] ?? '';
    await browser.post(url(`${path}/remove`), { csrf });
    expect(await rowsOf(lan)).toBe(1);
  });

  it('stays where two are removed at the same moment', async () => {
    const lan = await equip('passkey-only');
    const { browser, page } = await atMethods(lan);
    const adding = await browser.get(url(`${methods}/add/passkey`));
    const response = lan.keys[0]?.authenticator.create(ceremonyOptions(adding)) ?? '';
    const both = await browser.submit(adding, { response }, ceremonyForm(adding));
    expect(await rowsOf(lan)).toBe(2);
    const csrf = page.forms[0]?.fields['csrf'] ?? both.forms[0]?.fields['csrf'] ?? '';
    const removals = await Promise.all(
      listed(both).map(async (path) => {
        const asking = await browser.get(url(`${path}/remove`));
        return () => browser.post(url(`${path}/remove`), { csrf: asking.forms[0]?.fields['csrf'] ?? csrf });
      }),
    );
    await Promise.all(removals.map((remove) => remove()));
    expect(await rowsOf(lan)).toBe(1);
  });
});

describe('a change of sign-in methods', () => {
  it('is asked for by this browser’s own form only', async () => {
    const lan = await equip('app');
    const { browser, page } = await atMethods(lan);
    const [own = ''] = listed(page);
    const adding = await browser.get(url(`${methods}/add/totp`));
    const offer = adding.forms.find(({ fields }) => 'offer' in fields)?.fields['offer'] ?? '';
    const good = { offer, code: shownByApp(offeredSeed(adding)), decision: 'renew', name: 'Forged', response: '{}' };
    const stranger = await atMethods(await equip('password'));
    const foreignToken = (await stranger.browser.get(url(`${methods}/add/totp`))).forms[0]?.fields['csrf'] ?? '';
    const posts = routesOf(provider).filter(({ method, path }) => method === 'POST' && path.startsWith(methods));
    expect(posts.length).toBeGreaterThanOrEqual(6);
    for (const { path } of posts) {
      const to = url(path.replace(`${methods}/:id`, own));
      const foreign = await browser.post(to, { ...good, csrf: '' }, { origin: 'https://evil.example' });
      expect([path, foreign.status]).toEqual([path, 403]);
      for (const csrf of ['', 'guessed', foreignToken]) {
        expect([path, (await browser.post(to, { ...good, csrf })).status >= 400]).toEqual([path, true]);
      }
    }
    const after = await browser.get(url(methods));
    expect(after.html).not.toContain('Forged');
    expect(await rowsOf(lan)).toBe(1);
    const sql = `SELECT kind FROM audit_event WHERE about_account_id = $1 AND kind ~ 'authenticator|recovery-codes'`;
    expect(await provider.database.dataSource.query(sql, [lan.accountId])).toEqual([]);
  });

  it('needs fresh proof of all there is: a session left open sees the list and changes nothing', async () => {
    const lan = await equip('app');
    const { browser, page } = await atMethods(lan);
    const [own = ''] = listed(page);
    const asking = await browser.get(url(`${own}/remove`));
    time.pass(16 * 60);
    expect((await browser.get(url(methods))).name).toBe('sign-in-methods');
    const csrf = asking.forms[0]?.fields['csrf'] ?? '';
    const changes = routesOf(provider).filter(({ path }) => path.startsWith(`${methods}/`));
    for (const { method, path } of changes) {
      const to = url(path.replace(`${methods}/:id`, own));
      const answer = method === 'GET' ? await browser.get(to) : await browser.post(to, { csrf, name: 'Late' });
      expect([method, path, answer.name]).toEqual([method, path, 'identify']);
    }
    expect(await rowsOf(lan)).toBe(1);
  });
});
