import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ceremonyForm, ceremonyOptions, offeredSeed, shownByApp } from '../support/factors.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { follow, mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';
import { softAuthenticator } from '../support/soft-authenticator.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
const newPassword = 'một câu khác dài hơn hẳn';

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
});
afterAll(() => provider.close());

const account = (path: string): string => `${provider.issuer}/account${path}`;

/** Makes what was proved in every session of this person this much older. */
async function age({ accountId }: TestPerson, seconds: number): Promise<void> {
  await provider.database.dataSource.query(
    `UPDATE oidc_session SET payload = jsonb_set(payload, '{amr,evidence}', (
       SELECT jsonb_agg(jsonb_set(one, '{provedAt}', to_jsonb((one ->> 'provedAt')::bigint - $2::bigint)))
       FROM jsonb_array_elements(payload #> '{amr,evidence}') one))
     WHERE account_id = $1`,
    [accountId, seconds],
  );
}

async function withPasskeyOnly(): Promise<{
  readonly browser: PlainBrowser;
  readonly email: string;
  readonly home: PlainPage;
}> {
  const client = await portalClient(provider.issuer, await provider.addPortal());
  const browser = browserAt(provider.issuer);
  const email = `chi-co-khoa-${randomUUID()}@example.vn`;
  const begin = await follow(browser, await browser.get((await client.begin()).url), '/register');
  const waiting = await browser.submit(begin, { email });
  const choose = await browser.submit(waiting, { code: await mails.code(email) });
  const response = softAuthenticator({ origin: provider.issuer }).create(ceremonyOptions(choose));
  await moveOn(browser, await browser.submit(choose, { response }, ceremonyForm(choose)));
  return { browser, email, home: await browser.get(account('')) };
}

describe('somebody with a passkey and no password', () => {
  it('sets a password and another address, having just signed in', async () => {
    const { browser, email, home } = await withPasskeyOnly();
    expect(home.name).toBe('account');
    const setting = await browser.get(account('/change-password'));
    expect(setting.forms[0]?.fields).not.toHaveProperty('password');
    const done = await browser.submit(setting, { new_password: newPassword });
    expect(done.name).toBe('account');
    const elsewhere = browserAt(provider.issuer);
    const home2 = await signIn(elsewhere, account(''), { email, password: newPassword });
    expect(home2.name).toBe('account');
  });
});

describe('somebody with a second factor', () => {
  it('signs in once more, with all of it, before the address or the password changes', async () => {
    const lan = await provider.addPerson();
    const client = await portalClient(provider.issuer, await provider.addPortal());
    const browser = browserAt(provider.issuer);
    const adding = await follow(
      browser,
      await signIn(browser, (await client.begin({ acr_values: 'aal2' })).url, lan),
      '/totp',
    );
    const seed = offeredSeed(adding);
    const codes = await browser.submit(adding, { code: shownByApp(seed, -1) });
    await moveOn(
      browser,
      await browser.get(new URL(codes.url).origin + new URL(adding.url).pathname.replace(/\/enroll.*/, '')),
    );
    expect((await browser.get(account('/change-email'))).name).toBe('change-email');

    await age(lan, 16 * 60);
    for (const path of ['/change-email', '/change-password', '/sign-in-methods/add/passkey']) {
      expect((await browser.get(account(path))).name).toBe('identify');
    }
    const second = await signIn(browser, account('/change-email'), lan);
    expect(second.name).toBe('second-factor');
    const arrived = await moveOn(browser, await browser.submit(second, { code: shownByApp(seed) }));
    expect(arrived.name).toBe('change-email');
    expect(arrived.forms[0]?.fields).not.toHaveProperty('password');
  });
});
