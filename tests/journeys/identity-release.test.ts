import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EidStories, eidStories, insisting } from '../support/eid-stories.ts';
import { type EidWorld, proveAtEid, startEidWorld } from '../support/eid-world.ts';
import { moveOn } from '../support/journey.ts';
import type { PlainBrowser, PlainPage } from '../support/plain-browser.ts';
import { plainText } from '../support/plain-text.ts';
import { type BegunLogin, type PortalClient, portalClient, signIn } from '../support/portal-client.ts';
import { releasedByConsent, releasedByLaw } from '../support/relying-party.ts';

let world: EidWorld;
let stories: EidStories;

beforeAll(async () => {
  world = await startEidWorld();
  stories = await eidStories(world);
});
afterAll(() => world.close());

const link = '/eid/vneid';
const scope = 'openid profile national_id';
const metadata = { scope: 'openid profile email phone address national_id offline_access' } as never;

type Changes = NonNullable<Parameters<EidWorld['addPortal']>[0]>;

async function aPortal(changes: Changes): Promise<PortalClient> {
  return portalClient(world.issuer, await world.addPortal({ metadata, ...changes }));
}

async function userinfo(token: string): Promise<Record<string, unknown>> {
  return (await fetch(`${world.issuer}/me`, { headers: { authorization: `Bearer ${token}` } })).json() as never;
}

/** Redeems what came back, and asks userinfo too. */
async function told(client: PortalClient, login: BegunLogin, { url }: PlainPage) {
  const tokens = await client.redeem(login, url);
  return { idToken: tokens.claims(), userinfo: await userinfo(tokens.access_token) };
}

/** Through a portal's login, by somebody who is signed in already, agreeing to what is shown. */
async function goThrough(browser: PlainBrowser, client: PortalClient, parameters: Record<string, string>) {
  const login = await client.begin(parameters);
  return told(client, login, await signIn(browser, login.url, { email: '', password: '' }));
}

describe('A citizen who proves who they are on the way to a portal', () => {
  it('is shown the proved values before they leave, arrives with them, and is asked for nothing the second time', async () => {
    const release = ['name', 'birthdate', 'gender'].map((claim) => releasedByConsent(claim, true));
    const client = await aPortal({ release });
    const [lan, person] = [await world.addPerson({ profile: { name: 'Lan tự khai' } }), world.addEidPerson()];
    const [browser, login] = [world.browser(), await client.begin({ scope: 'openid profile', ...insisting() })];
    const confirm = await proveAtEid(browser, await signIn(browser, login.url, lan), { link, person });
    const consent = await browser.submit(confirm, { decision: 'link' });
    expect(consent.name).toBe('consent');
    expect(plainText(consent.html)).toContain('NGUYỄN THỊ HOÀ');
    expect(plainText(consent.html)).toContain('Ngày sinh 12/03/1984');
    expect(plainText(consent.html)).toContain('Giới tính Nữ');
    expect(plainText(consent.html)).not.toContain('Lan tự khai');
    const first = await told(client, login, await moveOn(browser, await browser.submit(consent)));
    expect(first.userinfo).toMatchObject({ name: 'NGUYỄN THỊ HOÀ', birthdate: '1984-03-12' });

    const again = await client.begin({ scope: 'openid profile', ...insisting() });
    const silent = await browser.get(again.url);
    expect(silent.name).toBeUndefined();
    const second = await told(client, again, silent);
    expect(second.idToken?.sub).toBe(first.idToken?.sub);
    const elsewhere = await aPortal({});
    expect((await goThrough(browser, elsewhere, insisting())).idToken?.sub).not.toBe(first.idToken?.sub);
  });

  it('may go on without, where the portal only wishes for it, and is asked again at the next login', async () => {
    const lan = await world.addPerson();
    const [browser, login] = [world.browser(), await stories.client.begin({ acr_values: 'substantial' })];
    const asked = await signIn(browser, login.url, lan);
    expect(asked.name).toBe('prove-identity');
    const later = asked.forms.findIndex(({ fields }) => fields['decision'] === 'later');
    const next = await browser.submit(asked, {}, later);
    const back = await signIn(browser, next, lan, { declines: true });
    expect((await told(stories.client, login, back)).idToken).toMatchObject({ acr: 'self', ial: 'ial0' });
    const another = await browser.get((await stories.client.begin({ acr_values: 'substantial' })).url);
    expect(another.name).toBe('prove-identity');
  });
});

describe('A portal that a law lets have the personal number', () => {
  it('makes people prove who they are first, shows it masked, and gets it', async () => {
    const client = await aPortal({ release: [releasedByLaw('national_id')] });
    const [lan, person] = [await world.addPerson(), world.addEidPerson()];
    const number = person.national_id ?? '';
    const [browser, login] = [world.browser(), await client.begin({ scope: 'openid national_id', ui_locales: 'en' })];
    const asked = await signIn(browser, login.url, lan);
    expect(asked.name).toBe('prove-identity');
    expect(plainText(asked.html)).toContain('needs facts about you that have been verified');
    const confirm = await proveAtEid(browser, asked, { link, person });
    const shown = await browser.submit(confirm, { decision: 'link' });
    expect(plainText(shown.html)).toContain(number.slice(-3));
    expect(confirm.html + shown.html).not.toContain(number);
    const { idToken, userinfo: facts } = await told(client, login, await moveOn(browser, await browser.submit(shown)));
    expect(facts['national_id']).toEqual({ country: 'VN', type: 'personal-number', value: number });
    expect(JSON.stringify(idToken)).not.toContain(number);
  });
});

describe('A portal that asks how claims were verified', () => {
  it('is told in userinfo and in the ID token', async () => {
    const client = await aPortal({ release: [releasedByConsent('name', true), releasedByConsent('birthdate', true)] });
    const { lan, browser } = await stories.linked();
    const asked = {
      verified_claims: {
        verification: { trust_framework: null, assurance_level: null, time: null },
        claims: { name: null, birthdate: null },
      },
    };
    const login = await client.begin({ claims: JSON.stringify({ userinfo: asked, id_token: asked }) });
    const { idToken, userinfo: facts } = await told(client, login, await signIn(browser, login.url, lan));
    const verified = {
      verification: { trust_framework: 'vn_decree_69_2024', assurance_level: 'LoA2', time: expect.any(String) },
      claims: { name: 'NGUYỄN THỊ HOÀ', birthdate: '1984-03-12' },
    };
    expect(facts['verified_claims']).toEqual(verified);
    expect(idToken?.['verified_claims']).toEqual(verified);
  });
});

describe('A portal that was made for VNConnect', () => {
  it('gets its own names, with the proved values', async () => {
    const client = await aPortal({
      claimsPreset: 'vnconnect',
      release: [releasedByConsent('name', true), releasedByConsent('birthdate', true), releasedByLaw('national_id')],
    });
    const { person, browser } = await stories.linked();
    const { idToken, userinfo: facts } = await goThrough(browser, client, { scope });
    expect(facts).toMatchObject({
      TechID: idToken?.sub,
      LoaiTaiKhoan: '1',
      HoVaTen: 'NGUYỄN THỊ HOÀ',
      NgayThangNamSinh: '19840312',
      SoDinhDanh: person.national_id,
    });
    expect(facts).not.toHaveProperty('name');
  });
});
