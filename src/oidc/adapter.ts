import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { expiryOf } from './artifact-expiry.ts';
import {
  type ArtifactRepository,
  type ArtifactTable,
  type StoredArtifact,
  transientMaxTtlSeconds,
} from './artifact-repository.ts';
import { carriedActing, withActingOfItsSource } from './carried-acting.ts';
import { fromRestingPayload, type StoreCipher, toRestingPayload } from './resting-payload.ts';
import { createSessionAdapter, type SessionAdapterDependencies } from './session-adapter.ts';
import { storageKey } from './storage-key.ts';

export type AdapterDependencies = SessionAdapterDependencies & {
  readonly artifacts: ArtifactRepository;
  readonly findClient: (clientId: string) => Promise<AdapterPayload | undefined>;
  readonly cipher: StoreCipher;
  readonly userCodeHash: (userCode: string) => Buffer;
};

const transientModels = new Set([
  'Interaction',
  'AuthorizationCode',
  'PushedAuthorizationRequest',
  'AccessToken',
  'ClientCredentials',
]);

/** What a grant made, and what is revoked with it. */
const grantableModels = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode']);

function createArtifactAdapter(
  model: string,
  { artifacts, cipher, userCodeHash, clock }: AdapterDependencies,
): Adapter {
  const isTransient = transientModels.has(model);
  const table: ArtifactTable = isTransient ? artifacts.transient : artifacts.lasting;

  async function toPayload(
    stored: StoredArtifact | undefined,
    id: string | undefined,
  ): Promise<AdapterPayload | undefined> {
    if (!stored) return undefined;
    const payload = await fromRestingPayload(stored.payload, { id, cipher });
    return stored.consumedAtSeconds === undefined ? payload : { ...payload, consumed: stored.consumedAtSeconds };
  }

  /**
   * Two presented the same credential, and nobody can tell which of them should have it: what it made is revoked, in
   * the same moment as a moment later, when the engine does so itself. @see RFC 6749 §4.1.2; RFC 9700 §4.14.2
   */
  async function revokeFamilyOf(key: Buffer): Promise<void> {
    const grantId = (await table.find(key))?.payload['grantId'];
    if (typeof grantId !== 'string') return;
    await Promise.all([artifacts.removeByGrant(grantId), artifacts.lasting.end(storageKey('Grant', grantId))]);
  }

  return {
    async upsert(id, payload, expiresIn) {
      const carrying = model === 'AccessToken' ? withActingOfItsSource(payload) : payload;
      if (isTransient && Number(expiresIn) > transientMaxTtlSeconds)
        throw new TypeError(`${model} would outlive its slot`);
      await table.save({
        id: storageKey(model, id),
        model,
        payload: await toRestingPayload(carrying, { id, cipher }),
        grantId: grantableModels.has(model) ? payload.grantId : undefined,
        parentGrantId: undefined,
        accountId: payload.accountId,
        clientId: payload.clientId,
        mandateId: carriedActing(carrying)?.mandate,
        userCodeHash: payload.userCode === undefined ? undefined : userCodeHash(payload.userCode),
        expiresAt: expiryOf(clock, expiresIn),
      });
    },
    find: async (id) => toPayload(await table.find(storageKey(model, id)), id),
    findByUserCode: async (userCode) =>
      toPayload(await artifacts.lasting.findByUserCode(userCodeHash(userCode)), undefined),
    findByUid: async () => undefined,
    async consume(id) {
      const key = storageKey(model, id);
      if (await table.consume(key)) return;
      // The engine saw it unspent a moment ago: another request was faster.
      if (model === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was already used');
      await revokeFamilyOf(key);
      throw new errors.InvalidGrant(`${model} was already used`);
    },
    destroy: (id) => table.end(storageKey(model, id)),
    revokeByGrantId: (grantId) => artifacts.removeByGrant(grantId),
  };
}

/** Clients are rows of `relying-parties`; the engine only ever reads them. */
function createClientAdapter({ findClient }: AdapterDependencies): Adapter {
  return {
    find: findClient,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    upsert: async () => {
      throw new TypeError('clients are registered through relying-parties');
    },
    consume: async () => undefined,
    destroy: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}

/**
 * The engine's store over PostgreSQL. Every artifact is spent once whatever the parallelism, what was ended or revoked
 * stays so, and parallel requests keep each other's session entries.
 */
export function createAdapterFactory(dependencies: AdapterDependencies): (model: string) => Adapter {
  return (model) => {
    if (model === 'Session') return createSessionAdapter(dependencies);
    if (model === 'Client') return createClientAdapter(dependencies);
    return createArtifactAdapter(model, dependencies);
  };
}
