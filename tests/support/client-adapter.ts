import type { Adapter, AdapterPayload } from 'oidc-provider';

/** A store of the engine that knows clients only. */
export function clientAdapter(find: (clientId: string) => AdapterPayload | undefined): (model: string) => Adapter {
  return (model) => ({
    find: async (id) => (model === 'Client' ? find(id) : undefined),
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    upsert: async () => undefined,
    consume: async () => undefined,
    destroy: async () => undefined,
    revokeByGrantId: async () => undefined,
  });
}
