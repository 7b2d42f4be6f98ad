import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { follow } from '../support/journey.ts';
import { browserAt, signIn } from '../support/portal-client.ts';

let provider: TestInstallation;

beforeAll(async () => {
  provider = await startInstallation();
});
afterAll(() => provider.close());

describe('the page of one’s organizations', () => {
  it('is one step from the account’s first page', async () => {
    const browser = browserAt(provider.issuer);
    const home = await signIn(browser, `${provider.issuer}/account`, await provider.addPerson());
    const page = await follow(browser, home, '/account/organizations');
    expect(page).toMatchObject({ status: 200, name: 'organizations' });
  });

  it('brings back whoever had to sign in first', async () => {
    const lan = await provider.addPerson();
    const page = await signIn(browserAt(provider.issuer), `${provider.issuer}/account/organizations`, lan);
    expect(page).toMatchObject({ status: 200, name: 'organizations' });
  });

  it('has nothing to answer or to leave but one’s own', async () => {
    const browser = browserAt(provider.issuer);
    await signIn(browser, `${provider.issuer}/account`, await provider.addPerson());
    const unknown = '0193f2a4-0000-7000-8000-000000000001';
    const asked = await browser.get(`${provider.issuer}/account/organizations/requests/${unknown}`);
    expect(asked).toMatchObject({ status: 200, name: 'organizations' });
    const left = await browser.get(`${provider.issuer}/account/organizations/${unknown}/leave`);
    expect(left).toMatchObject({ status: 404, name: 'error' });
  });
});
