import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anId, type StorePair, storePair } from '../../support/store-pair.ts';

let pair: StorePair;

beforeAll(async () => {
  pair = await storePair('2026-11-22T08:59:30Z');
});
afterAll(() => pair.close());

describe('A9: what was ended is not made again by a save that was late', () => {
  it.each(['Grant', 'Interaction', 'RefreshToken'])('%s, from either process', async (model) => {
    for (let round = 0; round < 50; round += 1) {
      const id = anId();
      const payload = { kind: model, accountId: 'lan', clientId: 'tax' };
      await pair.store(0).adapterOf(model).upsert(id, payload, 60);
      await Promise.all([
        pair.store(0).adapterOf(model).destroy(id),
        pair.store(1).adapterOf(model).upsert(id, payload, 60),
        pair.store(0).adapterOf(model).upsert(id, payload, 60),
      ]);
      expect(await pair.store(1).adapterOf(model).find(id)).toBeUndefined();
    }
    const left = await pair.database.dataSource.query(
      `SELECT payload FROM oidc_artifact WHERE model = $1 AND payload <> '{}'
       UNION ALL SELECT payload FROM oidc_transient WHERE model = $1 AND payload <> '{}'`,
      [model],
    );
    expect(left).toEqual([]);
  });

  it('nor an interaction in the next hour, when new ones go to another slot', async () => {
    const id = anId();
    const interactions = pair.store(0).adapterOf('Interaction');
    await interactions.upsert(id, { kind: 'Interaction' }, 3600);
    await interactions.destroy(id);
    pair.clock.passSeconds(60);
    await interactions.upsert(id, { kind: 'Interaction' }, 3600);
    expect(await interactions.find(id)).toBeUndefined();
  });
});

describe('A3: two tabs fill one grant', () => {
  it('with the scopes, claims and resources of both; who knows a claim last says whether it is rejected', async () => {
    for (let round = 0; round < 50; round += 1) {
      const id = anId();
      const grant = (scope: string, claims: string[], rejected: string[]) => ({
        kind: 'Grant',
        openid: { scope, claims },
        resources: { api: scope },
        ...(rejected.length > 0 && { rejected: { openid: { claims: rejected } } }),
      });
      const grants = (turn: number) => pair.store(turn).adapterOf('Grant');
      await Promise.all([
        grants(0).upsert(id, grant('openid profile', ['name', 'phone_number'], ['phone_number']), 60),
        grants(1).upsert(id, grant('openid email', ['email'], []), 60),
      ]);
      type Stored = {
        readonly openid: { readonly scope: string; readonly claims: string[] };
        readonly resources: { readonly api: string };
        readonly rejected: { readonly openid: { readonly claims: string[] } };
      };
      const both = (await grants(0).find(id)) as unknown as Stored;
      expect(both.openid.scope.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
      expect([...both.openid.claims].sort()).toEqual(['email', 'name', 'phone_number']);
      expect(both.resources.api.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
      expect(both.rejected.openid.claims).toEqual(['phone_number']);
      await grants(1).upsert(id, grant('openid', ['phone_number'], []), 60);
      const after = (await grants(0).find(id)) as unknown as Stored;
      expect(after.rejected.openid.claims).toEqual([]);
    }
  });
});
