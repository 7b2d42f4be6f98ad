import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type EidStories, eidStories, insisting } from '../support/eid-stories.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { mailbox, moveOn } from '../support/journey.ts';
import { movableTime } from '../support/movable-time.ts';
import type { PlainBrowser } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';
import { type PortalClient, portalClient, signIn } from '../support/portal-client.ts';

const time = movableTime();
let world: EidWorld;
let stories: EidStories;
let named: PortalClient;
let mails: ReturnType<typeof mailbox>;

const link = '/eid/vneid';
const name = {
  claim: 'name',
  purpose: { vi: 'Để biết bạn là ai', en: 'To know who you are', fr: 'Pour savoir qui vous êtes' },
  basis: { kind: 'consent' },
  required: true,
} as const;

beforeAll(async () => {
  world = await startEidWorld();
  stories = await eidStories(world);
  named = await portalClient(world.issuer, await world.addPortal({ release: [name] }));
  mails = mailbox(world);
});
afterAll(async () => {
  time.restore();
  await world.close();
});

/** Signs in by the eID, which says this, in a browser of its own. */
async function signInByEid(person: Parameters<typeof proveAtEid>[2]['person'], fault = 'none') {
  const [browser, login] = [world.browser(), await named.begin({ scope: 'openid profile' })];
  const page = await proveAtEid(browser, await browser.get(login.url), { link, person, fault });
  return { browser, login, page };
}

const identityPage = async (browser: PlainBrowser) =>
  plainText((await browser.get(`${world.issuer}/account/identity?ui_locales=en`)).html);

describe('Somebody whom the eID knows under another name by now', () => {
  it('bears it here from then on, is told by mail, and finds the old one in their history', async () => {
    const { lan, person } = await stories.linked();
    const { browser, login, page } = await signInByEid(person, 'renamed');
    const back = await signIn(browser, page, lan);
    const tokens = await named.redeem(login, back.url);
    const userinfo = await fetch(`${world.issuer}/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect(await userinfo.json()).toMatchObject({ name: 'ĐẶNG THỊ HOÀ' });

    const told = await mails.mail(lan.email, 1, 'đã cập nhật');
    expect(told.text).toContain('eID vneid');
    expect(told.text).not.toContain('ĐẶNG');

    const [now, before] = (await identityPage(browser)).split('Earlier facts');
    expect(now).toContain('ĐẶNG THỊ HOÀ');
    expect(before).toContain('NGUYỄN THỊ HOÀ');
  });
});

describe('Somebody whom the eID no longer vouches for', () => {
  it('has no proven identity from the next request on, is told, and has it again once it is vouched for again', async () => {
    const { lan, person, browser } = await stories.linked();
    const { page } = await signInByEid(person, 'withdrawn-identity');
    expect(page.name).toBe('eid-problem');
    expect((await mails.mail(lan.email, 1, 'không còn hiệu lực')).text).toContain('eID vneid');
    expect(await identityPage(browser)).toContain('No electronic identity vouches for you here at present.');

    const login = await stories.client.begin(insisting());
    const asked = await moveOn(browser, await browser.get(login.url));
    expect(asked.name).toBe('prove-identity');
    const unsure = await stories.client.begin();
    const served = await moveOn(browser, await browser.get(unsure.url));
    expect((await stories.client.redeem(unsure, served.url)).claims()).toMatchObject({ ial: 'ial0' });

    // An eID tells whole seconds, and what it said before it withdrew the identity counts no more.
    time.pass(2);
    await signInByEid(person);
    const again = await stories.client.begin(insisting());
    const back = await moveOn(browser, await browser.get(again.url));
    expect((await stories.client.redeem(again, back.url)).claims()).toMatchObject({ ial: 'ial2', acr: 'substantial' });
    expect(await identityPage(browser)).toContain('Proved with substantial assurance');
  });
});

describe('Somebody whose eID was withdrawn, and who was issued another one there', () => {
  const number = (): string => `0011841${Math.random().toString().slice(2, 7)}`;

  /** In the browser of their account, as far as the page that shows both beside each other. */
  async function withAnother(changes: Partial<EidPerson>) {
    const { lan, person, browser } = await stories.linked({ national_id: number() });
    await signInByEid(person, 'withdrawn-identity');
    const another = world.addEidPerson({ ...person, subject: `${person.subject}-2`, ...changes });
    const login = await stories.client.begin(insisting());
    const asked = await moveOn(browser, await browser.get(login.url));
    const confirm = await proveAtEid(browser, asked, { link, person: another });
    expect(confirm.name).toBe('confirm-identity');
    return { lan, person, another, browser, login, confirm };
  }

  async function hasOldOnly({ accountId }: { readonly accountId: string }): Promise<boolean> {
    const [row] = await world.database.dataSource.query(
      `SELECT count(*) = 1 AND bool_and(removed_at IS NULL AND withdrawn_at IS NOT NULL) AS "isOld"
       FROM upstream_identity WHERE account_id = $1`,
      [accountId],
    );
    return row.isOld;
  }

  it('links that one, and leaves the old one behind', async () => {
    const { person, another, browser, login, confirm } = await withAnother({});
    const back = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    expect((await stories.client.redeem(login, back.url)).claims()).toMatchObject({ ial: 'ial2', acr: 'substantial' });
    const { page } = await signInByEid(another);
    expect(page.name).not.toBe('other-account');
    // The old one, vouched for again, is nobody's; its number still is this account's.
    time.pass(2);
    expect((await signInByEid(person)).page.name).toBe('other-account');
  });

  it.each([
    ['number', { national_id: number() }],
    ['name', { name: 'TRẦN THỊ MAI', family_name: 'TRẦN', given_name: 'MAI' }],
  ])('is asked to have it looked at where the %s isn’t the same: it may be anybody', async (_, changes) => {
    const { lan, browser, confirm } = await withAnother(changes);
    const end = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    expect([end.name, new URL(end.url).searchParams.get('cause')]).toEqual(['eid-problem', 'disagrees']);
    expect(await hasOldOnly(lan)).toBe(true);
  });

  it('waits where the account was recovered a short while ago: what is on file guards it', async () => {
    const { lan, browser, confirm } = await withAnother({});
    await world.database.dataSource.query(
      `WITH aged AS (UPDATE upstream_identity SET linked_at = linked_at - interval '30 days' WHERE account_id = $1)
       UPDATE account SET cool_down_until = now() + interval '71 hours' WHERE id = $1`,
      [lan.accountId],
    );
    const end = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    expect([end.name, new URL(end.url).searchParams.get('cause')]).toEqual(['eid-problem', 'cooling-down']);
    expect(await hasOldOnly(lan)).toBe(true);
  });
});

describe('Somebody whose identity was proved longer ago than a portal accepts', () => {
  it('is asked again, and told why, by a portal that insists: it can’t be put off', async () => {
    const { page, browser, person, client, login } = await stories.situations[
      'proving it again, as it was too long ago'
    ]({ ui_locales: 'en' });
    expect(page.name).toBe('prove-identity');
    expect(plainText(page.html)).toContain('You proved who you are quite a while ago');
    expect(page.html).not.toContain('value="later"');
    const back = await moveOn(browser, await proveAtEid(browser, page, { link, person }));
    expect((await client.redeem(login, back.url)).claims()).toMatchObject({ ial: 'ial2' });
  });

  it('may put it off where the portal only wishes for it, and isn’t asked again in that login', async () => {
    const { lan, browser } = await stories.linked();
    await stories.ageIdentity(lan, 31);
    const login = await stories.forgetful.begin({ acr_values: 'substantial' });
    const asked = await browser.get(login.url);
    const later = asked.forms.findIndex(({ fields }) => fields['decision'] === 'later');
    const back = await moveOn(browser, await browser.submit(asked, {}, later));
    expect((await stories.forgetful.redeem(login, back.url)).claims()).toMatchObject({ ial: 'ial0' });
    expect((await browser.get((await stories.forgetful.begin({ acr_values: 'substantial' })).url)).name).toBe(
      'prove-identity',
    );
  });

  it('is still who they are to a portal that takes any age', async () => {
    const { lan, browser } = await stories.linked();
    await stories.ageIdentity(lan, 3000);
    const login = await stories.client.begin(insisting());
    const back = await moveOn(browser, await browser.get(login.url));
    expect((await stories.client.redeem(login, back.url)).claims()).toMatchObject({ ial: 'ial2' });
  });
});

describe('Somebody who signs in at a weaker level than before', () => {
  it('is still who they are, but has proved it by one factor only', async () => {
    const { person } = await stories.linked();
    const { browser, login, page } = await signInByEid(person, 'lower-level');
    const back = await signIn(browser, page, { email: '', password: '' });
    expect((await named.redeem(login, back.url)).claims()).toMatchObject({ aal: 'aal1', ial: 'ial2', acr: 'low' });
  });

  it('is told that it isn’t enough where two factors are needed, as often as they do it', async () => {
    const { person } = await stories.linked();
    const [browser, login] = [world.browser(), await stories.client.begin(insisting())];
    const once = await proveAtEid(browser, await browser.get(login.url), { link, person, fault: 'lower-level' });
    expect(once.name).toBe('prove-identity');
    const twice = await proveAtEid(browser, once, { link, person, fault: 'lower-level' });
    expect([twice.name, new URL(twice.url).searchParams.get('cause')]).toEqual(['eid-problem', 'not-enough']);
    const back = await moveOn(browser, await proveAtEid(browser, twice, { link, person }));
    expect((await stories.client.redeem(login, back.url)).claims()).toMatchObject({ acr: 'substantial' });
  });
});
