import { afterAll, describe, expect, it } from '@jest/globals';
import type { RunStatement } from '../../src/platform/statement.ts';
import { newClientSecret } from '../../src/relying-parties/client-secret.ts';
import { createRelyingParties } from '../../src/relying-parties/module.ts';
import { acrNames, claimsPresets } from '../../src/relying-parties/relying-party.ts';
import { testDatabase } from '../support/database.ts';
import { anAgency, aRelyingParty, aSector, type RelyingPartyChanges, text } from '../support/relying-party.ts';

const database = await testDatabase();
afterAll(database.close);

/** Relying parties over the test's database, with a clock to move and a count of the statements. */
function fixture() {
  let nowMs = Date.UTC(2026, 10, 22);
  const statements: string[] = [];
  const run: RunStatement = (statement) => {
    statements.push(statement.name);
    return database.runStatement(statement);
  };
  const relyingParties = createRelyingParties({ run, clock: { now: () => new Date(nowMs) } });
  return {
    relyingParties,
    statements,
    pass: (seconds: number) => {
      nowMs += seconds * 1000;
    },
    register: async (changes: RelyingPartyChanges = {}) => {
      const agency = anAgency();
      const sector = aSector(agency.id);
      const relyingParty = aRelyingParty({ ...changes, agencyId: agency.id, sectorId: sector.id });
      await database.inTransaction(async (tx) => {
        await relyingParties.saveAgency(tx, agency);
        await relyingParties.saveSector(tx, sector);
        await relyingParties.save(tx, relyingParty);
      });
      return relyingParty;
    },
  };
}

const disable = ({ relyingParties }: ReturnType<typeof fixture>, clientId: string) =>
  database.inTransaction((tx) => relyingParties.disable(tx, clientId));

describe('the registry of relying parties', () => {
  it('gives back what was registered', async () => {
    const { relyingParties, register } = fixture();
    const { hash } = newClientSecret();
    const { jwks_uri: _none, ...metadata } = aRelyingParty().metadata;
    const relyingParty = await register({
      metadata: { ...metadata, token_endpoint_auth_method: 'client_secret_basic' },
      secretHash: hash,
      resources: ['https://api.example.vn'],
      assurance: {
        minimumAcr: 'aal2',
        phishingResistant: true,
        acrAliases: { eidas2: 'substantial', LoA1: 'self' },
        identityMaxAgeDays: 365,
      },
      claimsPreset: 'vnconnect',
    });
    expect(await relyingParties.findActive(relyingParty.clientId)).toEqual({
      ...relyingParty,
      metadata: {
        ...metadata,
        jwks_uri: 'https://portal.example.vn/jwks',
        token_endpoint_auth_method: 'client_secret_basic',
      },
    });
  });

  it('tells of a sign-out the active portals that have an address for it', async () => {
    const world = fixture();
    const hears = { metadata: { backchannel_logout_uri: 'https://portal.example.vn/logout' } as never };
    const [hearing, deaf, gone] = [await world.register(hears), await world.register(), await world.register(hears)];
    await disable(world, gone.clientId);
    const clientIds = [hearing, deaf, gone].map(({ clientId }) => clientId);
    const told = await database.inTransaction((tx) => world.relyingParties.toldOfSignOut(tx, clientIds));
    expect([...told]).toEqual([hearing.clientId]);
    // Nothing went over a second connection.
    expect(world.statements).toEqual([]);
  });

  it('finds no demand in a row that an earlier release wrote', async () => {
    const { relyingParties, register } = fixture();
    const { agencyId, sectorId } = await register();
    const clientId = `earlier-${sectorId}`;
    await database.dataSource.query(
      `INSERT INTO relying_party (client_id, agency_id, sector_id, profile, name, metadata, release, release_version,
         created_at, updated_at)
       VALUES ($1, $2, $3, 'native', '{}', '{"token_endpoint_auth_method": "none"}', '[]', '1', now(), now())`,
      [clientId, agencyId, sectorId],
    );
    expect((await relyingParties.findActive(clientId))?.assurance).toEqual({
      phishingResistant: false,
      acrAliases: {},
    });
  });

  it('takes demands back when it is saved again', async () => {
    const { relyingParties, register, pass } = fixture();
    const demanding = {
      minimumAcr: 'aal2',
      phishingResistant: true,
      acrAliases: { LoA1: 'self' },
      identityMaxAgeDays: 30,
    } as const;
    const relyingParty = await register({ assurance: demanding });
    expect((await relyingParties.findActive(relyingParty.clientId))?.assurance).toEqual(demanding);
    const assurance = { phishingResistant: false, acrAliases: {} };
    await database.inTransaction((tx) => relyingParties.save(tx, { ...relyingParty, assurance }));
    pass(5);
    expect((await relyingParties.findActive(relyingParty.clientId))?.assurance).toEqual(assurance);
  });

  it('keeps no demand that nobody understands', async () => {
    const { register } = fixture();
    const { clientId } = await register();
    const set = (column: string, value: string) =>
      database.dataSource.query(`UPDATE relying_party SET ${column} = $2 WHERE client_id = $1`, [clientId, value]);
    await expect(set('minimum_acr', 'aal3')).rejects.toThrow('relying_party_minimum_acr_check');
    await expect(set('acr_aliases', '["aal2"]')).rejects.toThrow('relying_party_acr_aliases_check');
    await expect(set('claims_preset', 'proconnect')).rejects.toThrow('relying_party_claims_preset_check');
    await expect(set('identity_max_age_days', '0')).rejects.toThrow('relying_party_identity_max_age_days_check');
    for (const acr of acrNames) await set('minimum_acr', acr);
    for (const preset of claimsPresets) await set('claims_preset', preset);
  });

  it('reads one row once within five seconds, however many ask', async () => {
    const { relyingParties, register, statements } = fixture();
    const { clientId } = await register();
    await Promise.all(Array.from({ length: 20 }, () => relyingParties.findActive(clientId)));
    await relyingParties.findActive(clientId);
    expect(statements).toEqual(['relying-party-find-active']);
  });

  it('finds by the index', async () => {
    const { register } = fixture();
    const { clientId } = await register();
    const plan = await database.inTransaction(async (tx) => {
      await tx.query('SET LOCAL enable_seqscan = off');
      return tx.query(`EXPLAIN SELECT 1 FROM relying_party WHERE client_id = '${clientId}' AND disabled_at IS NULL`);
    });
    expect(JSON.stringify(plan)).toContain('relying_party_pkey');
  });

  it('never serves a disabled client longer than five seconds', async () => {
    const registry = fixture();
    const { clientId } = await registry.register();
    await registry.relyingParties.findActive(clientId);
    expect(await disable(registry, clientId)).toBe(true);
    registry.pass(5);
    expect(await registry.relyingParties.findActive(clientId)).toBeUndefined();
    expect(await disable(registry, clientId)).toBe(false);
  });

  it('keeps a disabled client disabled when it is saved again', async () => {
    const registry = fixture();
    const relyingParty = await registry.register();
    await disable(registry, relyingParty.clientId);
    await database.inTransaction((tx) => registry.relyingParties.save(tx, { ...relyingParty, releaseVersion: '2' }));
    expect(await registry.relyingParties.findActive(relyingParty.clientId)).toBeUndefined();
  });

  it.each(['', 'unknown', '\u0000', 'a'.repeat(256), '__proto__', "' OR true --"])(
    'finds nothing as %j',
    async (id) => {
      expect(await fixture().relyingParties.findActive(id)).toBeUndefined();
    },
  );

  it('asks the database nothing about what can’t be an id', async () => {
    const { relyingParties, statements } = fixture();
    await relyingParties.findActive('\u0000');
    expect(statements).toEqual([]);
  });

  it('holds a secret exactly where the client authenticates with one', async () => {
    const { register } = fixture();
    const secret = { ...aRelyingParty().metadata, token_endpoint_auth_method: 'client_secret_basic' } as const;
    await expect(register({ metadata: secret })).rejects.toThrow('relying_party_secret');
    await expect(register({ secretHash: Buffer.alloc(32) })).rejects.toThrow('relying_party_secret');
  });

  it('lists active portals that have a home', async () => {
    const registry = fixture();
    const home = { ...aRelyingParty().metadata, client_uri: 'https://portal.example.vn/' };
    const open = await registry.register({ metadata: home });
    const closed = await registry.register({ metadata: home });
    const machine = await registry.register();
    await disable(registry, closed.clientId);
    const listed = await registry.relyingParties.listPortals();
    expect(listed).toContainEqual({
      clientId: open.clientId,
      name: text('Portal'),
      homeUri: 'https://portal.example.vn/',
    });
    const ids = listed.map(({ clientId }) => clientId);
    expect(ids).not.toContain(closed.clientId);
    expect(ids).not.toContain(machine.clientId);
  });
});

describe('agencies, sectors, resource servers', () => {
  it('keeps the id of a key that exists, so that a sector keeps its people', async () => {
    const { relyingParties } = fixture();
    const agency = anAgency();
    const sector = aSector(agency.id);
    const again = { ...sector, id: anAgency().id };
    await database.inTransaction(async (tx) => {
      expect(await relyingParties.saveAgency(tx, agency)).toBe(agency.id);
      expect(await relyingParties.saveAgency(tx, { ...agency, id: again.id })).toBe(agency.id);
      expect(await relyingParties.saveSector(tx, sector)).toBe(sector.id);
      expect(await relyingParties.saveSector(tx, again)).toBe(sector.id);
    });
  });

  it('finds a resource server by its identifier', async () => {
    const { relyingParties } = fixture();
    const agency = anAgency();
    const sector = aSector(agency.id);
    const resourceServer = {
      identifier: `https://${agency.key}.example.vn/`,
      agencyId: agency.id,
      sectorId: sector.id,
      scopes: ['files:read'],
      accessTokenFormat: 'jwt' as const,
      accessTokenTtlSeconds: 60,
      representationAsJwt: false,
    };
    await database.inTransaction(async (tx) => {
      await relyingParties.saveAgency(tx, agency);
      await relyingParties.saveSector(tx, sector);
      await relyingParties.saveResourceServer(tx, resourceServer);
    });
    expect(await relyingParties.findResourceServer(resourceServer.identifier)).toEqual(resourceServer);
    expect(await relyingParties.findResourceServer('https://other.example.vn/')).toBeUndefined();
    expect(await relyingParties.findResourceServer('https://other.example.vn/\u0000')).toBeUndefined();
  });
});
