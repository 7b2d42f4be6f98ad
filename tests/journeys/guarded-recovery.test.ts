import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAttemptMark } from '../../src/accounts/mailed-codes.ts';
import { createRecoveryCodes } from '../../src/authenticators/recovery-code.ts';
import { createTotp, totpCode, totpStep } from '../../src/authenticators/totp.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { startInstallation, type TestInstallation, type TestPerson } from '../support/installation.ts';
import { follow, mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, portalClient, signIn } from '../support/portal-client.ts';

let provider: TestInstallation;
let mails: ReturnType<typeof mailbox>;
const newPassword = 'một câu khác hẳn câu cũ';
const hours = 3_600;

beforeAll(async () => {
  provider = await startInstallation();
  mails = mailbox(provider);
});
afterAll(() => provider.close());

type Guarded = TestPerson & { readonly code: () => string; readonly recoveryCodes: readonly string[] };

/** Somebody with an authenticator app and recovery codes. */
async function guardedPerson(): Promise<Guarded> {
  const person = await provider.addPerson();
  const { inTransaction, accounts, encryption } = provider.installation;
  const totp = createTotp({ encryption, clock: systemClock });
  const issue = createRecoveryCodes({ encryption, clock: systemClock }).issue;
  const { seed, recoveryCodes } = await inTransaction(async (tx) => {
    const account = await accounts.findActive(tx, person.accountId);
    if (!account) throw new Error('no account');
    const offer = totp.offer({ account, label: person.email, issuerName: 'Test' });
    const bare = offer.secret.replaceAll(' ', '');
    const code = totpCode(bare, totpStep(systemClock.now()) - 1);
    const attempt = newAttemptMark();
    await totp.enrol(tx, { account, sealed: offer.sealed, code, name: 'Phone', attempt });
    return { seed: bare, recoveryCodes: await issue(tx, person.accountId) };
  });
  return { ...person, recoveryCodes, code: () => totpCode(seed, totpStep(systemClock.now())) };
}

const codesAsked = new Map<string, number>();

/** E-mail and mailed code, up to whatever comes then. */
async function proveMailbox(browser: PlainBrowser, person: TestPerson, start?: PlainPage): Promise<PlainPage> {
  const asked = (codesAsked.get(person.email) ?? 0) + 1;
  codesAsked.set(person.email, asked);
  // Three mails an hour go to an address; these people come back after days.
  await provider.database.dataSource.query('DELETE FROM mail_allowance');
  const page = start ?? (await browser.get(`${provider.issuer}/recover`));
  const waiting = await browser.submit(page, { email: person.email });
  expect(waiting.name).toBe('recover-code');
  return browser.submit(waiting, { code: await mails.code(person.email, asked) });
}

/** Time passes for whoever waits for this account, and what is due by then goes out. */
async function pass(person: TestPerson, seconds: number): Promise<void> {
  const { dataSource } = provider.database;
  const interval = `${seconds} seconds`;
  await dataSource.query(
    `UPDATE recovery_attempt SET started_at = started_at - $2::interval, ready_at = ready_at - $2::interval,
       expires_at = expires_at - $2::interval WHERE account_id = $1`,
    [person.accountId, interval],
  );
  await dataSource.query(
    `UPDATE jobs.job SET start_after = start_after - $1::interval WHERE name = 'recovery-notice' AND state = 'created'`,
    [interval],
  );
}

async function startWaiting(browser: PlainBrowser, person: Guarded): Promise<PlainPage> {
  const proof = await proveMailbox(browser, person);
  expect(proof.name).toBe('recover-proof');
  const explained = await follow(browser, proof, '/recover/wait');
  expect(explained.name).toBe('recover-wait');
  return browser.submit(explained);
}

/** The link in the notice of this number. */
const stopLink = ({ email }: TestPerson, notice = 1): Promise<string> =>
  mails.link(email, '/account/stop-recovery', notice);

async function stop(person: TestPerson, notice: number): Promise<PlainPage> {
  const owner = browserAt(provider.issuer);
  return owner.submit(await owner.get(await stopLink(person, notice)));
}

const eventsOf = async ({ accountId }: TestPerson, kind: string): Promise<readonly Record<string, unknown>[]> => {
  const sql = 'SELECT details FROM audit_event WHERE about_account_id = $1 AND kind = $2';
  const rows = await provider.database.dataSource.query(sql, [accountId, kind]);
  return rows.map(({ details }: { readonly details: Record<string, unknown> }) => details);
};

describe('a person with a second factor who forgot their password', () => {
  it('comes back with a code of their app, in the login they began, as aal1', async () => {
    const lan = await guardedPerson();
    const client = await portalClient(provider.issuer, await provider.addPortal());
    const browser = browserAt(provider.issuer);
    const login = await client.begin();
    const start = await follow(browser, await browser.get(login.url), '/recover');
    const proof = await proveMailbox(browser, lan, start);
    expect(proof.name).toBe('recover-proof');
    const wrong = await browser.submit(proof, { code: '12' });
    expect(wrong).toMatchObject({ status: 422, name: 'recover-proof' });
    const choose = await browser.submit(wrong, { code: lan.code() });
    expect(choose.name).toBe('new-password');
    const recovered = await browser.submit(choose, { new_password: newPassword });
    expect(recovered.name).toBe('recovered');
    const [{ state }] = await provider.database.dataSource.query(
      'SELECT state FROM login_transaction WHERE account_id = $1',
      [lan.accountId],
    );
    expect(state).toMatchObject({ recovered: true });
    const hub = await follow(browser, recovered, new URL(recovered.url).pathname.replace('/recover/done', ''));
    expect((await client.redeem(login, (await moveOn(browser, hub)).url)).claims()).toMatchObject({ amr: ['pwd'] });
    expect(await eventsOf(lan, 'account-recovered')).toEqual([{ proofs: ['mailed-code', 'totp'] }]);
  });

  it('comes back with a recovery code, which is used up', async () => {
    const lan = await guardedPerson();
    const [code = ''] = lan.recoveryCodes;
    const browser = browserAt(provider.issuer);
    const choose = await browser.submit(await proveMailbox(browser, lan), { code: code.toLowerCase() });
    expect(choose.name).toBe('new-password');
    expect((await browser.submit(choose, { new_password: newPassword })).name).toBe('recovered');
    expect(await eventsOf(lan, 'account-recovered')).toEqual([{ proofs: ['mailed-code', 'recovery-code'] }]);
    const again = browserAt(provider.issuer);
    expect(await again.submit(await proveMailbox(again, lan), { code })).toMatchObject({ status: 422 });
  });

  it('gets no further than the proof by typing addresses, going back or reloading', async () => {
    const lan = await guardedPerson();
    const browser = browserAt(provider.issuer);
    const proof = await proveMailbox(browser, lan);
    const path = proof.url.replace(/\/proof$/, '');
    expect((await browser.get(`${path}/password`)).name).toBe('recover-proof');
    expect((await browser.get(`${path}/done`)).name).toBe('recover-email');
    expect((await browser.get(`${path}/code`)).name).toBe('recover-proof');
    const forced = await browser.post(`${path}/password`, { ...proof.forms[0]?.fields, new_password: newPassword });
    expect(forced.name).toBe('recover-proof');
    expect(await eventsOf(lan, 'account-recovered')).toEqual([]);
    const stale = await browser.post(`${path}/proof`, { csrf: 'old', code: lan.code() });
    expect(stale).toMatchObject({ status: 403, name: 'recover-proof' });
  });

  it('may press twice', async () => {
    const lan = await guardedPerson();
    const browser = browserAt(provider.issuer);
    const proof = await proveMailbox(browser, lan);
    const [code = ''] = lan.recoveryCodes;
    const sent = await Promise.all(Array.from({ length: 5 }, () => browser.fork().submit(proof, { code })));
    expect(new Set(sent.map(({ name }) => name))).toEqual(new Set(['new-password']));
  });

  it('has five tries with one mailed code, and is slowed down over all of them', async () => {
    const lan = await guardedPerson();
    const browser = browserAt(provider.issuer);
    let page = await proveMailbox(browser, lan);
    for (let guess = 0; guess < 5; guess += 1) page = await browser.submit(page, { code: '000000' });
    expect(page).toMatchObject({ status: 422, name: 'recover-proof' });
    const another = browserAt(provider.issuer);
    const throttled = await another.submit(await proveMailbox(another, lan), { code: lan.code() });
    expect(throttled).toMatchObject({ status: 429, name: 'recover-proof' });
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(0);
    const spent = await browser.submit(page, { code: lan.code() });
    expect(spent.status).toBeGreaterThanOrEqual(422);
    expect(await eventsOf(lan, 'account-recovered')).toEqual([]);
  });
});

describe('a person who has lost their second factor too', () => {
  it('waits 72 hours, is told at once, halfway and at the end, and comes back', async () => {
    const lan = await guardedPerson();
    const browser = browserAt(provider.issuer);
    const waiting = await startWaiting(browser, lan);
    expect(waiting.name).toBe('recovery-waiting');
    expect(waiting.html).toContain('72');
    expect(waiting.html).toContain('(GMT+7)');
    expect((await browser.get(waiting.url)).name).toBe('recovery-waiting');
    const link = await stopLink(lan);
    expect(mails.to(lan.email).find(({ text }) => text.includes(link))?.html).toContain(link);

    await pass(lan, 36 * hours);
    expect(await stopLink(lan, 2)).toBe(link);
    const early = await proveMailbox(browserAt(provider.issuer), lan);
    expect(early.name).toBe('recovery-waiting');
    expect(early.html).toContain('36');

    await pass(lan, 36 * hours);
    expect(await stopLink(lan, 3)).toBe(link);
    const back = browserAt(provider.issuer);
    const choose = await proveMailbox(back, lan);
    expect(choose.name).toBe('new-password');
    const recovered = await back.submit(choose, { new_password: newPassword });
    expect(recovered.name).toBe('recovered');
    expect(await eventsOf(lan, 'account-recovered')).toEqual([{ proofs: ['mailed-code', 'waiting'] }]);
    const hub = await follow(back, recovered, new URL(recovered.url).pathname.replace('/recover/done', ''));
    expect((await moveOn(back, hub)).name).toBe('account');
    const change = await back.get(`${provider.issuer}/account/change-email`);
    const refused = await back.submit(change, { email: 'other@example.vn', password: newPassword });
    expect(refused).toMatchObject({ status: 422, name: 'change-email' });
  });

  it('can still give the proof while waiting', async () => {
    const lan = await guardedPerson();
    const browser = browserAt(provider.issuer);
    const proof = await follow(browser, await startWaiting(browser, lan), '/recover/proof');
    const choose = await browser.submit(proof, { code: lan.code() });
    expect((await browser.submit(choose, { new_password: newPassword })).name).toBe('recovered');
  });

  it('waits once, however often they press', async () => {
    const lan = await guardedPerson();
    const browser = browserAt(provider.issuer);
    const explained = await follow(browser, await proveMailbox(browser, lan), '/recover/wait');
    const pressed = await Promise.all(Array.from({ length: 10 }, () => browser.fork().submit(explained)));
    expect(new Set(pressed.map(({ name }) => name))).toEqual(new Set(['recovery-waiting']));
    expect(await eventsOf(lan, 'recovery-waiting-started')).toHaveLength(1);
  });
});

describe('a stranger who reads the mailbox', () => {
  it('is stopped by its owner with one click, without a login; looking changes nothing', async () => {
    const lan = await guardedPerson();
    await startWaiting(browserAt(provider.issuer), lan);
    const link = await stopLink(lan);
    const owner = browserAt(provider.issuer);
    const looks = [await owner.get(link), await owner.get(link)];
    expect(looks.map(({ name }) => name)).toEqual(['stop-recovery', 'stop-recovery']);
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    expect(await eventsOf(lan, 'recovery-stopped')).toEqual([]);
    // Another site can't press it, and a form of another browser doesn't fit.
    const [look] = looks;
    if (!look) throw new Error('no page');
    const foreign = await owner.post(link, { ...look.forms[0]?.fields }, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect((await browserAt(provider.issuer).submit(look)).name).toBe('stop-recovery');
    expect(await eventsOf(lan, 'recovery-stopped')).toEqual([]);

    const pressed = await Promise.all(Array.from({ length: 20 }, () => owner.fork().submit(look)));
    expect(new Set(pressed.map(({ name }) => name))).toEqual(new Set(['recovery-stopped']));
    expect(await eventsOf(lan, 'recovery-stopped')).toEqual([{ stops: 1 }]);
    expect((await owner.get(link)).name).toBe('recovery-stopped');

    await pass(lan, 72 * hours);
    const stranger = await proveMailbox(browserAt(provider.issuer), lan);
    expect(stranger.name).toBe('recover-proof');
    // The password is as it was.
    const login = await signIn(browserAt(provider.issuer), `${provider.issuer}/account`, lan);
    expect(login.name).toBe('second-factor');
  });

  it('is left with a desk after two stops, and only whoever reads the mailbox learns that', async () => {
    const lan = await guardedPerson();
    for (const notice of [1, 2]) {
      const browser = browserAt(provider.issuer);
      await startWaiting(browser, lan);
      expect((await stop(lan, notice)).name).toBe('recovery-stopped');
    }
    expect(await eventsOf(lan, 'recovery-stopped')).toEqual([{ stops: 1 }, { stops: 2 }]);
    const browser = browserAt(provider.issuer);
    const refused = await proveMailbox(browser, lan);
    expect(refused.name).toBe('recovery-not-possible');
    const path = refused.url.replace(/\/password$/, '');
    for (const step of ['/proof', '/wait', '/password']) {
      expect((await browser.get(`${path}${step}`)).name).toBe('recovery-not-possible');
    }

    // A stranger's page is the same for this account and for nobody's.
    const asked = async (email: string): Promise<string> => {
      const strange = browserAt(provider.issuer);
      const page = await strange.submit(await strange.get(`${provider.issuer}/recover`), { email });
      return page.html.replaceAll(email, '').replace(/value="[^"]*"|\/interaction\/[\w-]+|<code.*?<\/code>/g, '');
    };
    expect(await asked(lan.email)).toBe(await asked(`nobody-${randomUUID()}@example.vn`));
  });

  it('can do nothing with a link that is over or never was', async () => {
    const browser = browserAt(provider.issuer);
    const never = await browser.get(`${provider.issuer}/account/stop-recovery/${'a'.repeat(43)}`);
    expect(never).toMatchObject({ status: 410, name: 'error' });
    const lan = await guardedPerson();
    await startWaiting(browserAt(provider.issuer), lan);
    const link = await stopLink(lan);
    const page = await browser.get(link);
    await pass(lan, 14 * 24 * hours);
    expect(await browser.submit(page)).toMatchObject({ status: 410, name: 'error' });
  });
});
