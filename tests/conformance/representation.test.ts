import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as openid from 'openid-client';
import {
  type ActingWorld,
  actingScope,
  chooseOrganization,
  type GivenMandate,
  type Representative,
  startActingWorld,
} from '../support/acting-world.ts';
import { moveOn } from '../support/journey.ts';
import { siren } from '../support/listed-people.ts';
import { answerOf, type Played } from '../support/portals.ts';

let world: ActingWorld;
let played: Played;

beforeAll(async () => {
  world = await startActingWorld();
  played = await world.portal();
});
afterAll(() => world.close());

/** Somebody with a mandate for each of so many companies. */
async function aRepresentative(count = 1): Promise<Representative & { readonly mandates: readonly GivenMandate[] }> {
  const representative = await world.addRepresentative();
  const mandates: GivenMandate[] = [];
  for (let index = 0; index < count; index += 1) mandates.push(await world.giveMandate(representative.person));
  return { ...representative, mandates };
}

type Acting = {
  readonly organization?: { readonly id?: string };
  readonly representation?: { readonly powers?: string[] };
};

/** Begins at the portal, chooses where asked, and redeems. */
async function act(
  { browser }: Representative,
  { choose, at: { client } = played, ...parameters }: { choose?: string; at?: Played } & Record<string, unknown> = {},
) {
  const login = await client.begin({ scope: actingScope, ...(parameters as Record<string, string>) });
  const page = await moveOn(browser, await browser.get(login.url));
  if (choose !== undefined) expect(page.name).toBe('choose-organization');
  const back = choose === undefined ? page : await chooseOrganization(browser, page, choose);
  return client.redeem(login, back.url);
}

const userinfo = (tokens: { readonly access_token: string }, sub: string) =>
  openid.fetchUserInfo(played.client.configuration, tokens.access_token, sub) as Promise<Acting>;

describe('scope organization', () => {
  it('asks for whom the person acts, and tells the portal in the ID token and at userinfo', async () => {
    const minh = await aRepresentative();
    const [mandate] = minh.mandates;
    const tokens = await act(minh, { choose: mandate?.id ?? '' });
    const claims = tokens.claims();
    const told = {
      organization: {
        id: `vn:${mandate?.number}`,
        country: 'VN',
        registration_number: mandate?.number,
        name: `Công ty ${mandate?.number}`,
        legal_form: 'Công ty cổ phần',
        status: 'active',
        source: 'sandbox',
        as_of: expect.any(String),
      },
      representation: {
        mandate: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        basis: 'statutory',
        powers: ['tax:file', 'tax:read'],
        exercise: 'sole',
        org_level: 'org3',
        status: 'current',
        valid_from: expect.any(String),
        valid_until: null,
        match: 'exact',
      },
    };
    expect(claims).toMatchObject(told);
    expect(await userinfo(tokens, claims?.sub ?? '')).toMatchObject(told);
    expect(JSON.stringify(claims)).not.toContain(mandate?.id);
  });

  it('says nothing of an organization to whoever acts as themselves, and doesn’t ask again', async () => {
    const minh = await aRepresentative();
    const tokens = await act(minh, { choose: 'self' });
    expect(tokens.claims()).not.toHaveProperty('organization');
    expect(tokens.claims()).not.toHaveProperty('representation');
    expect((await act(minh, { prompt: 'none' })).claims()).not.toHaveProperty('organization');
  });

  it('remembers the last choice for the session, and asks again with prompt=select_organization', async () => {
    const minh = await aRepresentative(2);
    const [one, other] = minh.mandates;
    await act(minh, { choose: one?.id ?? '' });
    expect((await act(minh)).claims()).toMatchObject({ organization: { id: `vn:${one?.number}` } });
    const again = await act(minh, { prompt: 'select_organization', choose: other?.id ?? '' });
    expect(again.claims()).toMatchObject({ organization: { id: `vn:${other?.number}` } });
  });
});

describe('organization_hint', () => {
  it('switches without a page to an organization that the portal was told of, and to no other', async () => {
    const minh = await aRepresentative(2);
    const [one, other] = minh.mandates;
    await act(minh, { choose: one?.id ?? '' });
    const hint = { organization_hint: `vn:${other?.number}`, prompt: 'none' };
    const login = await played.client.begin({ scope: actingScope, ...hint });
    expect(answerOf((await minh.browser.get(login.url)).url)['error']).toBe('interaction_required');

    const { prompt: _, ...asking } = hint;
    await act(minh, { ...asking, choose: other?.id ?? '' });
    expect((await act(minh, { organization_hint: `vn:${one?.number}`, prompt: 'none' })).claims()).toMatchObject({
      organization: { id: `vn:${one?.number}` },
    });
    expect((await act(minh, hint)).claims()).toMatchObject({ organization: { id: `vn:${other?.number}` } });
  });

  it('answers a company of somebody else’s as it answers one that there isn’t', async () => {
    const [minh, lan] = [await aRepresentative(), await aRepresentative()];
    const errors = [];
    for (const number of [lan.mandates[0]?.number, '9900100003']) {
      const login = await played.client.begin({
        scope: actingScope,
        prompt: 'none',
        organization_hint: `vn:${number}`,
      });
      const { state: _, ...error } = answerOf((await minh.browser.get(login.url)).url);
      errors.push(error);
    }
    expect(errors[0]).toEqual(errors[1]);
    expect(errors[0]?.['error']).toBe('interaction_required');
  });

  it.each(['vn:9900100004', 'vn:087169372805', 'minh', 'lei:vn', 'vn:99 001 00003'])('refuses %s', async (hint) => {
    const minh = await aRepresentative(0);
    const login = await played.client.begin({ scope: actingScope, organization_hint: hint });
    expect(answerOf((await minh.browser.get(login.url)).url)['error']).toBe('invalid_request');
  });
});

describe('powers', () => {
  it('are those that were asked for, of the portal’s own agency', async () => {
    const minh = await aRepresentative();
    const tokens = await act(minh, { powers: 'tax:read', choose: minh.mandates[0]?.id ?? '' });
    expect(tokens.claims()).toMatchObject({ representation: { powers: ['tax:read'] } });
  });

  it('that a mandate lacks leave it out of reach, and the page says so', async () => {
    const minh = await aRepresentative();
    const login = await played.client.begin({ scope: actingScope, powers: 'tax:close' });
    const page = await moveOn(minh.browser, await minh.browser.get(login.url));
    expect(page.html).toContain('Close (vi)');
    const again = await minh.browser.submit(page, { organization: minh.mandates[0]?.id ?? '' });
    expect((await moveOn(minh.browser, again)).name).toBe('choose-organization');
  });

  it.each(['health:read', 'tax:unknown', 'tax', 'tax:read tax:read'])('nobody publishes: %s', async (powers) => {
    const minh = await aRepresentative(0);
    const login = await played.client.begin({ scope: actingScope, powers });
    expect(answerOf((await minh.browser.get(login.url)).url)['error']).toBe('invalid_request');
  });
});

describe('two tabs of one browser at one portal, for two companies', () => {
  it.each([
    ['with offline_access', `${actingScope} offline_access`],
    ['without', actingScope],
  ])('%s: each tab answers for its own, interleaved', async (_, scope) => {
    const minh = await aRepresentative(2);
    const [one, other] = minh.mandates;
    const { client } = played;
    const ask = { scope, prompt: 'select_organization' };
    const [a, b] = [await client.begin(ask), await client.begin(ask)];
    const { browser } = minh;
    const [tabA, tabB] = [await browser.get(a.url), await browser.get(b.url)];
    const backA = await chooseOrganization(browser, tabA, one?.id ?? '');
    const backB = await chooseOrganization(browser, tabB, other?.id ?? '');
    const tokensB = await client.redeem(b, backB.url);
    const tokensA = await client.redeem(a, backA.url);
    const expectTold = async (tokens: typeof tokensA, number: string | undefined) => {
      const sub = tokensA.claims()?.sub ?? '';
      expect(await userinfo(tokens, sub)).toMatchObject({ organization: { id: `vn:${number}` } });
    };
    await expectTold(tokensA, one?.number);
    await expectTold(tokensB, other?.number);
    if (!tokensA.refresh_token || !tokensB.refresh_token) return;
    const { configuration } = client;
    const refreshedB = await openid.refreshTokenGrant(configuration, tokensB.refresh_token);
    const refreshedA = await openid.refreshTokenGrant(configuration, tokensA.refresh_token);
    expect(refreshedA.claims()).toMatchObject({ organization: { id: `vn:${one?.number}` } });
    await expectTold(refreshedA as typeof tokensA, one?.number);
    await expectTold(refreshedB as typeof tokensA, other?.number);
  });
});

describe('the business of one natural person', () => {
  it('in France is known by a pseudonym of the sector too, which is a hint for its owner', async () => {
    const lan = await world.addRepresentative();
    const entity = { number: siren('552032534'), isNaturalPerson: true, country: 'FR', name: 'LAN NGUYEN' };
    const { id } = await world.giveMandate(lan.person, { entity });
    const { organization } = (await act(lan, { choose: id })).claims() as Acting;
    expect(organization?.id).toMatch(/^fr-individual:[\w-]{43}$/);
    expect(JSON.stringify(organization)).not.toContain('552032534');
    const hint = { organization_hint: organization?.id ?? '', prompt: 'none' };
    expect((await act(lan, hint)).claims()).toMatchObject({ organization: { id: organization?.id } });
    const other = await aRepresentative();
    const login = await played.client.begin({ scope: actingScope, ...hint });
    expect(answerOf((await other.browser.get(login.url)).url)['error']).toBe('interaction_required');
  });
});

describe('what was asked for less', () => {
  it('a refresh without the scope tells of no organization', async () => {
    const minh = await aRepresentative();
    const scope = `${actingScope} offline_access`;
    const tokens = await act(minh, { scope, choose: minh.mandates[0]?.id ?? '' });
    const less = { scope: 'openid' };
    const refreshed = await openid.refreshTokenGrant(played.client.configuration, tokens.refresh_token ?? '', less);
    expect(refreshed.claims()).not.toHaveProperty('organization');
    expect(await userinfo(refreshed, tokens.claims()?.sub ?? '')).not.toHaveProperty('representation');
  });

  it('prompt=select_organization goes with the scope', async () => {
    const minh = await aRepresentative(0);
    const login = await played.client.begin({ scope: 'openid', prompt: 'select_organization' });
    expect(answerOf((await minh.browser.get(login.url)).url)['error']).toBe('invalid_request');
  });
});
