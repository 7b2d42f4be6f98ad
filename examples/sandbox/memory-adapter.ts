import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider';
import { createBoundedMap } from './bounded-map.ts';

const rowsPerModel = 2_000;

/** A store for the engine that is gone with the process. Rows rest as JSON: what is read is never what was written. */
export function createMemoryAdapter(clients: readonly ClientMetadata[], now: () => Date): (model: string) => Adapter {
  const clientRows = new Map(clients.map((client) => [client.client_id, JSON.stringify(client)]));

  return (model) => {
    const rows = createBoundedMap<string>(rowsPerModel);
    const read = (id: string): AdapterPayload | undefined => {
      const row = (model === 'Client' ? clientRows.get(id) : undefined) ?? rows.get(id);
      return row === undefined ? undefined : JSON.parse(row);
    };
    const findWhere = (matches: (row: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const [id] of rows.entries()) {
        const row = read(id);
        if (row && matches(row)) return row;
      }
      return undefined;
    };
    return {
      upsert: async (id, payload) => rows.set(id, JSON.stringify(payload)),
      find: async (id) => read(id),
      findByUid: async (uid) => findWhere((row) => row.uid === uid),
      findByUserCode: async (userCode) => findWhere((row) => row.userCode === userCode),
      consume: async (id) => {
        const row = read(id);
        if (row) rows.set(id, JSON.stringify({ ...row, consumed: Math.floor(now().getTime() / 1000) }));
      },
      destroy: async (id) => rows.delete(id),
      revokeByGrantId: async (grantId) => {
        for (const [id] of [...rows.entries()]) if (read(id)?.grantId === grantId) rows.delete(id);
      },
    };
  };
}
