import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/platform/logger.ts';
import { type ActingHands, actingHands, type Mandated } from '../support/acting-hands.ts';
import { type ActingWorld, actingScope, chooseOrganization, startActingWorld } from '../support/acting-world.ts';
import { moveOn } from '../support/journey.ts';
import { household } from '../support/listed-people.ts';
import { aResource, type Played } from '../support/portals.ts';
import { releasedByConsent, releasedByLaw } from '../support/relying-party.ts';
import { dumpOf, tracesOf } from '../support/traces.ts';

let world: ActingWorld;
let hands: ActingHands;
let tax: Played;
const written: string[] = [];
/** What browsers were sent to, and shown. */
const seen: { readonly url: string; readonly text: string }[] = [];
const realFetch = globalThis.fetch;

beforeAll(async () => {
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void written.push(line) } });
  world = await startActingWorld({ logger });
  hands = actingHands(world);
  tax = await world.portal();
  globalThis.fetch = async (input, init) => {
    const answer = await realFetch(input, init);
    const url = String(input instanceof Request ? input.url : input);
    const location = answer.headers.get('location') ?? '';
    if (url.startsWith(world.issuer)) seen.push({ url: `${url} ${location}`, text: await answer.clone().text() });
    return answer;
  };
});
afterAll(async () => {
  globalThis.fetch = realFetch;
  await world.close();
});

type Owner = Mandated & { readonly number: string; readonly name: string };

/** Somebody with a business under their own number. */
async function anOwner(name = 'Hộ kinh doanh ZQMARKED'): Promise<Owner> {
  const owner = await world.addRepresentative();
  const number = owner.eid.national_id ?? '';
  const mandate = await world.giveMandate(owner.person, { entity: household(number, { name }) });
  return { ...owner, mandates: [mandate], number, name };
}

type Told = { readonly organization: { readonly id: string; readonly registration_number?: string } };
const toldTo = (claims: unknown): Told['organization'] => (claims as Told).organization;
const metadata = { scope: `${actingScope} national_id offline_access` } as never;

describe('a business whose number is its owner’s own', () => {
  it('has a name of the sector outside, and its number is nowhere', async () => {
    const hoa = await anOwner();
    const api = await aResource(world, { agencyId: tax.portal.agencyId });
    const portal = await world.portal({ resources: [api.identifier] });
    seen.length = 0;
    const ask = { scope: `${actingScope} offline_access records:read`, choose: hoa.mandates[0].id };
    const tokens = await hands.act(hoa, tax, { ...ask, scope: actingScope });
    const come = await hands.comeBack(hoa, portal, { ...ask, resource: api.identifier });
    const { body } = await hands.exchange(portal, come, { resource: api.identifier });
    const reader = await world.portal({ sectorId: api.sectorId });
    const atApi = await hands.introspect(reader, body['access_token']);
    const { body: userinfo } = await hands.userinfo(tokens.access_token);
    const ids = [tokens.claims(), userinfo, atApi].map((claims) => toldTo(claims).id);
    for (const id of ids) expect(id).toMatch(/^vn-household:[\w-]{43}$/);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
    await hands.errorOf(hoa.browser, tax, { organization_hint: String(ids[0]), prompt: 'none' });

    const everything = [JSON.stringify([tokens, tokens.claims(), userinfo, atApi, body]), written.join('\n')];
    everything.push(...seen.flatMap(({ url, text }) => [url, decodeURIComponent(url), text]));
    expect(seen.length).toBeGreaterThan(10);
    expect(everything.filter((text) => text.includes(hoa.number))).toEqual([]);
    expect(written.join('\n')).not.toContain('ZQMARKED');
    const rows = await dumpOf(world.database);
    const traces = [hoa.number, 'ZQMARKED'].flatMap(tracesOf);
    expect(traces.filter((trace) => rows.includes(trace))).toEqual([]);
    expect(rows).toContain(hoa.mandates[0].id);
  });

  it('its number goes where a law lets the person’s go: to userinfo, and into the ID token if it is named there', async () => {
    const hoa = await anOwner();
    const portal = await world.portal({ metadata, release: [releasedByLaw('national_id')] });
    const scope = `${actingScope} national_id`;
    const act = async (parameters: Record<string, string>) => {
      const { login, page } = await hands.begin(hoa.browser, portal, parameters);
      const asked =
        page.name === 'choose-organization' ? await chooseOrganization(hoa.browser, page, hoa.mandates[0].id) : page;
      const back = asked.name === 'consent' ? await moveOn(hoa.browser, await hoa.browser.submit(asked)) : asked;
      const tokens = await portal.client.redeem(login, back.url);
      return [toldTo(tokens.claims()), toldTo((await hands.userinfo(tokens.access_token)).body)];
    };
    const number = { registration_number: hoa.number };
    const [inToken, atUserinfo] = await act({ scope });
    expect(inToken).not.toHaveProperty('registration_number');
    expect(atUserinfo).toMatchObject(number);
    const claims = JSON.stringify({ id_token: { national_id: null } });
    expect((await act({ scope: actingScope, claims }))[0]).toMatchObject(number);
  });

  it.each([
    ['not declared', []],
    ['a matter of consent', [releasedByConsent('national_id')]],
  ])('its number is told to nobody where it is %s', async (_, release) => {
    const hoa = await anOwner();
    const portal = await world.portal({ metadata, release: release as never });
    const claims = JSON.stringify({ id_token: { national_id: null }, userinfo: { national_id: null } });
    const tokens = await hands.act(hoa, portal, {
      scope: `${actingScope} national_id`,
      claims,
      choose: hoa.mandates[0].id,
    });
    const { body } = await hands.userinfo(tokens.access_token);
    expect(JSON.stringify([tokens.claims(), body])).not.toContain(hoa.number);
  });

  it('is hinted at by that name, by its owner, in that sector, and by nobody else', async () => {
    const [hoa, lan] = [await anOwner(), await anOwner()];
    const here = toldTo((await hands.act(hoa, tax, { choose: hoa.mandates[0].id })).claims()).id;
    await hands.act(hoa, tax, { prompt: 'select_organization', choose: 'self' });
    const ask = { organization_hint: here, prompt: 'none' };
    expect(toldTo((await hands.act(hoa, tax, ask)).claims()).id).toBe(here);
    const other = await world.portal();
    await hands.act(hoa, other, { choose: hoa.mandates[0].id });
    expect(await hands.errorOf(hoa.browser, other, ask)).toBe('interaction_required');
    await hands.act(lan, tax, { choose: lan.mandates[0].id });
    expect(await hands.errorOf(lan.browser, tax, ask)).toBe('interaction_required');
    for (const organization_hint of [`vn:${hoa.number}`, `vn-household:${hoa.number}`, `${here}=`, here.slice(0, -1)]) {
      expect(await hands.errorOf(hoa.browser, tax, { organization_hint, prompt: 'none' })).toBe('invalid_request');
    }
  });

  it('typed by somebody else is said to be not theirs, whether there is one or not', async () => {
    const [hoa, lan] = [await anOwner(), await anOwner()];
    for (const number of [hoa.number, '001184000000']) {
      const { page } = await hands.begin(lan.browser, tax, { prompt: 'select_organization' });
      const answer = await lan.browser.submit(page, { organization: 'another', organization_number: number });
      expect(answer.status).toBe(200);
      expect(answer.html).toMatch(/organization\/found"/);
      expect(answer.html).not.toContain(number);
    }
    expect(tracesOf(hoa.number).filter((trace) => written.join('\n').includes(trace))).toEqual([]);
  });
});

describe('searching among one’s organizations', () => {
  let owner: Owner;
  beforeAll(async () => {
    owner = await anOwner('Hộ kinh doanh Đồng Tháp');
    const names = ['Công ty Đường Sắt', 'Duong Sat An Hoa', 'Hòa Bình 100%', 'Hoà_Bình', '<b>Chữ</b> & "Ký"'];
    for (const name of names) await world.giveMandate(owner.person, { entity: { name } });
    for (let more = 0; more < 8; more += 1) await world.giveMandate(owner.person, { entity: { name: `Khác ${more}` } });
    const stranger = await world.addRepresentative();
    await world.giveMandate(stranger.person, { entity: { name: 'Đường Sắt của người khác' } });
  });

  async function search(query: string) {
    const { page } = await hands.begin(owner.browser, tax, { prompt: 'select_organization' });
    const answer = await owner.browser.get(`${page.url.split('?')[0]}?${query}`);
    expect([query.slice(0, 40), answer.status, answer.name]).toEqual([query.slice(0, 40), 200, 'choose-organization']);
    const names = [...answer.html.matchAll(/dd-option__name">([^<]*)</g)].map(([, name = '']) => name);
    return {
      names: names.filter((name) => !/^(Chính tôi|Tổ chức khác|Tôi|Một tổ chức)/.test(name)),
      html: answer.html,
    };
  }

  it.each([
    ['đường sắt', ['Công ty Đường Sắt', 'Duong Sat An Hoa']],
    ['DUONG SAT', ['Công ty Đường Sắt', 'Duong Sat An Hoa']],
    ['hoà bình', ['Hòa Bình 100%', 'Hoà_Bình']],
    ['HÒA BÌNH', ['Hòa Bình 100%', 'Hoà_Bình']],
    ['đồng tháp', ['Hộ kinh doanh Đồng Tháp']],
  ])('finds by what it sounds like, whatever its marks: %s', async (words, expected) => {
    for (const spelled of [words.normalize('NFC'), words.normalize('NFD')]) {
      const { names } = await search(new URLSearchParams({ search: spelled }).toString());
      for (const name of expected) expect(names).toContain(name);
      expect(names.filter((name) => name.startsWith('Khác') || name.includes('người khác'))).toEqual([]);
    }
  });

  it.each([
    ['a quote', `search=${encodeURIComponent(`' OR 1=1 --`)}`],
    ['a wildcard', 'search=%25'],
    ['another', 'search=_'],
    ['NUL', 'search=khac%00'],
    ['broken UTF-8', 'search=%C0%AF%ED%A0%80'],
    ['an array', 'search=a&search=b'],
    ['an array by brackets', 'search[]=a&search[__proto__]=b'],
    ['8 kB', `search=${'a'.repeat(8192)}`],
    ['marks without end', `search=${encodeURIComponent(`a${'\u0301'.repeat(90)}`)}`],
    ['markup', `search=${encodeURIComponent('"><script>alert(1)</script>')}`],
  ])('breaks by nothing: %s', async (_, query) => {
    const { names, html } = await search(query);
    expect(names.filter((name) => name.includes('người khác'))).toEqual([]);
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<b>Chữ</b>');
  });

  it('finds a sealed number only by what is shown of it', async () => {
    const found = async (word: string) => (await search(`search=${word}`)).names;
    expect(await found(owner.number.slice(-3))).toContain(owner.name);
    expect(await found(owner.number.slice(0, 6))).not.toContain(owner.name);
    expect(await found(owner.number)).not.toContain(owner.name);
  });
});
