import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import type { TestPerson } from '../support/installation.ts';
import { mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { browserAt, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let world: EidWorld;
let client: PortalClient;
let mails: ReturnType<typeof mailbox>;

beforeAll(async () => {
  world = await startEidWorld({}, { others: ['bank'] });
  client = await portalClient(world.issuer, await world.addPortal());
  mails = mailbox(world);
});
afterAll(() => world.close());

type Owner = TestPerson & { readonly person: EidPerson; readonly sub: string | undefined };

const substantial = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'substantial' } } }) };

/** Somebody with a password, whose account `vneid` vouches for. */
async function owner(): Promise<Owner> {
  const lan = await world.addPerson();
  const person = world.addEidPerson();
  const browser = world.browser();
  const login = await client.begin(substantial);
  const asked = await signIn(browser, login.url, lan);
  const confirm = await proveAtEid(browser, asked, { link: '/eid/vneid', person });
  const back = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
  return { ...lan, person, sub: (await client.redeem(login, back.url)).claims()?.sub };
}

/** Comes by the other eID, which no account knows. */
async function comeByOther(browser: PlainBrowser, { person }: Owner, url: string): Promise<PlainPage> {
  return proveAtEid(browser, await browser.get(url), { link: '/eid/bank', person });
}

/** Nobody has been here for so long. */
async function lieIdle({ accountId }: Owner, days: number): Promise<void> {
  await world.database.inTransaction(async (tx) => {
    await tx.query('ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only');
    const sql = 'UPDATE audit_event SET occurred_at = occurred_at - $2::interval WHERE about_account_id = $1';
    await tx.query(sql, [accountId, `${days} days`]);
    await tx.query('ALTER TABLE audit_event ENABLE TRIGGER audit_event_append_only');
    const account = 'UPDATE account SET created_at = created_at - $2::interval WHERE id = $1';
    await tx.query(account, [accountId, `${days} days`]);
  });
}

/** Time passes for whoever waits for this account. */
async function pass({ accountId }: Owner, hours: number): Promise<void> {
  await world.database.dataSource.query(
    `UPDATE recovery_attempt SET started_at = started_at - $2::interval, ready_at = ready_at - $2::interval,
       expires_at = expires_at - $2::interval WHERE account_id = $1`,
    [accountId, `${hours} hours`],
  );
}

const offersSwitch = ({ html }: PlainPage): boolean => html.includes('value="switch"');

describe('a person who lost the way in', () => {
  it('comes back by another eID of the same number, to the same `sub`, where nobody was in for long', async () => {
    const lan = await owner();
    await lieIdle(lan, 100);
    const browser = world.browser();
    const login = await client.begin();
    const page = await comeByOther(browser, lan, login.url);
    expect(page.name).toBe('other-account');
    const back = await moveOn(browser, await browser.submit(page, { decision: 'switch' }));
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({
      sub: lan.sub,
      aal: 'aal1',
      ial: 'ial2',
      amr: ['eid'],
    });
    expect((await mails.mail(lan.email, 1, 'lấy lại')).text).toContain('eID bank');

    const tried = browserAt(world.issuer);
    const typed = await tried.submit(await tried.get((await client.begin()).url), {
      identifier: lan.email,
      password: lan.password,
    });
    expect(typed).toMatchObject({ status: 422, name: 'identify' });

    const methods = await moveOn(browser, await browser.get(`${world.issuer}/account/sign-in-methods`));
    expect(methods.name).toBe('sign-in-methods');
    expect(methods.html).toContain('các cách đăng nhập trước đây ngừng dùng được');
  });

  it('is known by that eID from then on, and may choose a new password', async () => {
    const lan = await owner();
    await lieIdle(lan, 100);
    const browser = world.browser();
    await browser.submit(await comeByOther(browser, lan, (await client.begin()).url), { decision: 'switch' });
    const elsewhere = world.browser();
    const login = await client.begin(substantial);
    const back = await moveOn(elsewhere, await comeByOther(elsewhere, lan, login.url));
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({ sub: lan.sub, acr: 'substantial' });

    const choose = await moveOn(elsewhere, await elsewhere.get(`${world.issuer}/account/change-password`));
    expect(choose.name).toBe('change-password');
    const password = 'một mật khẩu khác đủ dài';
    await elsewhere.submit(choose, { new_password: password });
    const claims = (await client.signIn(world.browser(), { ...lan, password })).claims();
    expect(claims).toMatchObject({ sub: lan.sub, aal: 'aal1' });
  });

  it('waits where somebody was in lately, and their sessions end only when it is over', async () => {
    const lan = await owner();
    const inUse = world.browser();
    await client.signIn(inUse, lan);
    const browser = world.browser();
    const asked = await comeByOther(browser, lan, (await client.begin()).url);
    expect(offersSwitch(asked)).toBe(true);
    const waiting = await browser.submit(asked, { decision: 'switch' });
    expect(waiting.name).toBe('other-account');
    expect(offersSwitch(waiting)).toBe(false);
    expect(await mails.link(lan.email, '/account/stop-recovery')).toContain(world.issuer);
    expect((await browser.submit(waiting, { decision: 'cancel' })).name).toBe('identify');

    const silent = await inUse.get((await client.begin({ prompt: 'none' })).url);
    expect(silent.url).toContain('code=');
    await client.signIn(world.browser(), lan);

    await pass(lan, 72);
    const login = await client.begin();
    const ready = await comeByOther(browser, lan, login.url);
    expect(offersSwitch(ready)).toBe(true);
    const back = await moveOn(browser, await browser.submit(ready, { decision: 'switch' }));
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({ sub: lan.sub, aal: 'aal1' });
    const ended = await inUse.get((await client.begin({ prompt: 'none' })).url);
    expect(ended.url).toContain('error=login_required');
  });

  it('doesn’t get it once the owner has stopped the wait', async () => {
    const lan = await owner();
    const browser = world.browser();
    await browser.submit(await comeByOther(browser, lan, (await client.begin()).url), { decision: 'switch' });
    const reader = browserAt(world.issuer);
    const stop = await reader.get(await mails.link(lan.email, '/account/stop-recovery'));
    expect(stop.name).toBe('stop-recovery');
    expect((await reader.submit(stop)).name).toBe('recovery-stopped');
    await pass(lan, 72);
    const again = await comeByOther(browser, lan, (await client.begin()).url);
    const started = await browser.submit(again, { decision: 'switch' });
    expect(started.name).toBe('other-account');
    expect(offersSwitch(started)).toBe(false);
    await client.signIn(world.browser(), lan);
  });

  it('may keep the account they are in, and learns nothing of the other', async () => {
    const lan = await owner();
    const nam = await world.addPerson({ profile: { name: 'Nam' } });
    const browser = world.browser();
    const login = await client.begin(substantial);
    const page = await proveAtEid(browser, await signIn(browser, login.url, nam), {
      link: '/eid/bank',
      person: lan.person,
    });
    expect(page.name).toBe('other-account');
    expect(page.html).not.toContain(lan.email);
    expect((await browser.submit(page, { decision: 'cancel' })).name).toBe('prove-identity');
  });

  it('is told when their eID says otherwise than the account, and gets nothing', async () => {
    const lan = await owner();
    await lieIdle(lan, 100);
    const { national_id } = lan.person;
    const other = world.addEidPerson({ national_id, birthdate: '1991-01-01' });
    const browser = world.browser();
    const login = await client.begin();
    const page = await proveAtEid(browser, await browser.get(login.url), { link: '/eid/bank', person: other });
    expect(page.name).toBe('eid-problem');
    expect(page.url).toContain('cause=disagrees');
    await client.signIn(world.browser(), lan);
  });

  it('gets nothing by a lower level than is on file', async () => {
    const lan = await owner();
    await lieIdle(lan, 100);
    const browser = world.browser();
    const page = await proveAtEid(browser, await browser.get((await client.begin()).url), {
      link: '/eid/bank',
      person: lan.person,
      level: 'LoA1',
    });
    expect(page.name).toBe('eid-problem');
    expect(page.url).toContain('cause=level-too-low');
  });
});

describe('a password typed while the account is reclaimed', () => {
  it('finishes no login afterwards, and leaves no session', async () => {
    const portal = await world.addPortal({ release: [releasedByConsent('email')] });
    const asking = await portalClient(world.issuer, portal);
    for (let round = 0; round < 4; round += 1) {
      const lan = await owner();
      await lieIdle(lan, 100);
      const early = world.browser();
      const login = await asking.begin({ scope: 'openid email' });
      // Typed before, or in the same moment.
      const page = await early.get(login.url);
      const browser = world.browser();
      const lost = await comeByOther(browser, lan, (await client.begin()).url);
      const [typed, taken] = await Promise.all([
        early.submit(page, { identifier: lan.email, password: lan.password }),
        browser.submit(lost, { decision: 'switch' }),
      ]);
      const [event] = await world.database.dataSource.query(
        `SELECT true FROM audit_event WHERE about_account_id = $1 AND kind = 'account-reclaimed'`,
        [lan.accountId],
      );
      if (event === undefined) {
        expect(taken.name).toBe('other-account');
        continue;
      }
      const after = typed.name === 'consent' ? await early.submit(typed) : typed;
      expect(after.name).toBe('identify');
      const silent = await early.get((await client.begin({ prompt: 'none' })).url);
      expect(silent.url).toContain('error=login_required');
    }
  });
});
