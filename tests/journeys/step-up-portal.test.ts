import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Portal, startPortal } from '../../examples/portal/portal.ts';
import { province } from '../examples/support/identity.ts';
import { offeredSeed, shownByApp } from '../support/factors.ts';
import { portalSecret, startInstallation, type TestInstallation } from '../support/installation.ts';
import { follow, moveOn } from '../support/journey.ts';
import { type PlainBrowser, type PlainPage, plainBrowser } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';
import { signIn } from '../support/portal-client.ts';

let provider: TestInstallation;
let portal: Portal;

beforeAll(async () => {
  provider = await startInstallation();
  portal = await startPortal({
    issuer: provider.issuer,
    clientId: 'an-hoa',
    clientSecret: portalSecret,
    identity: province,
    scopes: ['openid'],
    port: 0,
    restrictedMaxAgeSeconds: 300,
    allowInsecure: true,
  });
  await provider.addPortal({ clientId: 'an-hoa', metadata: { redirect_uris: [`${portal.url}/callback`] } as never });
});
afterAll(async () => {
  await portal.close();
  await provider.close();
});

const document = 'Giấy khai sinh';

async function fillIn(browser: PlainBrowser, page: PlainPage): Promise<PlainPage> {
  expect(page.name).toBe('restricted');
  return browser.submit(page, { value: document });
}

const noticeOf = ({ html }: PlainPage): string | undefined => /data-notice="([^"]+)"/.exec(html)?.[1];
const typedIn = ({ forms }: PlainPage): string | undefined => forms[0]?.fields['value'];

describe('A portal page that takes a second factor', () => {
  it('gets one added on the way, after the person declined at first, and loses nothing of what they typed', async () => {
    const lan = await provider.addPerson();
    const browser = plainBrowser([provider.issuer, portal.url]);
    const page = await signIn(browser, `${portal.url}/restricted`, lan);
    expect(plainText(page.html)).toMatch(/acr self[\s\S]+aal aal1[\s\S]+amr pwd/);

    const offer = await fillIn(browser, page);
    expect(offer.name).toBe('enroll');
    const declined = await signIn(browser, offer, lan, { declines: true });
    expect([declined.name, noticeOf(declined), typedIn(declined)]).toEqual(['restricted', 'more-needed', document]);

    const offeredAgain = await browser.submit(declined);
    const adding = await follow(browser, offeredAgain, '/totp');
    const codes = await browser.submit(adding, { code: shownByApp(offeredSeed(adding)) });
    const back = await moveOn(browser, await follow(browser, codes, new URL(offeredAgain.url).pathname));
    expect([back.name, noticeOf(back), typedIn(back)]).toEqual(['restricted', 'enough-now', document]);
    expect(plainText(back.html)).toMatch(/acr aal2[\s\S]+aal aal2[\s\S]+amr mfa, otp, pwd/);

    const sent = await browser.submit(back);
    expect([sent.url, noticeOf(sent)]).toEqual([`${portal.url}/restricted?sent`, 'sent']);
  });

  it('keeps the place of who cancels', async () => {
    const lan = await provider.addPerson();
    const browser = plainBrowser([provider.issuer, portal.url]);
    const offer = await fillIn(browser, await signIn(browser, `${portal.url}/restricted`, lan));
    const cancel = offer.forms.findIndex(({ action }) => action.endsWith('/cancel'));
    const back = await moveOn(browser, await browser.submit(offer, {}, cancel));
    expect([back.name, noticeOf(back), typedIn(back)]).toEqual(['restricted', 'more-needed', document]);
  });
});
