import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { follow, mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser } from '../support/plain-browser.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
});
afterAll(() => provider.close());

/** As after a hundred wrong guesses of strangers. */
async function guessedAt(browser: PlainBrowser, email: string): Promise<void> {
  const page = await browser.get(`${provider.issuer}/account`);
  const known = await provider.database.dataSource.query('SELECT key FROM throttle_bucket');
  await browser.submit(page, { identifier: email, password: 'a guess of a stranger' });
  await provider.database.dataSource.query(
    'UPDATE throttle_bucket SET failures = 100, blocked_until = NULL WHERE failures = 1 AND key <> ALL ($1)',
    [known.map(({ key }: { key: Buffer }) => key)],
  );
}

async function attacked(): Promise<TestPerson> {
  const lan = await provider.addPerson();
  await guessedAt(browserAt(provider.issuer), lan.email);
  return lan;
}

async function toMailedCode(browser: PlainBrowser, lan: { email: string; password: string }) {
  const client = await portalClient(provider.issuer, await provider.addPortal());
  const login = await client.begin();
  const identify = await browser.get(login.url);
  const page = await browser.submit(identify, { identifier: lan.email, password: lan.password });
  return { client, login, page };
}

describe('an address that strangers have guessed at a hundred times', () => {
  it('signs in from an unknown device with a mailed code before the password', async () => {
    const lan = await attacked();
    const browser = browserAt(provider.issuer);
    const { client, login, page } = await toMailedCode(browser, lan);
    expect(page.name).toBe('mailed-code');
    expect(await browser.submit(page, { code: 'WRONG' })).toMatchObject({ status: 422, name: 'mailed-code' });
    const identify = await browser.submit(page, { code: await mails.code(lan.email) });
    expect(identify.name).toBe('identify');
    expect(identify.html).toContain(`value="${lan.email}"`);
    const done = await browser.submit(identify, { identifier: lan.email, password: lan.password });
    expect((await client.redeem(login, (await moveOn(browser, done)).url)).claims()).toMatchObject({ amr: ['pwd'] });
  });

  it('isn’t opened by the code alone, nor is anybody else by it', async () => {
    const [lan, minh] = [await attacked(), await attacked()];
    const browser = browserAt(provider.issuer);
    const { page } = await toMailedCode(browser, lan);
    const identify = await browser.submit(page, { code: await mails.code(lan.email) });
    const wrong = await browser.submit(identify, { identifier: lan.email, password: 'not the password at all' });
    expect(wrong).toMatchObject({ status: 422, name: 'identify' });
    const other = await browser.submit(identify, { identifier: minh.email, password: minh.password });
    expect(other.name).toBe('mailed-code');
  });

  it('isn’t opened by a code that was mailed for somebody else', async () => {
    const [lan, mallory] = [await attacked(), await attacked()];
    const browser = browserAt(provider.issuer);
    const { page } = await toMailedCode(browser, mallory);
    const own = [...browser.cookies].find(([key]) => key.startsWith('sign-in-code\n'));
    if (!own) throw new Error('no cookie');
    const identify = await follow(browser, page, '/sign-in');
    const theirs = await browser.submit(identify, { identifier: lan.email, password: 'x' });
    expect(theirs.html).toContain(lan.email);
    browser.cookies.set(...own);
    const over = await browser.submit(theirs, { code: await mails.code(mallory.email) });
    expect(over).toMatchObject({ status: 422, name: 'identify' });
    const refused = await browser.submit(over, { identifier: lan.email, password: lan.password });
    expect(refused.name).toBe('mailed-code');
  });

  it('asks the same of an address nobody has', async () => {
    const [lan, browser, stranger] = [await attacked(), browserAt(provider.issuer), browserAt(provider.issuer)];
    const nobody = lan.email.replace(/^.{6}/, 'khongc');
    await guessedAt(browserAt(provider.issuer), nobody);
    const known = await toMailedCode(browser, lan);
    const unknown = await toMailedCode(stranger, { email: nobody, password: lan.password });
    expect([unknown.page.status, unknown.page.name, unknown.page.html.length]).toEqual([
      known.page.status,
      known.page.name,
      known.page.html.length,
    ]);
  });

  it('never asks a device that has signed in before', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    await signIn(browser, `${provider.issuer}/account`, lan);
    await guessedAt(browserAt(provider.issuer), lan.email);
    const client = await portalClient(provider.issuer, await provider.addPortal());
    const login = await client.begin({ prompt: 'login' });
    expect((await signIn(browser, login.url, lan)).url).toContain('code=');
  });

  it('mails one code while it is out, however often the password is sent', async () => {
    const lan = await attacked();
    const browser = browserAt(provider.issuer);
    const { page } = await toMailedCode(browser, lan);
    const identify = await follow(browser, page, '/sign-in');
    const again = await browser.submit(identify, { identifier: lan.email, password: lan.password });
    expect(again.name).toBe('mailed-code');
    await mails.mail(lan.email);
    const rows = await provider.database.dataSource.query(
      `SELECT count(*)::int AS n FROM mailed_code WHERE purpose = 'sign-in' AND account_id = $1`,
      [lan.accountId],
    );
    expect(rows[0].n).toBe(1);
  });

  it('has its code proved once by fifty at the same moment', async () => {
    const lan = await attacked();
    const browser = browserAt(provider.issuer);
    const { page } = await toMailedCode(browser, lan);
    const code = await mails.code(lan.email);
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.fork().submit(page, { code })));
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const rows = await provider.database.dataSource.query(
      'SELECT consumed_at IS NOT NULL AS spent FROM mailed_code WHERE account_id = $1',
      [lan.accountId],
    );
    expect(rows).toEqual([{ spent: true }]);
  });
});
