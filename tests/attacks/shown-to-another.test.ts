import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { browserAt, signIn } from '../support/portal-client.ts';
import { type Played, standardPortal } from '../support/portals.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let provider: TestInstallation;
let portal: Played;

beforeAll(async () => {
  provider = await startInstallation();
  portal = await standardPortal(provider, { release: [releasedByConsent('email')] });
});
afterAll(() => provider.close());

const typed = ({ email, password }: TestPerson) => ({ identifier: email, password });

it('what one person was shown to agree to is not agreed to by the next who signs in', async () => {
  const [lan, minh] = [await provider.addPerson(), await provider.addPerson()];
  const browser = browserAt(provider.issuer);
  const login = await portal.client.begin({ scope: 'openid email' });
  const page = await browser.get(login.url);
  const shownToLan = await browser.submit(page, typed(lan));
  const shownToMinh = await browser.submit(page, typed(minh));
  expect([shownToLan.name, shownToMinh.name]).toEqual(['consent', 'consent']);
  const answered = await browser.submit(shownToLan);
  expect(answered).toMatchObject({ name: 'consent', refresh: undefined });
  const back = await signIn(browser, answered, minh);
  expect((await portal.client.redeem(login, back.url)).claims()?.sub).toBeDefined();
});
