import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider';

/** A store for the engine as the peer of a test: one Map, gone with it, that knows these clients. */
export function createMapAdapter(clients: readonly ClientMetadata[]): (model: string) => Adapter {
  const rows = new Map<string, AdapterPayload>(clients.map((client) => [`Client:${client.client_id}`, client]));

  function findWhere(model: string, matches: (row: AdapterPayload) => boolean): AdapterPayload | undefined {
    return [...rows].find(([key, row]) => key.startsWith(`${model}:`) && matches(row))?.[1];
  }

  return (model) => ({
    upsert: async (id, payload) => {
      rows.set(`${model}:${id}`, payload);
    },
    find: async (id) => rows.get(`${model}:${id}`),
    findByUid: async (uid) => findWhere(model, (row) => row.uid === uid),
    findByUserCode: async (userCode) => findWhere(model, (row) => row.userCode === userCode),
    consume: async (id) => {
      const row = rows.get(`${model}:${id}`);
      if (row) row.consumed = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => {
      rows.delete(`${model}:${id}`);
    },
    revokeByGrantId: async (grantId) => {
      for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key);
    },
  });
}
