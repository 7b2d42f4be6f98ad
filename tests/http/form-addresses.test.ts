import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shownByApp } from '../support/factors.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { moveOn } from '../support/journey.ts';
import { type EquippedPerson, equipPeople } from '../support/people.ts';
import type { PlainBrowser } from '../support/plain-browser.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { type Played, standardPortal } from '../support/portals.ts';
import { routesOf } from '../support/routes.ts';

let provider: TestInstallation;
let played: Played;
let lan: EquippedPerson;

beforeAll(async () => {
  provider = await startInstallation();
  played = await standardPortal(provider);
  lan = await equipPeople(provider)('app');
});
afterAll(() => provider.close());

const url = (path: string): string => `${provider.issuer}${path}`;

/** Addresses of ours that only take forms, those of a person at these places. */
function formsUnder(place: string): readonly string[] {
  const routes = routesOf(provider).filter(({ path }) => path.startsWith(place));
  const pages = new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  return routes.filter(({ method, path }) => method === 'POST' && !pages.has(path)).map(({ path }) => path);
}

/** @param step of the app's codes, each good once */
async function signedIn(step: number): Promise<PlainBrowser> {
  const browser = browserAt(provider.issuer);
  const asked = await signIn(browser, url('/account/sign-in-methods'), lan);
  const page = await moveOn(browser, await browser.submit(asked, { code: shownByApp(lan.seeds[0] ?? '', step) }));
  expect(page.name).toBe('sign-in-methods');
  return browser;
}

describe('the address a form was sent to, opened once more', () => {
  it('leads back to where its login is', async () => {
    const browser = browserAt(provider.issuer);
    const page = await browser.get((await played.client.begin()).url);
    const { pathname } = new URL(page.url);
    const forms = formsUnder('/interaction/:uid');
    expect(forms.length).toBeGreaterThanOrEqual(10);
    for (const form of forms) {
      const again = await browser.get(url(form.replace('/interaction/:uid', pathname)));
      // Some steps have a page of their own to begin with; every other one goes back to the hub.
      expect([form, again.name]).toEqual([form, expect.stringMatching(/^(identify|register-email|recover-email)$/)]);
      expect(again.url.startsWith(page.url)).toBe(true);
    }
    expect((await browser.get(`${page.url}/password`)).url).toBe(page.url);
  });

  it('leads to the page of the account that has the form', async () => {
    const browser = await signedIn(0);
    const { html } = await browser.get(url('/account/sign-in-methods'));
    const own = /\/account\/sign-in-methods\/([\w-]{30,})"/.exec(html)?.[1] ?? '';
    const forms = formsUnder('/account');
    expect(forms.length).toBeGreaterThanOrEqual(6);
    const places: Record<string, string> = {};
    for (const form of forms) {
      const again = await browser.get(url(form.replace(/:\w+/, own)));
      expect([form, again.status]).toEqual([form, 200]);
      places[form] = new URL(again.url).pathname.replace(own, ':id');
    }
    expect(places).toMatchObject({
      '/account/sign-in-methods/:id/rename': '/account/sign-in-methods/:id',
      '/account/sessions/:handle/sign-out': '/account/sessions',
      '/account/sign-out-everywhere': '/account',
    });
  });

  it('asks again whether to sign out', async () => {
    const browser = await signedIn(1);
    const asked = await browser.get(url('/session/end/confirm'));
    expect([asked.name, new URL(asked.url).pathname]).toEqual(['sign-out', '/session/end']);
  });

  it('by HEAD as by GET', async () => {
    const response = await fetch(url('/interaction/whatever/cancel'), { method: 'HEAD', redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/interaction/whatever']);
  });

  it('is no page where there is none above it: an endpoint for machines says so', async () => {
    for (const path of ['/token', '/token/introspection', '/token/revocation', '/request']) {
      const { status, headers } = await fetch(url(path), { redirect: 'manual' });
      expect([path, status, headers.get('allow')]).toEqual([path, 405, expect.stringMatching(/\bPOST\b/)]);
    }
    const posted = await fetch(url('/interaction/whatever'), { method: 'POST', redirect: 'manual' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'HEAD, GET']);
  });
});
