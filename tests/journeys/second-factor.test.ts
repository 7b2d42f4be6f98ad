import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions, offeredSeed, shownByApp, shownRecoveryCodes } from '../support/factors.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { follow, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { type SoftAuthenticator, softAuthenticator } from '../support/soft-authenticator.ts';

let provider: TestInstallation;
let client: PortalClient;

beforeAll(async () => {
  provider = await startInstallation();
  client = await portalClient(provider.issuer, await provider.addPortal());
});
afterAll(() => provider.close());

const aal2 = { acr_values: 'aal2' };
const phr = { acr_values: 'phr' };

async function withApp(person: TestPerson): Promise<{ readonly seed: string; readonly codes: readonly string[] }> {
  const browser = browserAt(provider.issuer);
  const offer = await signIn(browser, (await client.begin(aal2)).url, person);
  const adding = await follow(browser, offer, '/totp');
  const seed = offeredSeed(adding);
  const codesPage = await browser.submit(adding, { code: shownByApp(seed, -1) });
  return { seed, codes: shownRecoveryCodes(codesPage) };
}

async function answerCeremony(
  browser: PlainBrowser,
  page: PlainPage,
  authenticator: SoftAuthenticator,
): Promise<PlainPage> {
  const response =
    page.name === 'add-passkey'
      ? authenticator.create(ceremonyOptions(page))
      : authenticator.get(ceremonyOptions(page));
  return browser.submit(page, { response }, ceremonyForm(page));
}

describe('A portal that asks for a second factor', () => {
  it('gets it from somebody who adds an app on the way', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const login = await client.begin(aal2);
    const offer = await signIn(browser, login.url, lan);
    expect(offer.name).toBe('enroll');
    const adding = await follow(browser, offer, '/totp');
    expect(adding.name).toBe('add-totp');
    const seed = offeredSeed(adding);

    const wrong = await browser.submit(adding, { code: '000000' });
    expect(wrong.status).toBe(422);
    expect(offeredSeed(wrong)).toBe(seed);
    const codes = await browser.submit(wrong, { code: shownByApp(seed) });
    expect(codes.name).toBe('recovery-codes');
    expect(shownRecoveryCodes(codes)).toHaveLength(10);
    const back = await moveOn(browser, await follow(browser, codes, new URL(offer.url).pathname));
    const claims = (await client.redeem(login, back.url)).claims();
    expect(claims).toMatchObject({ acr: 'aal2', aal: 'aal2', amr: ['mfa', 'otp', 'pwd'] });
  });

  it('is told less where the person declines, and nobody is asked twice', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const login = await client.begin(aal2);
    const offer = await signIn(browser, login.url, lan);
    const later = offer.forms.findIndex(({ fields }) => fields['decision'] === 'later');
    const back = await moveOn(browser, await browser.submit(offer, {}, later));
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({ acr: 'self', aal: 'aal1' });
  });

  it('gets it at once from a session that has it, and by one code from one that has a password', async () => {
    const lan = await provider.addPerson();
    const { seed } = await withApp(lan);
    const browser = browserAt(provider.issuer);
    const asked = await signIn(browser, (await client.begin()).url, lan);
    expect(asked.name).toBe('second-factor');
    const wrong = await browser.submit(asked, { code: '123456' });
    expect(wrong).toMatchObject({ name: 'second-factor', status: 422 });
    await moveOn(browser, await browser.submit(wrong, { code: shownByApp(seed) }));
    const login = await client.begin(aal2);
    const back = await browser.get(login.url);
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({ acr: 'aal2' });
  });

  it('takes a code of paper once, and a code of the app once', async () => {
    const lan = await provider.addPerson();
    const { seed, codes } = await withApp(lan);
    const [code = ''] = codes;
    for (const expected of ['done', 'second-factor']) {
      const browser = browserAt(provider.issuer);
      const asked = await signIn(browser, (await client.begin()).url, lan);
      const paper = await follow(browser, asked, '/second-factor/recovery-code');
      const answer = await browser.submit(paper, { code });
      expect(answer.name).toBe(expected);
    }
    const again = browserAt(provider.issuer);
    const asked = await signIn(again, (await client.begin()).url, lan);
    expect(await again.submit(asked, { code: shownByApp(seed, -1) })).toMatchObject({ status: 422 });
  });

  it('can insist: then there is no way around it', async () => {
    const strict = await portalClient(
      provider.issuer,
      await provider.addPortal({ assurance: { minimumAcr: 'aal2', phishingResistant: false, acrAliases: {} } }),
    );
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    await signIn(browser, (await client.begin()).url, lan);
    const offer = await browser.get((await strict.begin()).url);
    expect(offer.name).toBe('enroll');
    expect(offer.forms.some(({ fields }) => fields['decision'] === 'later')).toBe(false);
    const silent = await browser.get((await strict.begin({ prompt: 'none' })).url);
    expect(new URL(silent.url).searchParams.get('error')).toBe('unmet_authentication_requirements');
  });
});

describe('A passkey', () => {
  it('is added where a portal asks for phishing resistance, and then signs in alone', async () => {
    const lan = await provider.addPerson();
    const authenticator = softAuthenticator({ origin: provider.issuer });
    const browser = browserAt(provider.issuer);
    const login = await client.begin(phr);
    const offer = await signIn(browser, login.url, lan);
    const adding = await follow(browser, offer, '/enroll/passkey');
    expect(adding.name).toBe('add-passkey');
    const back = await moveOn(browser, await answerCeremony(browser, adding, authenticator));
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({
      acr: 'phr',
      aal: 'aal2-phr',
      amr: ['mfa', 'pop', 'user'],
    });

    const other = browserAt(provider.issuer);
    const second = await client.begin(phr);
    const identify = await other.get(second.url);
    const arrived = await moveOn(other, await answerCeremony(other, identify, authenticator));
    expect((await client.redeem(second, arrived.url)).claims()).toMatchObject({
      acr: 'phr',
      amr: ['mfa', 'pop', 'user'],
    });
  });

  it('says nothing of who has one, and refuses what was made for another login', async () => {
    const authenticator = softAuthenticator({ origin: provider.issuer });
    const [one, two] = [browserAt(provider.issuer), browserAt(provider.issuer)];
    const [mine, theirs] = [await one.get((await client.begin()).url), await two.get((await client.begin()).url)];
    expect(ceremonyOptions<{ allowCredentials: unknown[] }>(mine).allowCredentials).toEqual([]);
    const lan = await provider.addPerson();
    const adder = browserAt(provider.issuer);
    const adding = await follow(adder, await signIn(adder, (await client.begin(phr)).url, lan), '/enroll/passkey');
    await answerCeremony(adder, adding, authenticator);
    const response = authenticator.get(ceremonyOptions(theirs));
    const stolen = await one.submit(mine, { response }, ceremonyForm(mine));
    expect(stolen).toMatchObject({ name: 'identify', status: 422 });
  });
});
