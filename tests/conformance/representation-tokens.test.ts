import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { ResourceServer } from '../../src/relying-parties/relying-party.ts';
import { type ActingHands, actingHands, type Mandated } from '../support/acting-hands.ts';
import { type ActingWorld, actingScope, chooseOrganization, startActingWorld } from '../support/acting-world.ts';
import { aResource, type Played } from '../support/portals.ts';
import { anAgency, aSector, text } from '../support/relying-party.ts';

let world: ActingWorld;
let hands: ActingHands;
let tax: Played;
let health: ResourceServer;

beforeAll(async () => {
  world = await startActingWorld();
  hands = actingHands(world);
  tax = await world.portal();
  // Before anybody reads the catalogue, which is remembered for some seconds.
  health = await anApi({}, ['health:read', 'health:write']);
});
afterAll(() => world.close());

const scope = `${actingScope} offline_access records:read`;

/** An API of the tax agency in a sector of its own, or of an agency that publishes these powers. */
async function anApi(changes: Partial<ResourceServer> = {}, powers?: readonly string[]): Promise<ResourceServer> {
  const { inTransaction, relyingParties, representation } = world.installation;
  if (powers === undefined) return aResource(world, { agencyId: tax.portal.agencyId, ...changes });
  const agency = anAgency();
  const [sector, at] = [aSector(agency.id), new Date()];
  await inTransaction(async (tx) => {
    await relyingParties.saveAgency(tx, agency);
    await relyingParties.saveSector(tx, sector);
    const published = powers.map((code) => ({ code, names: text(code), minAcr: 'low', critical: false }) as const);
    await representation.powers.publish(tx, { agencyId: agency.id, powers: published, at });
  });
  return aResource(world, { agencyId: agency.id, sectorId: sector.id, ...changes });
}

const apiOf = ({ agencyId, sectorId }: ResourceServer) => world.portal({ agencyId, sectorId });

/** One login for a company; its tokens for this API. */
async function tokensFor(who: Mandated, api: ResourceServer, more: Readonly<Record<string, string>> = {}) {
  const portal = await world.portal({ resources: [api.identifier] });
  const ask = { scope, resource: api.identifier, choose: who.mandates[0].id, ...more };
  const answer = await hands.exchange(portal, await hands.comeBack(who, portal, ask), { resource: api.identifier });
  expect(answer).toMatchObject({ status: 200 });
  return { portal, tokens: answer.body, token: String(answer.body['access_token']) };
}

async function payloadOf(token: string, api: ResourceServer) {
  const keys = createRemoteJWKSet(new URL(`${world.issuer}/jwks`));
  return (await jwtVerify(token, keys, { issuer: world.issuer, audience: api.identifier })).payload;
}

type Told = { readonly representation: { readonly mandate: string; readonly powers: readonly string[] } };

describe('a token for an API, of somebody who acts for an organization', () => {
  it('is opaque though the API’s are JWT, and introspection tells the API as it knows them', async () => {
    const api = await anApi({ accessTokenFormat: 'jwt' });
    const minh = await hands.mandated();
    const { portal, tokens, token } = await tokensFor(minh, api);
    expect(token.split('.')).toHaveLength(1);
    const told = await hands.introspect(await apiOf(api), token);
    expect(told).toMatchObject({
      active: true,
      aud: api.identifier,
      organization: { id: `vn:${minh.mandates[0].number}` },
      representation: { powers: ['tax:file', 'tax:read'], exercise: 'sole' },
    });
    expect(JSON.stringify([told, tokens])).not.toContain(minh.mandates[0].id);
    const refreshed = await hands.refresh(portal, tokens['refresh_token'], { resource: api.identifier });
    expect(String(refreshed.body['access_token']).split('.')).toHaveLength(1);
  });

  it('is a JWT of a minute where the API insists, and says the same', async () => {
    const api = await anApi({ accessTokenFormat: 'jwt', representationAsJwt: true });
    const minh = await hands.mandated();
    const { tokens, token } = await tokensFor(minh, api);
    expect(tokens['expires_in']).toBeLessThanOrEqual(60);
    const payload = await payloadOf(token, api);
    expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(60);
    expect(payload).toMatchObject({
      organization: { id: `vn:${minh.mandates[0].number}` },
      representation: { powers: ['tax:file', 'tax:read'] },
    });
    expect(JSON.stringify(payload)).not.toContain(minh.mandates[0].id);
    expect(payload).not.toHaveProperty('claims');
  });

  it('is an ordinary JWT of whoever acts as themselves', async () => {
    const api = await anApi({ accessTokenFormat: 'jwt' });
    const minh = await hands.mandated();
    const { tokens, token } = await tokensFor(minh, api, { choose: 'self' });
    expect(tokens['expires_in']).toBe(300);
    const payload = await payloadOf(token, api);
    expect(payload).not.toHaveProperty('organization');
    expect(payload).not.toHaveProperty('representation');
  });

  it('names the mandate as each sector knows it, and the powers of the API’s agency only', async () => {
    const own = await anApi();
    const minh = await hands.mandated();
    const read = async (api: ResourceServer) =>
      (await hands.introspect(await apiOf(api), (await tokensFor(minh, api)).token)) as unknown as Told;
    const [atHealth, atTax] = [await read(health), await read(own)];
    expect(atHealth.representation.powers).toEqual(['health:read', 'health:write']);
    expect(atTax.representation.powers).toEqual(['tax:file', 'tax:read']);
    const tokens = await hands.act(minh, tax, { choose: minh.mandates[0].id });
    const atPortal = tokens.claims() as unknown as Told;
    const again = (await hands.act(minh, tax, { prompt: 'select_organization', choose: minh.mandates[0].id })).claims();
    expect((again as unknown as Told).representation.mandate).toBe(atPortal.representation.mandate);
    const names = [atHealth, atTax, atPortal].map(({ representation }) => representation.mandate);
    expect(new Set(names).size).toBe(3);
  });

  it('tells an API only of powers that the login was strong enough for', async () => {
    const api = await anApi();
    const minh = await hands.mandated();
    // Of an agency whose own powers ask for little.
    const portal = await world.portal({ agencyId: health.agencyId, resources: [api.identifier] });
    const asked = await hands.byPassword(minh, portal, { scope, resource: api.identifier });
    const back = await chooseOrganization(asked.browser, asked.page, minh.mandates[0].id);
    const { body } = await hands.exchange(portal, { login: asked.login, back }, { resource: api.identifier });
    expect(await hands.introspect(await apiOf(api), body['access_token'])).toMatchObject({
      acr: 'low',
      representation: { powers: ['tax:read'] },
    });
  });

  it('opens nothing for a stranger who introspects it', async () => {
    const api = await anApi();
    const minh = await hands.mandated();
    const { token } = await tokensFor(minh, api);
    expect(await hands.introspect(await apiOf(health), token)).toEqual({ active: false });
  });

  it('keeps no word of the organization in the database', async () => {
    const [api, minh] = [await anApi(), await hands.mandated({ entity: { name: 'Công ty ZQMARKED' } })];
    await tokensFor(minh, api);
    const rows = await world.database.dataSource.query(
      `SELECT payload::text AS payload FROM oidc_transient UNION ALL SELECT payload::text FROM oidc_artifact`,
    );
    expect(JSON.stringify(rows)).not.toContain('ZQMARKED');
  });
});
