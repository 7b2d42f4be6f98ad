import type { Adapter, AdapterPayload } from 'oidc-provider';
import { systemClock } from '../src/platform/clock.ts';

/**
 * A store in this process's memory: what the engine brings itself, but without its limit of a thousand entries. It
 * keeps what it is given, whole and unchecked: nothing could cost less.
 */
export function createMemoryAdapter(
  findClient: (clientId: string) => Promise<AdapterPayload | undefined>,
): (model: string) => Adapter {
  const stored = new Map<string, AdapterPayload>();
  const membersOfGrant = new Map<string, Set<string>>();
  const sessionOfUid = new Map<string, string>();

  return (model): Adapter => {
    const keyOf = (id: string): string => `${model}:${id}`;
    return {
      async upsert(id, payload) {
        stored.set(keyOf(id), payload);
        if (model === 'Session' && payload.uid !== undefined) sessionOfUid.set(payload.uid, keyOf(id));
        if (payload.grantId === undefined) return;
        const members = membersOfGrant.get(payload.grantId) ?? new Set();
        membersOfGrant.set(payload.grantId, members.add(keyOf(id)));
      },
      find: model === 'Client' ? findClient : async (id) => stored.get(keyOf(id)),
      findByUid: async (uid) => stored.get(sessionOfUid.get(uid) ?? ''),
      findByUserCode: async () => undefined,
      async consume(id) {
        const payload = stored.get(keyOf(id));
        if (payload) payload.consumed = Math.floor(systemClock.now().getTime() / 1000);
      },
      async destroy(id) {
        stored.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        for (const key of membersOfGrant.get(grantId) ?? []) stored.delete(key);
        membersOfGrant.delete(grantId);
      },
    };
  };
}
