import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { ageSessions } from '../support/age-sessions.ts';
import { type EidStories, eidStories, insisting } from '../support/eid-stories.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { offeredSeed, shownByApp } from '../support/factors.ts';
import type { TestPerson } from '../support/installation.ts';
import { follow, mailbox, moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';
import { signIn } from '../support/portal-client.ts';

let world: EidWorld;
let stories: EidStories;
let mails: ReturnType<typeof mailbox>;

beforeAll(async () => {
  world = await startEidWorld();
  stories = await eidStories(world);
  mails = mailbox(world);
});
afterAll(() => world.close());

const link = '/eid/vneid';
const at = (path: string): string => `${world.issuer}/account${path}?ui_locales=en`;

/** Whose account opens for somebody who comes with this eID. */
async function opensFor(person: EidPerson): Promise<string | undefined> {
  const [browser, login] = [world.browser(), await stories.client.begin()];
  const page = await proveAtEid(browser, await browser.get(login.url), { link, person });
  if (page.name === 'new-account') return undefined;
  await moveOn(browser, page);
  return plainText((await browser.get(at(''))).html);
}

// Whom both eIDs know by one name.
const named = { name: 'HOÀ NGUYỄN', family_name: 'NGUYỄN', given_name: 'HOÀ', middle_name: undefined };
const bornIn = { birthplace: '75107', birthcountry: '99100' };

const removalOf = ({ forms }: PlainPage) => forms.findIndex(({ action }) => action.endsWith('/remove'));

describe('Somebody who begins with an eID and says that they have an account', () => {
  async function sayTheyHaveOne(): Promise<{
    browser: PlainBrowser;
    person: EidPerson;
    page: PlainPage;
    login: Awaited<ReturnType<EidStories['client']['begin']>>;
  }> {
    const [browser, person] = [world.browser(), world.addEidPerson()];
    const login = await stories.client.begin();
    const offered = await proveAtEid(browser, await browser.get(login.url), { link, person });
    return { browser, person, login, page: await browser.submit(offered, { decision: 'existing' }) };
  }

  it('signs in to it, sees both beside each other, and has one account with both ways in', async () => {
    const lan = await world.addPerson();
    const { browser, person, page, login } = await sayTheyHaveOne();
    expect(page.name).toBe('identify');
    const confirm = await signIn(browser, page, lan);
    expect(confirm.name).toBe('confirm-identity');
    expect(plainText(confirm.html)).toContain('NGUYỄN THỊ HOÀ');
    const back = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    expect((await stories.client.redeem(login, back.url)).claims()).toMatchObject({ ial: 'ial2' });
    expect(await opensFor(person)).toContain(lan.email);
  });

  it('proves all they have there first: the second factor too', async () => {
    const lan = await world.addPerson();
    const owner = world.browser();
    await signIn(owner, at(''), lan);
    const adding = await owner.get(at('/sign-in-methods/add/totp'));
    const seed = offeredSeed(adding);
    await owner.submit(adding, { code: shownByApp(seed, -1) });

    const { browser, person, page } = await sayTheyHaveOne();
    const asked = await signIn(browser, page, lan);
    expect(asked.name).toBe('second-factor');
    const confirm = await browser.submit(asked, { code: shownByApp(seed) });
    expect(confirm.name).toBe('confirm-identity');
    await browser.submit(confirm, { decision: 'link' });
    expect(await opensFor(person)).toContain(lan.email);
  });

  it('signs in to it by their other eID, where that is their only way in', async () => {
    const french = world.addEidPerson({ ...named, ...bornIn, level: 'eidas2', national_id: undefined });
    const first = world.browser();
    const offered = await proveAtEid(first, await first.get(at('')), { link: '/eid/france', person: french });
    await moveOn(first, await first.submit(offered, { decision: 'create' }));

    const [browser, person] = [world.browser(), world.addEidPerson(named)];
    const login = await stories.client.begin();
    const known = await proveAtEid(browser, await browser.get(login.url), { link, person });
    const page = await browser.submit(known, { decision: 'existing' });
    const confirm = await proveAtEid(browser, page, { link: '/eid/france', person: french });
    expect(confirm.name).toBe('confirm-identity');
    await browser.submit(confirm, { decision: 'link' });
    const identities = await first.get(at('/identity'));
    expect(plainText(identities.html)).toMatch(/From eID france .*From eID vneid/);
  });

  it('may still say no, and stays in their account without it', async () => {
    const lan = await world.addPerson();
    const { browser, person, page, login } = await sayTheyHaveOne();
    const confirm = await signIn(browser, page, lan);
    const back = await moveOn(browser, await browser.submit(confirm, { decision: 'cancel' }));
    expect((await stories.client.redeem(login, back.url)).claims()).toMatchObject({ ial: 'ial0', amr: ['pwd'] });
    expect(await opensFor(person)).toBeUndefined();
  });
});

/** Signs in by password at home, and begins to prove who they are there. */
async function proveFromHome(lan: TestPerson) {
  const browser = world.browser();
  await signIn(browser, at(''), lan);
  const page = await follow(browser, await browser.get(at('/identity')), '/account/identity/prove');
  return { browser, page };
}

describe('Somebody who proves who they are from their own account', () => {
  it('does so after a fresh proof of the account, and finds it on their identity page', async () => {
    const [lan, person] = [await world.addPerson(), world.addEidPerson()];
    const { browser, page } = await proveFromHome(lan);
    const asked = page.name === 'identify' ? await signIn(browser, page, lan) : page;
    expect(asked.name).toBe('prove-identity');
    expect(plainText(asked.html)).toContain('for your own account');
    const confirm = await proveAtEid(browser, asked, { link, person });
    const done = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    expect(done.name).toBe('identity');
    expect(plainText(done.html)).toContain('Proved with substantial assurance');
    expect((await mails.mail(lan.email, 1, 'liên kết định danh')).text).toContain('eID vneid');
  });

  it('is home again when they would rather not', async () => {
    const lan = await world.addPerson();
    const { browser, page } = await proveFromHome(lan);
    const asked = page.name === 'identify' ? await signIn(browser, page, lan) : page;
    const later = asked.forms.findIndex(({ fields }) => fields['decision'] === 'later');
    const home = await moveOn(browser, await browser.submit(asked, {}, later));
    expect(home.name).toBe('identity');
  });

  it('proves it again without the question whose account it is, as it is linked already', async () => {
    const { lan, person } = await stories.linked();
    const { browser, page } = await proveFromHome(lan);
    const asked = page.name === 'identify' ? await signIn(browser, page, lan) : page;
    expect(asked.name).toBe('prove-identity');
    expect((await moveOn(browser, await proveAtEid(browser, asked, { link, person }))).name).toBe('identity');
  });
});

describe('Somebody who proves who they are by another eID as well', () => {
  it('chooses it, proves the one they have, and has both', async () => {
    const { lan, person } = await stories.linked(named);
    const french = world.addEidPerson({ ...named, ...bornIn, level: 'eidas2', national_id: undefined });
    const { browser, page } = await proveFromHome(lan);
    const asked = page.name === 'identify' ? await signIn(browser, page, lan) : page;
    const first = await proveAtEid(browser, asked, { link: '/eid/france', person: french });
    expect(plainText(first.html)).toContain('We want to be sure that it is you');
    const confirm = await proveAtEid(browser, first, { link, person });
    expect(confirm.name).toBe('confirm-identity');
    const done = await moveOn(browser, await browser.submit(confirm, { decision: 'link' }));
    expect(plainText(done.html)).toMatch(/From eID vneid .*From eID france/);
  });

  it('can’t, where it says otherwise', async () => {
    const { lan, person } = await stories.linked(named);
    const other = world.addEidPerson({
      ...named,
      ...bornIn,
      level: 'eidas2',
      national_id: undefined,
      given_name: 'HÒA AN',
    });
    const { browser, page } = await proveFromHome(lan);
    const asked = page.name === 'identify' ? await signIn(browser, page, lan) : page;
    const before = await stories.stored();
    const refused = await proveAtEid(browser, asked, { link: '/eid/france', person: other });
    expect(new URL(refused.url).searchParams.get('cause')).toBe('disagrees');
    expect(await stories.stored()).toEqual(before);
    expect((await proveAtEid(browser, asked, { link, person })).name).not.toBe('eid-problem');
  });
});

describe('Somebody who takes an eID off their account', () => {
  it('does so after a fresh proof, is told by mail, and the eID opens nothing any more', async () => {
    const { lan, person, browser } = await stories.linked();
    await ageSessions(world, 3600);
    const page = await browser.get(at('/identity'));
    expect(removalOf(page)).toBeGreaterThanOrEqual(0);
    const asked = await browser.submit(page, {}, removalOf(page));
    expect(asked.name).toBe('identify');
    expect(await opensFor(person)).toContain(lan.email);
    const second = await signIn(browser, asked, lan);
    expect(plainText(second.html)).toContain('We want to be sure that it is you');
    const proved = await moveOn(browser, await proveAtEid(browser, second, { link, person }));
    expect(proved.name).toBe('identity');
    const done = await browser.submit(proved, {}, removalOf(proved));
    expect(plainText(done.html)).toContain('The identity is removed from your account.');
    expect((await mails.mail(lan.email, 1, 'Đã gỡ')).text).toContain('eID vneid');
    expect(await opensFor(person)).toBeUndefined();
    const login = await stories.client.begin(insisting());
    expect((await browser.get(login.url)).name).toBe('prove-identity');
  });

  it('by “it wasn’t me” in the letter that told of it, without signing in', async () => {
    const { lan, person } = await stories.linked();
    const letter = await mails.mail(lan.email, 1, 'liên kết định danh');
    const report = letter.text.match(/https?:\/\/\S+\/account\/not-me\/\S+/)?.[0] ?? '';
    const reader = world.browser();
    expect((await reader.submit(await reader.get(report))).name).toBe('not-me-done');
    expect(await opensFor(person)).toBeUndefined();
  });
});
