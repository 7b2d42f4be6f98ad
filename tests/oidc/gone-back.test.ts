import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { answerOf, type Played, standardPortal } from '../support/portals.ts';
import { routesOf } from '../support/routes.ts';

const home = 'https://portal.example.vn/start';

let provider: TestInstallation;
let lan: TestPerson;
let played: Played;
let browser: PlainBrowser;
let page: PlainPage;
let uid: string;

beforeAll(async () => {
  provider = await startInstallation();
  lan = await provider.addPerson();
  played = await standardPortal(provider, { metadata: { client_uri: home } });
});
beforeEach(async () => {
  browser = browserAt(provider.issuer);
  page = await browser.get((await played.client.begin()).url);
  uid = new URL(page.url).pathname.split('/').pop() ?? '';
});
afterAll(() => provider.close());

const heading = (shown: PlainPage): string => /<h1[^>]*>([^<]*)/.exec(shown.html)?.[1] ?? '';
const english = { 'accept-language': 'en' };

async function expire(): Promise<void> {
  await provider.database.dataSource.query(
    `UPDATE oidc_transient SET expires_at = now() - interval '1 minute',
       payload = jsonb_set(payload, '{exp}', to_jsonb(extract(epoch FROM now())::bigint - 60))
     WHERE model = 'Interaction'`,
  );
}

/** Every route a login has, at the address of this one. */
function stepsOf(login: string) {
  const steps = routesOf(provider).filter(({ path }) => path.startsWith('/interaction/:uid'));
  expect(steps.length).toBeGreaterThanOrEqual(5);
  return steps.map(({ method, path }) => ({ method, url: `${provider.issuer}${path.replace(':uid', login)}` }));
}

async function visitAll(by: PlainBrowser, login: string) {
  const answers = [];
  for (const { method, url } of stepsOf(login)) {
    const answer = method === 'GET' ? await by.get(url, english) : await by.post(url, {}, english);
    answers.push({ status: answer.status, name: answer.name, heading: heading(answer), html: answer.html });
  }
  return answers;
}

describe('Back to a login that is over', () => {
  it('tells that it is finished, and leads to the portal', async () => {
    await signIn(browser, page.url, lan);
    for (const url of [`${provider.issuer}/interaction/${uid}`, `${provider.issuer}/auth/${uid}`]) {
      const back = await browser.get(url, english);
      expect(back).toMatchObject({ status: 410, name: 'gone-back' });
      expect(heading(back)).toBe('This sign-in is already finished');
      expect(back.html).toContain(`href="${home}"`);
    }
  });

  it('a second submit of the same form lands there too', async () => {
    await signIn(browser, page.url, lan);
    const again = await browser.submit(page, { identifier: lan.email, password: lan.password });
    expect(again).toMatchObject({ status: 410, name: 'gone-back' });
  });

  it('tells that it was stopped', async () => {
    const cancelling = page.forms.findIndex(({ action }) => action.endsWith('/cancel'));
    const stopped = await browser.submit(page, {}, cancelling);
    const returned = await browser.get(new URL(stopped.refresh ?? '', stopped.url).href);
    expect(answerOf(returned.url)).toMatchObject({ error: 'access_denied' });
    expect(heading(await browser.get(page.url, english))).toBe('You stopped this sign-in');
  });

  it('every step of one that timed out says so, with the way to the portal', async () => {
    await expire();
    for (const answer of await visitAll(browser, uid)) {
      expect(answer).toMatchObject({ status: 410, name: 'gone-back', heading: 'This sign-in page has timed out' });
      expect(answer.html).toContain(`href="${home}"`);
    }
  });

  it('every step of one whose person signed out meanwhile says so', async () => {
    await signIn(browser, page.url, lan);
    const asked = await browser.get((await played.client.begin({ prompt: 'login' })).url);
    expect(asked.name).toBe('identify');
    const otherTab = browser.fork();
    await otherTab.submit(await otherTab.get(`${provider.issuer}/session/end`));
    for (const answer of await visitAll(browser, new URL(asked.url).pathname.split('/').pop() ?? '')) {
      expect(answer).toMatchObject({ status: 410, name: 'gone-back' });
    }
  });
});

describe('a login of somebody else', () => {
  it('every step refuses another browser, and tells nothing of it', async () => {
    const stranger = browserAt(provider.issuer);
    for (const answer of await visitAll(stranger, uid)) {
      expect(answer).toMatchObject({ status: 400, name: 'error' });
      expect(answer.heading).toBe('Continue in the browser where you started');
      expect(answer.html).not.toContain(played.portal.name.en);
      expect(answer.html).not.toContain(home);
    }
    expect((await stranger.get(`${provider.issuer}/auth/${uid}`)).status).toBe(400);
    // And the one who began it goes on undisturbed.
    expect((await signIn(browser, page.url, lan)).url).toContain('code=');
  });

  it('a browser with a login of its own is no better', async () => {
    const stranger = browserAt(provider.issuer);
    await stranger.get((await played.client.begin()).url);
    const [own] = [...stranger.cookies].filter(([name]) => name.startsWith('interaction\n'));
    const [signature] = [...stranger.cookies].filter(([name]) => name.startsWith('interaction.sig\n'));
    const path = `/interaction/${uid}`;
    stranger.cookies.set(`interaction\n${path}`, { value: own?.[1].value ?? '', path });
    stranger.cookies.set(`interaction.sig\n${path}`, { value: signature?.[1].value ?? '', path });
    expect(await stranger.get(page.url)).toMatchObject({ status: 400, name: 'error' });
  });

  it('a cookie nobody signed is no cookie', async () => {
    const stranger = browserAt(provider.issuer);
    const path = `/interaction/${uid}`;
    stranger.cookies.set(`interaction\n${path}`, { value: uid, path });
    expect(await stranger.get(page.url)).toMatchObject({ status: 400, name: 'error' });
  });
});

describe('a bookmarked login page', () => {
  it('has timed out, whatever its address, and leads to where one starts', async () => {
    for (const login of ['nothing-like-it', 'x'.repeat(500), '%00', 'a%2Fb']) {
      for (const answer of await visitAll(browserAt(provider.issuer), login)) {
        expect(answer).toMatchObject({ status: 410, name: 'error', heading: 'This page has timed out' });
        expect(answer.html).toContain('href="/account"');
      }
    }
  });
});
