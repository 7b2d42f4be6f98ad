import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EidPerson } from '../../examples/sandbox/person.ts';
import { type EidHands, eidHands } from '../support/eid-hands.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { moveOn } from '../support/journey.ts';
import { type BegunLogin, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { answerAtOnce, cookiesFor, type Waiting } from '../support/steps-at-once.ts';
import { type Answer, besideAnother, inParallel, type TwoProviders } from '../support/two-providers.ts';

let world: EidWorld & TwoProviders;
let hands: EidHands;
let client: PortalClient;

beforeAll(async () => {
  world = await besideAnother(await startEidWorld());
  hands = eidHands(world);
  client = await portalClient(world.issuer, await world.addPortal());
});
afterAll(() => world.close());

const substantial = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'substantial' } } }) };
const atOnce = 50;

/** Somebody new, asked whether this identity is theirs. */
async function confirming(identity: EidPerson): Promise<Waiting & { readonly accountId: string }> {
  const person = await world.addPerson();
  const browser = world.browser();
  const asked = await signIn(browser, (await client.begin(substantial)).url, person);
  const page = await proveAtEid(browser, asked, { link: '/eid/vneid', person: identity });
  expect(page.name).toBe('confirm-identity');
  return { browser, page, accountId: person.accountId };
}

async function newcomer(identity: EidPerson): Promise<Waiting & { readonly login: BegunLogin }> {
  const browser = world.browser();
  const login = await client.begin();
  const start = await browser.get(login.url);
  const page = await proveAtEid(browser, start, { link: '/eid/vneid', person: identity });
  expect(page.name).toBe('new-account');
  return { browser, page, login };
}

const broken = (answers: readonly Answer[]): readonly Answer[] => answers.filter(({ status }) => status >= 500);

async function count(sql: string, values: readonly unknown[] = []): Promise<number> {
  const [row] = await world.database.dataSource.query(`SELECT count(*)::int AS count FROM ${sql}`, [...values]);
  return row.count;
}

const newLinks = async (work: () => Promise<void>): Promise<number> => {
  const before = await hands.links();
  await work();
  return (await hands.links()) - before;
};

/** Posts to a form of a page with the browser's cookies, at one of the two processes. */
function press(turn: number, { browser, page }: Waiting, fields: Record<string, string>, ending?: string) {
  const form = page.forms.find(({ action }) => ending === undefined || action.endsWith(ending));
  const { pathname } = new URL(form?.action ?? '', page.url);
  return world.send(turn, pathname, { cookie: cookiesFor(browser, pathname), form: { ...form?.fields, ...fields } });
}

describe('fifty times at once, over two processes,', () => {
  it('five accounts that prove one identity get one link', async () => {
    const identity = world.addEidPerson();
    const waiting: (Waiting & { readonly accountId: string })[] = [];
    for (let one = 0; one < 5; one += 1) waiting.push(await confirming(identity));
    const links = await newLinks(async () => {
      const answers = await answerAtOnce(world, { count: atOnce, waiting, fields: { decision: 'link' } });
      expect(broken(answers)).toEqual([]);
    });
    expect(links).toBe(1);
    const linked = await count(`audit_event WHERE kind = 'identity-linked' AND about_account_id = ANY($1)`, [
      waiting.map(({ accountId }) => accountId),
    ]);
    expect(linked).toBe(1);
    const ends = [];
    for (const { browser, page } of waiting) ends.push(await moveOn(browser, await browser.get(hands.stepOf(page))));
    expect(ends.filter(({ url }) => url.includes('code='))).toHaveLength(1);
    // Whoever came second reads why, and can go on.
    expect(ends.some(({ name }) => name === 'other-account')).toBe(true);
  });

  it('five accounts that prove one number by different identities get one link', async () => {
    const national_id = '001184987654';
    const waiting: Waiting[] = [];
    for (let one = 0; one < 5; one += 1) waiting.push(await confirming(world.addEidPerson({ national_id })));
    const links = await newLinks(async () => {
      expect(broken(await answerAtOnce(world, { count: atOnce, waiting, fields: { decision: 'link' } }))).toEqual([]);
    });
    expect(links).toBe(1);
  });

  it('one identity in several browsers makes one account', async () => {
    const identity = world.addEidPerson();
    const waiting = [await newcomer(identity), await newcomer(identity), await newcomer(identity)];
    const accounts = await count('account');
    const links = await newLinks(async () => {
      expect(broken(await answerAtOnce(world, { count: atOnce, waiting, fields: { decision: 'create' } }))).toEqual([]);
    });
    expect([links, (await count('account')) - accounts]).toEqual([1, 1]);
    const subjects = new Set<string>();
    for (const { browser, page, login } of waiting) {
      const here = await browser.get(hands.stepOf(page));
      const on = here.name === 'other-account' ? await browser.submit(here, { decision: 'switch' }) : here;
      const end = await moveOn(browser, on);
      subjects.add((await client.redeem(login, end.url)).claims()?.sub ?? '');
    }
    expect(subjects.size).toBe(1);
  });

  it('a link that is made, and declined, in one moment is made or isn’t', async () => {
    for (let round = 0; round < 8; round += 1) {
      const one = await confirming(world.addEidPerson());
      const answers = await inParallel(6, (turn) => press(turn, one, { decision: turn % 2 === 0 ? 'link' : 'cancel' }));
      expect(broken(answers)).toEqual([]);
      const links = await hands.links(one.accountId);
      const end = await moveOn(one.browser, await one.browser.get(hands.stepOf(one.page)));
      const proved = end.url.includes('code=');
      expect([links, proved || end.name]).toEqual(
        links === 1 ? [1, proved || 'prove-identity'] : [0, 'prove-identity'],
      );
    }
  });

  it('an identity that is taken away while somebody signs in by it is gone, and signs nobody in after that', async () => {
    for (let round = 0; round < 4; round += 1) {
      const identity = world.addEidPerson();
      const one = await confirming(identity);
      await moveOn(one.browser, await one.browser.submit(one.page, { decision: 'link' }));
      const shown = await one.browser.get(`${world.issuer}/account/identity`);
      const arriving = [];
      for (let login = 0; login < 3; login += 1) {
        const browser = world.browser();
        const start = await browser.get((await client.begin()).url);
        const back = await hands.callback(browser, await hands.departure(browser, start), { person: identity });
        arriving.push({ browser, back });
      }
      const removing = press(0, { browser: one.browser, page: shown }, {}, '/remove');
      const arrived = Promise.all(arriving.map(({ browser, back }) => browser.get(back.href)));
      expect((await removing).status).toBe(303);
      for (const { status } of await arrived) expect(status).toBeLessThan(500);
      expect(await hands.links(one.accountId)).toBe(0);
      await newcomer(identity);
    }
  });

  it('a withdrawal beside sign-ins leaves what the source said last', async () => {
    for (let round = 0; round < 4; round += 1) {
      const identity = world.addEidPerson();
      const one = await confirming(identity);
      await moveOn(one.browser, await one.browser.submit(one.page, { decision: 'link' }));
      const trips = [];
      for (const fault of ['withdrawn-identity', 'none', 'none']) {
        const browser = world.browser();
        const start = await browser.get((await client.begin()).url);
        const back = await hands.callback(browser, await hands.departure(browser, start), { person: identity, fault });
        trips.push({ browser, back });
      }
      const pages = await Promise.all(trips.map(({ browser, back }) => browser.get(back.href)));
      for (const { status } of pages) expect(status).toBeLessThan(500);
      expect(pages[0]?.url).toContain('cause=withdrawn');
      expect(await hands.links(one.accountId)).toBe(1);
    }
  });
});
