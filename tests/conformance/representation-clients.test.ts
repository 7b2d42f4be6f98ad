import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as openid from 'openid-client';
import { type ActingHands, actingHands } from '../support/acting-hands.ts';
import { type ActingWorld, actingScope, chooseOrganization, startActingWorld } from '../support/acting-world.ts';
import { callback } from '../support/installation.ts';
import { moveOn } from '../support/journey.ts';
import { fapiPortal, keyPortal, nativePortal, type Played } from '../support/portals.ts';
import type { RelyingPartyChanges } from '../support/relying-party.ts';

let world: ActingWorld;
let hands: ActingHands;
let tax: Played;

beforeAll(async () => {
  world = await startActingWorld();
  hands = actingHands(world);
  tax = await world.portal();
});
afterAll(() => world.close());

const scope = `${actingScope} offline_access`;
const metadata = { scope: `${actingScope} profile offline_access` } as never;

const clients: Readonly<Record<string, (changes?: object) => Promise<Played>>> = {
  standard: (changes) => world.portal(changes),
  private_key_jwt: (changes) => keyPortal(world, { metadata, ...changes }),
  fapi2: (changes) => fapiPortal(world, { metadata, ...changes }),
  native: (changes) => nativePortal(world, { metadata, ...changes }),
};

describe.each(Object.entries(clients))('a client of the profile %s, its request pushed', (_profile, register) => {
  it('is told at each of its tokens, and again where it asks for that organization', async () => {
    const played = await register();
    const minh = await hands.mandated({}, {});
    const [one, other] = minh.mandates;
    const { client } = played;
    const actFor = async (choose: string | undefined, parameters: Record<string, string>) => {
      const login = await client.push({ scope, ...parameters });
      const page = await moveOn(minh.browser, await minh.browser.get(login.url));
      const back = choose === undefined ? page : await chooseOrganization(minh.browser, page, choose);
      return client.redeem(login, back.url);
    };
    const tokens = await actFor(one.id, { powers: 'tax:read' });
    const told = (number = '') => ({ organization: { id: `vn:${number}` } });
    expect(tokens.claims()).toMatchObject({ ...told(one.number), representation: { powers: ['tax:read'] } });
    await actFor(other?.id, { prompt: 'select_organization' });
    const again = await actFor(undefined, { organization_hint: `vn:${one.number}`, prompt: 'none' });
    expect(again.claims()).toMatchObject(told(one.number));
  });

  it('that pushes a hint or powers without the scope is refused at once', async () => {
    const { client } = await register();
    for (const parameters of [{ organization_hint: 'vn:9900100003' }, { powers: 'tax:read' }]) {
      await expect(client.push({ scope: 'openid', ...parameters } as never)).rejects.toMatchObject({
        error: 'invalid_request',
      });
    }
  });
});

describe('DPoP', () => {
  it('binds what carries a mandate: userinfo by the key only, and a refresh keeps both', async () => {
    const played = await nativePortal(world, { metadata });
    const minh = await hands.mandated();
    const { client } = played;
    const login = await client.begin({ scope });
    const page = await moveOn(minh.browser, await minh.browser.get(login.url));
    const back = await chooseOrganization(minh.browser, page, minh.mandates[0].id);
    const tokens = await client.redeem(login, back.url);
    expect(tokens.token_type).toBe('dpop');
    expect((await hands.userinfo(tokens.access_token)).status).toBe(401);
    await expect(openid.refreshTokenGrant(client.configuration, tokens.refresh_token ?? '')).rejects.toThrow();
  });
});

describe('response_mode=form_post', () => {
  it('brings the code to the portal, and nothing of the organization on the way', async () => {
    const minh = await hands.mandated();
    await hands.act(minh, tax, { choose: minh.mandates[0].id });
    const { login, page } = await hands.begin(minh.browser, tax, { response_mode: 'form_post' });
    const [form] = page.forms;
    expect(form?.action).toBe(callback);
    expect(page.html).not.toContain(minh.mandates[0].number);
    const posted = new Request(callback, { method: 'POST', body: new URLSearchParams(form?.fields) });
    expect((await tax.client.redeem(login, posted)).claims()).toMatchObject({
      organization: { id: `vn:${minh.mandates[0].number}` },
    });
  });
});

describe('a legacy client, without PKCE', () => {
  it('is told as any other', async () => {
    const legacy = await world.portal({ legacy: true });
    const minh = await hands.mandated();
    const login = await legacy.client.begin({ scope });
    const url = new URL(login.url);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const page = await moveOn(minh.browser, await minh.browser.get(url.href));
    const back = await chooseOrganization(minh.browser, page, minh.mandates[0].id);
    const { body } = await hands.exchange(legacy, { login: { ...login, verifier: '' }, back });
    expect((await hands.userinfo(body['access_token'])).body).toMatchObject({
      organization: { id: `vn:${minh.mandates[0].number}` },
    });
  });
});

describe('what a client is registered for', () => {
  it('it gets no organization without the scope, however it asks for the claims', async () => {
    const minh = await hands.mandated();
    const plain = await world.portal({ metadata: { scope: 'openid profile' } as never });
    expect(await hands.errorOf(minh.browser, plain, { scope: actingScope })).toBe('invalid_scope');
    expect(await hands.errorOf(minh.browser, plain, { scope: 'openid', organization_hint: 'vn:9900100003' })).toBe(
      'invalid_request',
    );
    // Even where it was told before, and its session remembers.
    await hands.act(minh, tax, { choose: minh.mandates[0].id });
    const asked = JSON.stringify({
      userinfo: { organization: { essential: true }, representation: null, organizations: null },
      id_token: { organization: { essential: true }, representation: { essential: true }, organizations: null },
    });
    for (const played of [plain, tax]) {
      const tokens = await hands.act(minh, played, { scope: 'openid', claims: asked });
      const all = JSON.stringify([tokens.claims(), await hands.userinfo(tokens.access_token)]);
      for (const { number, id } of minh.mandates)
        expect([all.includes(number), all.includes(id)]).toEqual([false, false]);
      expect(all).not.toMatch(/"(organization|representation|organizations)"/);
    }
  });

  it.each<[string, RelyingPartyChanges]>([
    ['a minimum acr', { assurance: { minimumAcr: 'substantial' } }],
    ['phishing resistance', { assurance: { phishingResistant: true } }],
  ])('%s holds beside what the powers need', async (_, changes) => {
    const played = await world.portal(changes as never);
    const minh = await hands.mandated();
    const { page } = await hands.byPassword(minh, played, { powers: 'tax:read' });
    expect(page.name).toBe('prove-identity');
    expect(await hands.errorOf(minh.browser, played, { powers: 'tax:file', prompt: 'none' })).toMatch(
      /^(interaction_required|unmet_authentication_requirements)$/,
    );
  });
});

describe('a claims parameter that names a mandate', () => {
  it.each<[string, (of: { mandate: string; number: string }) => object]>([
    ['as its own member', ({ mandate }) => ({ userinfo: { name: null }, acting: { mandate, powers: ['tax:file'] } })],
    [
      'as a claim',
      ({ mandate }) => ({ userinfo: { acting: { value: { mandate } } }, id_token: { acting: { mandate } } }),
    ],
    [
      'as the claims’ value',
      ({ mandate, number }) => ({
        id_token: {
          organization: { value: { id: `vn:${number}` } },
          representation: { essential: true, value: { mandate, powers: ['tax:close'] } },
        },
      }),
    ],
    ['as a prototype', ({ mandate }) => JSON.parse(`{"userinfo":{},"__proto__":{"acting":{"mandate":"${mandate}"}}}`)],
  ])('%s is no choice: of oneself, and of another’s', async (_, forge) => {
    const [minh, lan] = [await hands.mandated(), await hands.mandated()];
    for (const { id: mandate, number } of [minh.mandates[0], lan.mandates[0]]) {
      const claims = JSON.stringify(forge({ mandate, number }));
      for (const asked of ['openid', scope]) {
        const choose = asked === scope ? { choose: 'self', prompt: 'select_organization' } : {};
        const tokens = await hands.act(minh, tax, { scope: asked, claims, ...choose });
        const { body } = await hands.userinfo(tokens.access_token);
        const refreshed =
          tokens.refresh_token === undefined ? {} : (await hands.refresh(tax, tokens.refresh_token)).body;
        expect([tokens.claims(), body]).toEqual([
          expect.not.objectContaining({ organization: expect.anything() }),
          expect.not.objectContaining({ organization: expect.anything() }),
        ]);
        expect(JSON.stringify(refreshed)).not.toContain('organization"');
      }
    }
    const rows = await world.database.dataSource.query(
      `SELECT 1 FROM oidc_artifact WHERE mandate_id = ANY($1) UNION ALL SELECT 1 FROM oidc_transient WHERE mandate_id = ANY($1)`,
      [[minh.mandates[0].id, lan.mandates[0].id]],
    );
    expect(rows).toEqual([]);
  });
});
