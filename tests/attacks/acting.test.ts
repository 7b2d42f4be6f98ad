import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endMandateArtifacts } from '../../src/oidc/end-mandate.ts';
import { type ActingHands, actingHands, type Mandated } from '../support/acting-hands.ts';
import { type ActingWorld, chooseOrganization, startActingWorld } from '../support/acting-world.ts';
import { moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { answerOf, type Played } from '../support/portals.ts';
import { releasedByConsent } from '../support/relying-party.ts';

let world: ActingWorld;
let hands: ActingHands;
let tax: Played;

beforeAll(async () => {
  world = await startActingWorld();
  hands = actingHands(world);
  tax = await world.portal();
});
afterAll(() => world.close());

const powers = 'tax:read';
const typed = ({ person: { email, password } }: Mandated) => ({ identifier: email, password });
const told = (number: string) => ({ organization: { id: `vn:${number}` } });
const stepOf = ({ url }: PlainPage): string => url.split('?')[0] ?? '';

/** The form with fields as no browser would send them. */
async function postRaw(browser: PlainBrowser, page: PlainPage, body: string): Promise<number> {
  const [form] = page.forms.filter(({ action }) => action.endsWith('/organization'));
  const { pathname } = new URL(form?.action ?? '', page.url);
  const cookie = [...browser.cookies]
    .filter(([, { path }]) => pathname.startsWith(path))
    .map(([key, { value }]) => `${key.split('\n')[0]}=${value}`)
    .join('; ');
  const csrf = `csrf=${encodeURIComponent(form?.fields['csrf'] ?? '')}`;
  const answer = await fetch(`${world.issuer}${pathname}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: `${csrf}&${body}`,
  });
  return answer.status;
}

describe('a choice that isn’t the person’s to make', () => {
  it('another’s mandate is answered like one that there isn’t', async () => {
    const [minh, lan] = [await hands.mandated(), await hands.mandated()];
    const { login, page } = await hands.begin(minh.browser, tax);
    let current = page;
    const answers: PlainPage[] = [];
    for (const organization of [lan.mandates[0].id, randomUUID()]) {
      current = await minh.browser.submit(current, { organization });
      answers.push(current);
    }
    const bare = answers.map(({ status, name, html }) => [
      status,
      name,
      html.replace(/value="[\w-]{43}"|dd-reference">\w+/g, ''),
    ]);
    expect(bare[0]).toEqual(bare[1]);
    expect(current.name).toBe('choose-organization');
    const back = await chooseOrganization(minh.browser, current, minh.mandates[0].id);
    expect((await tax.client.redeem(login, back.url)).claims()).toMatchObject(told(minh.mandates[0].number));
  });

  it.each([
    ['no uuid', `organization=minh`],
    ['an array', `organization[]=self&organization[]=another`],
    ['twice', `organization=self&organization=another`],
    ['with NUL', `organization=self%00`],
    ['of 8 kB', `organization=${'a'.repeat(8192)}`],
    ['a prototype', `organization[__proto__]=self&__proto__[organization]=self`],
    ['a number with NUL', `organization=another&organization_number=0300588569%00`],
    ['a number of 8 kB', `organization=another&organization_number=${'9'.repeat(8192)}`],
  ])('%s chooses nothing and breaks nothing', async (_, body) => {
    const minh = await hands.mandated();
    const { page } = await hands.begin(minh.browser, tax);
    const status = await postRaw(minh.browser, page, body);
    expect(status).toBeLessThan(500);
    const again = await moveOn(minh.browser, await minh.browser.get(stepOf(page)));
    expect(again.name).toBe('choose-organization');
  });
});

describe('a choice counts for whoever made it', () => {
  it.each(['self', 'mandate'])('and for nobody who signs in after them: %s', async (kind) => {
    const [minh, lan] = [await hands.mandated(), await hands.mandated()];
    // Nobody is signed in here, so nobody is asked whether another is meant.
    const browser = world.browser();
    const { login, page } = await hands.begin(browser, tax, { powers });
    const choose = await moveOn(browser, await browser.submit(page, typed(minh)));
    expect(choose.name).toBe('choose-organization');
    const organization = kind === 'self' ? 'self' : minh.mandates[0].id;
    // Chosen, but the hub isn't visited: the next to be seen there is somebody else.
    expect(await postRaw(browser, choose, `organization=${organization}`)).toBe(303);
    const asked = await moveOn(browser, await browser.submit(page, typed(lan)));
    expect(asked.name).toBe('choose-organization');
    const back = await chooseOrganization(browser, asked, lan.mandates[0].id);
    expect((await tax.client.redeem(login, back.url)).claims()).toMatchObject(told(lan.mandates[0].number));
  });

  it('a session’s default goes with the session', async () => {
    const [minh, lan] = [await hands.mandated(), await hands.mandated()];
    await hands.act(minh, tax, { choose: minh.mandates[0].id });
    const { page } = await hands.begin(minh.browser, tax, { powers, prompt: 'select_account' });
    const identify = await minh.browser.submit(page, { decision: 'another' });
    const asked = await moveOn(minh.browser, await minh.browser.submit(identify, typed(lan)));
    expect(asked.name).toBe('choose-organization');
    expect(asked.html).not.toContain(minh.mandates[0].number);
  });

  it('a page that was shown to one is no answer of the next who signs in', async () => {
    const [minh, lan] = [await hands.mandated(), await hands.mandated()];
    const browser = world.browser();
    const { page } = await hands.begin(browser, tax);
    const shownToMinh = await moveOn(browser, await browser.submit(page, typed(minh)));
    const asked = await moveOn(browser, await browser.submit(page, typed(lan)));
    expect([shownToMinh.name, asked.name]).toEqual(['choose-organization', 'choose-organization']);
    const answered = await browser.submit(shownToMinh, { organization: 'self' });
    expect(answered.name).toBe('choose-organization');
    expect((await moveOn(browser, await browser.get(stepOf(asked)))).name).toBe('choose-organization');
  });
});

describe('forms of one login', () => {
  it('aren’t another’s, nor another browser’s', async () => {
    const [minh, lan] = [await hands.mandated(), await hands.mandated()];
    const [one, two] = [await hands.begin(minh.browser, tax), await hands.begin(minh.browser, tax)];
    const foreign = (await hands.begin(lan.browser, tax)).page;
    for (const { forms } of [two.page, foreign]) {
      const { csrf = '' } = forms[0]?.fields ?? {};
      const answer = await minh.browser.submit(one.page, { organization: 'self', csrf });
      expect(answer.name).toBe('choose-organization');
      expect(answer.html).toContain('dd-choices');
    }
    // And to the address of the other's login this browser has no key at all.
    const [form] = foreign.forms;
    const stolen = await minh.browser.post(new URL(form?.action ?? '', foreign.url).href, {
      ...form?.fields,
      organization: 'self',
    });
    expect(stolen.url).not.toContain('code=');
    expect(stolen.name).not.toBe('choose-organization');
  });

  it.each(['', '/found', '/result', '/cancel'])('of another site are refused: organization%s', async (suffix) => {
    const minh = await hands.mandated();
    const { page } = await hands.begin(minh.browser, tax);
    const fields = { ...page.forms[0]?.fields, organization: 'self', decision: 'continue' };
    const url = `${stepOf(page)}/organization${suffix}`;
    expect((await minh.browser.post(url, fields, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await minh.browser.post(url, { ...fields, csrf: '' })).name).toBe('choose-organization');
    expect((await minh.browser.post(url, { ...fields, csrf: 'AAAA' })).name).toBe('choose-organization');
  });

  it('of the pages that come later lead back to the first', async () => {
    const minh = await hands.mandated();
    const { page } = await hands.begin(minh.browser, tax);
    for (const suffix of ['found', 'result']) {
      for (const decision of ['continue', 'ask', 'again', 'another', 'back', '__proto__']) {
        const fields = { ...page.forms[0]?.fields, decision, exercise: 'joint' };
        const answer = await minh.browser.post(`${stepOf(page)}/organization/${suffix}`, fields);
        expect([suffix, decision, answer.status, answer.name]).toEqual([suffix, decision, 200, 'choose-organization']);
      }
    }
  });

  it('before anybody signed in lead to the sign-in', async () => {
    const browser = world.browser();
    const { page } = await hands.begin(browser, tax);
    for (const suffix of ['', '/found', '/result', '/cancel']) {
      const fields = { ...page.forms[0]?.fields, organization: 'self', decision: 'continue' };
      const answer = await browser.post(`${stepOf(page)}/organization${suffix}`, fields);
      expect([suffix, answer.status, answer.name]).toEqual([suffix, 200, 'identify']);
    }
  });

  it('of two tabs: the first to answer answers, the other goes on with it', async () => {
    const minh = await hands.mandated({}, {});
    const { login, page } = await hands.begin(minh.browser, tax);
    const other = await minh.browser.get(page.url);
    const back = await chooseOrganization(minh.browser, page, minh.mandates[0].id);
    expect((await tax.client.redeem(login, back.url)).claims()).toMatchObject(told(minh.mandates[0].number));
    const late = await moveOn(minh.browser, await minh.browser.submit(other, { organization: 'self' }));
    expect(late.status).toBeLessThan(500);
    expect(late.url).not.toContain('code=');
    const reloaded = await minh.browser.get(page.url);
    expect(reloaded.status).toBeLessThan(500);
    expect((await hands.act(minh, tax)).claims()).toMatchObject(told(minh.mandates[0].number));
  });
});

describe('what a portal doesn’t take', () => {
  it('oneself: neither posted, nor remembered, nor beside a hint', async () => {
    const minh = await hands.mandated();
    const strict = await world.portal({ acting: { asSelf: false } } as never);
    const { page } = await hands.begin(minh.browser, strict);
    expect(page.html).not.toContain('value="self"');
    const again = await minh.browser.submit(page, { organization: 'self' });
    expect((await moveOn(minh.browser, again)).name).toBe('choose-organization');
    // It took them once, and its session remembers.
    const { relyingParties, inTransaction } = world.installation;
    const once = await world.portal();
    await hands.act(minh, once, { choose: 'self' });
    await inTransaction((tx) => relyingParties.save(tx, { ...once.portal, acting: { asSelf: false, joint: false } }));
    // What is known of a portal is some seconds old.
    await world.restart();
    for (const hint of [{}, { organization_hint: `vn:${minh.mandates[0].number}` }]) {
      const error = await hands.errorOf(minh.browser, once, { prompt: 'none', ...hint });
      expect([hint, error]).toEqual([hint, 'interaction_required']);
    }
  });

  it('a joint mandate: shown with its reason, and no way to choose it', async () => {
    const exercise = {
      kind: 'joint',
      quorum: 2,
      of: [
        { kind: 'person', name: 'A' },
        { kind: 'person', name: 'B' },
      ],
    };
    const minh = await hands.mandated({ exercise });
    const [{ id, number }] = minh.mandates;
    const { page } = await hands.begin(minh.browser, tax);
    expect(page.html).toContain(`Công ty ${number}`);
    expect(page.html).not.toContain(`value="${id}"`);
    const again = await minh.browser.submit(page, { organization: id });
    expect((await moveOn(minh.browser, again)).name).toBe('choose-organization');
    const joint = await world.portal({ acting: { joint: true } } as never);
    expect((await hands.act(minh, joint, { choose: id })).claims()).toMatchObject({
      representation: { exercise: 'joint', quorum: 2, of: 2 },
    });
  });
});

describe('the default of a session', () => {
  it('of a mandate that ended in the middle of a login asks again, and says why', async () => {
    const minh = await hands.mandated({}, {});
    const [{ id }, other] = minh.mandates;
    await hands.act(minh, tax, { choose: id });
    const { login, page } = await hands.begin(minh.browser, tax, { prompt: 'select_organization' });
    await world.installation.inTransaction(async (tx) => {
      await tx.query(`UPDATE mandate SET state = 'revoked' WHERE id = $1`, [id]);
      await endMandateArtifacts(tx, id);
    });
    const again = await chooseOrganization(minh.browser, page, id);
    expect(again.name).toBe('choose-organization');
    expect(page.html).not.toContain('Hiện chưa chọn được tổ chức đó ở đây');
    expect(again.html).toContain('Hiện chưa chọn được tổ chức đó ở đây');
    expect(again.html).not.toContain(id);
    const back = await chooseOrganization(minh.browser, again, other?.id ?? '');
    expect((await tax.client.redeem(login, back.url)).claims()).toMatchObject(told(other?.number ?? ''));
  });
});

describe('the scope organizations', () => {
  type Listed = { readonly organizations?: readonly { readonly id: string; readonly powers: readonly string[] }[] };
  const scope = 'openid organization organizations';
  const metadata = { scope } as never;

  it('tells nothing to a portal that didn’t declare it', async () => {
    const minh = await hands.mandated();
    const played = await world.portal({ metadata });
    const tokens = await hands.act(minh, played, { scope, choose: 'self' });
    expect((await hands.userinfo(tokens.access_token)).body).not.toHaveProperty('organizations');
    expect(await hands.errorOf(minh.browser, tax, { scope })).toBe('invalid_scope');
  });

  it('tells of the person’s own with powers of the portal’s agency, once they agreed', async () => {
    const exercise = { kind: 'joint', quorum: 2, of: [{}, {}] };
    const minh = await hands.mandated(
      { powers: ['tax:read'] },
      { powers: ['health:read'] },
      { exercise },
      {
        state: 'suspended',
      },
    );
    await hands.mandated();
    const played = await world.portal({ metadata, release: [releasedByConsent('organizations')] });
    const come = await hands.comeBack(minh, played, { scope, choose: minh.mandates[0].id });
    expect(come.back.name).toBe('consent');
    const agreed = await moveOn(minh.browser, await minh.browser.submit(come.back, { claim_organizations: 'yes' }));
    const tokens = await played.client.redeem(come.login, agreed.url);
    expect(tokens.claims()).not.toHaveProperty('organizations');
    const { organizations } = (await hands.userinfo(tokens.access_token)).body as Listed;
    expect(organizations).toEqual([
      { id: `vn:${minh.mandates[0].number}`, name: expect.any(String), powers: ['tax:read'] },
    ]);
    expect(answerOf(agreed.url)['error']).toBeUndefined();
  });
});
