import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import type { PlainBrowser } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { type Played, standardPortal } from '../support/portals.ts';

let provider: TestInstallation;
let lan: TestPerson;
let minh: TestPerson;
let portals: readonly [Played, Played];
let browser: PlainBrowser;
let subjects: Map<string, string>;

beforeAll(async () => {
  provider = await startInstallation();
  [lan, minh] = [await provider.addPerson(), await provider.addPerson()];
  portals = [await standardPortal(provider), await standardPortal(provider)];
  subjects = new Map();
  for (const { client } of portals) {
    for (const person of [lan, minh]) {
      const { sub = '' } = (await client.signIn(browserAt(provider.issuer), person)).claims() ?? {};
      subjects.set(`${client.clientId} ${person.accountId}`, sub);
    }
  }
});
beforeEach(() => {
  browser = browserAt(provider.issuer);
});
afterAll(() => provider.close());

const subjectOf = (person: TestPerson, { client }: Played) => subjects.get(`${client.clientId} ${person.accountId}`);

describe('two tabs of one browser', () => {
  it.each<[string, number, () => TestPerson]>([
    ['the same person at the same portal', 0, () => lan],
    ['the same person at another portal', 1, () => lan],
    ['another person at the same portal', 0, () => minh],
    ['another person at another portal', 1, () => minh],
  ])('%s: each tab ends as the one who typed there', async (_what, index, personOf) => {
    const [here] = portals;
    const there = portals[index] ?? here;
    const [first, second] = [await here.client.begin(), await there.client.begin()];
    const [tabA, tabB] = [await browser.get(first.url), await browser.get(second.url)];
    const inA = await signIn(browser, tabA, lan);
    expect((await here.client.redeem(first, inA.url)).claims()?.sub).toBe(subjectOf(lan, here));
    const inB = await signIn(browser, tabB, personOf(), { decision: 'another' });
    expect((await there.client.redeem(second, inB.url)).claims()?.sub).toBe(subjectOf(personOf(), there));
    const silent = await there.client.begin({ prompt: 'none' });
    const now = await there.client.redeem(silent, (await browser.get(silent.url)).url);
    expect(now.claims()?.sub).toBe(subjectOf(personOf(), there));
  });

  it('a double click signs in once and ends at the portal', async () => {
    const [{ client }] = portals;
    const login = await client.begin();
    const page = await browser.get(login.url);
    const fields = { identifier: lan.email, password: lan.password };
    const pages = await Promise.all([browser.submit(page, fields), browser.submit(page, fields)]);
    const ends = [];
    for (const { refresh, url } of pages)
      if (refresh !== undefined) ends.push(await browser.get(new URL(refresh, url).href));
    expect(ends.some(({ url }) => url.includes('code='))).toBe(true);
    for (const { status } of [...pages, ...ends]) expect(status).toBeLessThan(500);
  });

  it('reloading any page of a login shows it again', async () => {
    const [{ client }] = portals;
    const page = await browser.get((await client.begin()).url);
    expect(await browser.get(page.url)).toMatchObject({ status: 200, name: 'identify' });
    const moving = await browser.submit(page, { identifier: lan.email, password: lan.password });
    const again = await browser.get(moving.url);
    expect(again).toMatchObject({ status: 200, refresh: moving.refresh });
  });
});
