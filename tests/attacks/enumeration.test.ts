import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startInstallation, type TestInstallation } from '../support/installation.ts';
import { mailbox } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
});
afterAll(() => provider.close());

/** A known and an unknown address that are as long as each other. */
async function addresses(): Promise<{ readonly known: string; readonly unknown: string }> {
  const [known, unknown] = [`co-${randomUUID()}@example.vn`, `ko-${randomUUID()}@example.vn`];
  await provider.addPerson({ email: known });
  return { known, unknown };
}

/** What differs by chance in every two answers, and is as long in each. */
function comparable({ status, headers, html, name }: PlainPage, email: string) {
  const chance = /[\w-]{43}|(?<=dd-reference">)\w{10}/g;
  const kept = [...headers].filter(([header]) => !['date', 'set-cookie', 'connection', 'keep-alive'].includes(header));
  const cookies = headers
    .getSetCookie()
    .map((cookie) => cookie.replace(/[\w-]{27,}/g, 'x').replace(/expires=[^;]+/, ''));
  return {
    status,
    name,
    headers: kept,
    cookies,
    length: html.length,
    html: html.replaceAll(email, 'E').replace(chance, 'x'),
  };
}

// A letter to an account looks for its address when the worker writes it: later, and in another process than requests.
const theWorkers = /jobs\.|'jobs'|pgboss|WHERE a\.id = \$1 AND a\.state|FROM signing_key/i;
// Taking a mail of the one kind or of the other is one statement each.
const mailAllowance = /mail_allowance/;

/** The statements this process sends while `work` runs, but for the worker's. */
async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements: string[] = [];
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function recorded(this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    const text = typeof first === 'string' ? first : (first as { readonly text?: string }).text;
    if (text !== undefined && !theWorkers.test(text))
      statements.push(mailAllowance.test(text) ? 'mail allowance' : text);
    return Reflect.apply(query, this, args);
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return statements;
}

type Journey = (browser: PlainBrowser, email: string) => Promise<PlainPage>;

const registration: Journey = async (browser, email) =>
  browser.submit(await browser.get(`${provider.issuer}/register`), { email });
const recovery: Journey = async (browser, email) =>
  browser.submit(await browser.get(`${provider.issuer}/recover`), { email });
const login: Journey = async (browser, email) =>
  browser.submit(await browser.get(`${provider.issuer}/account`), {
    identifier: email,
    password: 'some password or other',
  });

describe.each([
  ['registration', registration, 1],
  ['recovery', recovery, 1],
  ['signing in', login, 0],
] as const)('%s tells nobody whether an address has an account', (_, journey, mailsEach) => {
  it('by its answer: status, headers, cookies, every byte', async () => {
    const { known, unknown } = await addresses();
    const answers = [];
    for (const email of [known, unknown])
      answers.push(comparable(await journey(browserAt(provider.issuer), email), email));
    expect(answers[1]).toEqual(answers[0]);
  });

  it('by its work: the same statements in the same order', async () => {
    const { known, unknown } = await addresses();
    await journey(browserAt(provider.issuer), unknown.replace('ko-', 'zo-'));
    const work = [];
    for (const email of [known, unknown]) {
      work.push(await statementsOf(() => journey(browserAt(provider.issuer), email)));
    }
    expect(work[0]?.length).toBeGreaterThan(3);
    expect(work[1]).toEqual(work[0]);
  });

  it('by its mails: as many for one as for the other, and never past the allowance', async () => {
    const { known, unknown } = await addresses();
    for (const email of [known, unknown]) {
      await journey(browserAt(provider.issuer), email);
      if (mailsEach > 0) await mails.mail(email);
      expect(mails.to(email)).toHaveLength(mailsEach);
    }
  });

  it('by the code: a wrong one is as wrong for both', async () => {
    if (mailsEach === 0) return;
    const { known, unknown } = await addresses();
    const answers = [];
    for (const email of [known, unknown]) {
      const browser = browserAt(provider.issuer);
      const page = await journey(browser, email);
      const wrong = await browser.submit(page, { code: 'AAAAAAAA' });
      answers.push(comparable(wrong, email));
    }
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe('an address that isn’t proved yet', () => {
  it('can’t be blocked or hijacked in advance: its owner registers, the stranger’s request is worth nothing', async () => {
    const email = `victim-${randomUUID()}@example.vn`;
    const [stranger, owner] = [browserAt(provider.issuer), browserAt(provider.issuer)];
    const theirs = await registration(stranger, email);
    const strangersCode = await mails.code(email);
    const mine = await registration(owner, email);
    const ownersCode = await mails.code(email, 2);
    // The stranger can't read the mail; the owner may type the stranger's code, and it opens nothing here.
    expect((await owner.submit(mine, { code: strangersCode })).name).toBe('check-mail');
    expect((await stranger.submit(theirs, { code: ownersCode })).name).toBe('check-mail');
    const choose = await owner.submit(mine, { code: ownersCode });
    const done = await owner.submit(choose, { new_password: 'mật khẩu của chủ nhân' });
    expect(done.status).toBe(200);
    // Even with the code read over somebody's shoulder: the address is taken.
    const late = await stranger.submit(await stranger.submit(theirs, { code: strangersCode }), {
      new_password: 'mật khẩu của người lạ mặt',
    });
    expect(late).toMatchObject({ status: 422, name: 'register-email' });
    const person = { accountId: '', email, password: 'mật khẩu của chủ nhân' };
    expect((await signIn(browserAt(provider.issuer), `${provider.issuer}/account`, person)).name).toBe('account');
  });

  it('isn’t advanced by another browser, with the page’s address or with the code', async () => {
    const email = `two-${randomUUID()}@example.vn`;
    const [mine, other] = [browserAt(provider.issuer), browserAt(provider.issuer)];
    const waiting = await registration(mine, email);
    expect(await other.get(waiting.url)).toMatchObject({ status: 400, name: 'error' });
    const code = await mails.code(email);
    const posted = await other.post(waiting.url, { ...waiting.forms[0]?.fields, code });
    expect(posted.status).toBe(400);
    expect((await mine.submit(waiting, { code })).name).toBe('register-password');
  });

  it('gives five tries in all to fifty guesses at the same moment', async () => {
    const email = `race-${randomUUID()}@example.vn`;
    const browser = browserAt(provider.issuer);
    const waiting = await registration(browser, email);
    const code = await mails.code(email);
    const guesses = await Promise.all(
      Array.from({ length: 50 }, () => browser.fork().submit(waiting, { code: 'AAAAAAAA' })),
    );
    expect(guesses.filter(({ status }) => status !== 422)).toEqual([]);
    expect(await browser.submit(waiting, { code })).toMatchObject({ status: 422, name: 'check-mail' });
  });
});

describe('requests for codes', () => {
  it('are bounded per source, and the refusal says when to come back', async () => {
    const browser = browserAt(provider.issuer);
    const page = await browser.get(`${provider.issuer}/register`);
    await registration(browserAt(provider.issuer), `first-${randomUUID()}@example.vn`);
    const { dataSource } = provider.database;
    await dataSource.query('UPDATE throttle_bucket SET failures = 300 WHERE blocked_until IS NULL');
    const before = await dataSource.query('SELECT count(*)::int AS n FROM mailed_code');
    const refused = await browser.submit(page, { email: 'khach@example.vn' });
    expect(refused).toMatchObject({ status: 429, name: 'register-email' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(refused.html).toContain('value="khach@example.vn"');
    expect(await dataSource.query('SELECT count(*)::int AS n FROM mailed_code')).toEqual(before);
    await dataSource.query('DELETE FROM throttle_bucket');
  });

  it('are mailed three times an hour to one address, with the same page each time', async () => {
    const email = `often-${randomUUID()}@example.vn`;
    const browser = browserAt(provider.issuer);
    let page = await registration(browser, email);
    for (let time = 0; time < 5; time += 1) {
      page = await browser.submit(page, {}, 1);
      expect(page).toMatchObject({ status: 200, name: 'check-mail' });
    }
    await mails.mail(email, 3);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(mails.to(email)).toHaveLength(3);
  });
});

describe('CSRF', () => {
  it('every form of a login and of the account refuses a foreign origin and a token that isn’t its own', async () => {
    const lan = await provider.addPerson();
    const browser = browserAt(provider.issuer);
    const inLogin = await browser.get(
      (await (await portalClient(provider.issuer, await provider.addPortal())).begin()).url,
    );
    await signIn(browser, `${provider.issuer}/account`, lan);
    const login = new URL(inLogin.url).pathname;
    const paths = [
      ...['password', 'account', 'release', 'cancel', 'mailed-code', 'mailed-code/resend'].map(
        (step) => `${login}/${step}`,
      ),
      ...['register', 'recover'].flatMap((journey) =>
        ['', '/code', '/resend', '/password'].map((step) => `${login}/${journey}${step}`),
      ),
      ...['change-email', 'change-email/code', 'change-email/resend', 'change-password', 'sign-out-everywhere'].map(
        (step) => `/account/${step}`,
      ),
      '/account/undo-email-change/some-token',
    ];
    for (const path of paths) {
      const foreign = await browser.post(
        `${provider.issuer}${path}`,
        { csrf: 'x' },
        { origin: 'https://evil.example' },
      );
      expect([path, foreign.status]).toEqual([path, 403]);
      const crossSite = await browser.post(
        `${provider.issuer}${path}`,
        { csrf: 'x' },
        { 'sec-fetch-site': 'cross-site' },
      );
      expect([path, crossSite.status]).toEqual([path, 403]);
    }
    const before = await provider.database.dataSource.query('SELECT count(*)::int AS n FROM mailed_code');
    for (const path of paths) {
      const stale = await browser.post(`${provider.issuer}${path}`, {
        csrf: 'x',
        email: 'a@example.vn',
        code: 'AAAAAAAA',
      });
      expect([path, [200, 403, 410, 422].includes(stale.status)]).toEqual([path, true]);
    }
    expect(await provider.database.dataSource.query('SELECT count(*)::int AS n FROM mailed_code')).toEqual(before);
    expect((await browser.get(`${provider.issuer}/account`)).name).toBe('account');
  });
});
