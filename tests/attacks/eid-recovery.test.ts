import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidLogins, eidLogins, essential } from '../support/eid-logins.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { offeredSeed, shownByApp } from '../support/factors.ts';
import { moveOn } from '../support/journey.ts';
import { browserAt, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';

let world: EidWorld;
let hands: EidHands;
let client: PortalClient;
let eid: EidLogins;

beforeAll(async () => {
  world = await startEidWorld();
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
  eid = eidLogins({ world, client });
});
afterAll(async () => {
  await world.close();
});

const account = (path = ''): string => `${world.issuer}/account${path}`;

describe('whoever reads the mailbox', () => {
  it('doesn’t recover at once an account whose identity is proved', async () => {
    const { person } = await eid.linked();
    expect((await eid.recovering(person)).name).toBe('recover-wait');
    const { person: little } = await eid.linked({ level: 'LoA1' });
    expect((await eid.recovering(little)).name).toBe('new-password');
  });

  it('nor after the link of a letter has taken that identity away', async () => {
    const { person } = await eid.linked();
    const reader = browserAt(world.issuer);
    const report = await reader.get(await eid.mails.link(person.email, '/account/not-me'));
    expect((await reader.submit(report)).name).toBe('not-me-done');
    expect(await hands.links(person.accountId)).toBe(0);
    expect((await eid.recovering(person)).name).toBe('recover-wait');
  });

  it('nor once its source doesn’t vouch for it any more', async () => {
    const { person, identity } = await eid.linked();
    const { page } = await eid.byEid(identity, { fault: 'withdrawn-identity' });
    expect(page.name).toBe('eid-problem');
    expect((await eid.recovering(person)).name).toBe('recover-wait');
  });
});

describe('after a recovery', () => {
  async function recovered() {
    const person = await world.addPerson();
    const browser = world.browser();
    const typed = await browser.submit(await browser.get(`${world.issuer}/recover`), { email: person.email });
    const fresh = await browser.submit(typed, { code: await eid.mails.code(person.email, 1) });
    const password = 'một mật khẩu mới hẳn';
    await moveOn(browser, await browser.submit(fresh, { new_password: password }));
    return { browser, person: { ...person, password } };
  }

  it('an app is added, and no eID after it', async () => {
    const { browser, person } = await recovered();
    await signIn(browser, (await client.begin()).url, person, { declines: true });
    const adding = await browser.get(account('/sign-in-methods/add/totp'));
    const seed = offeredSeed(adding);
    expect((await browser.submit(adding, { code: shownByApp(seed) })).name).toBe('recovery-codes');
    const asked = await browser.get((await client.begin(essential('substantial'))).url);
    const more = asked.name === 'second-factor' ? await browser.submit(asked, { code: shownByApp(seed, 1) }) : asked;
    expect(more.name).toBe('prove-identity');
    const identity = world.addEidPerson();
    const confirm = await proveAtEid(browser, more, { link: '/eid/vneid', person: identity });
    const end = confirm.name === 'confirm-identity' ? await browser.submit(confirm, { decision: 'link' }) : confirm;
    expect(end.url).toContain('cause=cooling-down');
    expect(await hands.links(person.accountId)).toBe(0);
  });

  it('or an eID, and no app after it; and nothing is taken away', async () => {
    const { browser, person } = await recovered();
    await eid.linkFor(browser, { person, identity: world.addEidPerson() });
    expect(await hands.links(person.accountId)).toBe(1);
    const adding = await browser.get(account('/sign-in-methods/add/totp'));
    const added = await browser.submit(adding, { code: shownByApp(offeredSeed(adding)) }).catch(() => adding);
    expect(added.name).not.toBe('recovery-codes');
    const shown = await browser.get(account('/identity'));
    expect(shown.forms.some(({ action }) => action.endsWith('/remove'))).toBe(false);
  });
});
