import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider';
import type { Clock } from '../platform/clock.ts';
import { newSecretToken } from '../platform/secret-token.ts';
import type { ArtifactRepository, ArtifactTable, StoredArtifact } from './artifact-repository.ts';
import type { AuthorizationChange, SessionRepository, StoredSession } from './session-repository.ts';
import { storageKey } from './storage-key.ts';

/** Encrypts what the engine must read back in clear but a dump of the database must not show. */
export type StoreCipher = {
  readonly seal: (plaintext: string, context: string) => Promise<string>;
  readonly open: (sealed: string, context: string) => Promise<string>;
};

export type AdapterDependencies = {
  readonly artifacts: ArtifactRepository;
  readonly sessions: SessionRepository;
  readonly findClient: (clientId: string) => Promise<AdapterPayload | undefined>;
  readonly cipher: StoreCipher;
  readonly userCodeHash: (userCode: string) => Buffer;
  readonly clock: Clock;
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

// Fields that hold another artifact's bearer value: the engine reads them back, a dump must not.
const sealedFields = ['parJti', 'deviceCode'] as const;

// JSON.stringify writes NUL and lone surrogates as these escapes; jsonb refuses both.
const unstorableText = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** @throws InvalidRequest where the payload holds text that PostgreSQL can't store */
export function toStorableJson(payload: unknown): string {
  const json = JSON.stringify(payload);
  if (unstorableText.test(json)) throw new errors.InvalidRequest('request contains characters that are not allowed');
  return json;
}

function expiryOf(clock: Clock, ttlSeconds: number | undefined): Date {
  if (ttlSeconds === undefined) throw new TypeError('every artifact has an end');
  return new Date(clock.now().getTime() + ttlSeconds * 1000);
}

async function mapSealedFields(
  payload: AdapterPayload,
  map: (value: string, field: string) => Promise<string>,
): Promise<AdapterPayload> {
  const mapped: AdapterPayload = { ...payload };
  for (const field of sealedFields) {
    const value = payload[field];
    if (typeof value === 'string') mapped[field] = await map(value, field);
  }
  return mapped;
}

/** Never leaves to the database: the id itself, and the session cookie that an interaction remembers. */
function stripBearerValues(payload: AdapterPayload): AdapterPayload {
  const { jti: _id, ...rest } = payload;
  if (rest['session'] === undefined) return rest;
  const { cookie: _cookie, ...session } = rest['session'] as Record<string, unknown>;
  return { ...rest, session };
}

function createArtifactAdapter(
  model: string,
  { artifacts, cipher, userCodeHash, clock }: AdapterDependencies,
): Adapter {
  const table: ArtifactTable = transientModels.has(model) ? artifacts.transient : artifacts.lasting;

  async function toPayload(
    stored: StoredArtifact | undefined,
    id: string | undefined,
  ): Promise<AdapterPayload | undefined> {
    if (!stored) return undefined;
    return {
      ...(await mapSealedFields(stored.payload as AdapterPayload, cipher.open)),
      ...(id === undefined ? {} : { jti: id }),
      ...(stored.consumedAtSeconds === undefined ? {} : { consumed: stored.consumedAtSeconds }),
    };
  }

  return {
    async upsert(id, payload, expiresIn) {
      const resting = await mapSealedFields(stripBearerValues(payload), cipher.seal);
      await table.save({
        id: storageKey(model, id),
        model,
        payload: toStorableJson(resting),
        grantId: grantableModels.has(model) ? payload.grantId : undefined,
        parentGrantId: undefined,
        accountId: payload.accountId,
        clientId: payload.clientId,
        userCodeHash: payload.userCode === undefined ? undefined : userCodeHash(payload.userCode),
        expiresAt: expiryOf(clock, expiresIn),
      });
    },
    find: async (id) => toPayload(await table.find(storageKey(model, id)), id),
    findByUserCode: async (userCode) =>
      toPayload(await artifacts.lasting.findByUserCode(userCodeHash(userCode)), undefined),
    findByUid: async () => undefined,
    async consume(id) {
      if (await table.consume(storageKey(model, id))) return;
      // The engine saw it unspent a moment ago: another request was faster.
      if (model === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was already used');
      throw new errors.InvalidGrant(`${model} was already used`);
    },
    destroy: (id) => table.remove(storageKey(model, id)),
    revokeByGrantId: (grantId) => artifacts.removeByGrant(grantId),
  };
}

/** The parts of the engine's session that its published types leave out. */
type EngineSession = { readonly uid: string; readonly id: string; readonly oldId?: string };

/** What a request had read: the entries as they were, so that only its own changes are written. */
type ReadState = { readonly before: ReadonlyMap<string, string>; readonly versions: ReadonlyMap<string, number> };

function createSessionAdapter({ sessions, clock }: AdapterDependencies): Adapter {
  // The engine keeps the very object it was given as `session.authorizations` and changes it in place.
  const readStates = new WeakMap<object, ReadState>();

  function toPayload(stored: StoredSession | undefined, id: string | undefined): AdapterPayload | undefined {
    if (!stored) return undefined;
    const authorizations = structuredClone(stored.authorizations);
    const before = new Map(Object.entries(authorizations).map(([client, entry]) => [client, JSON.stringify(entry)]));
    readStates.set(authorizations, { before, versions: stored.versions });
    // Found by an id that was just rotated away: the answer's cookie gets a new id, never the retired one again.
    const jti = stored.idRetired ? newSecretToken() : id;
    return {
      ...(stored.payload as AdapterPayload),
      uid: stored.uid,
      authorizations: authorizations as NonNullable<AdapterPayload['authorizations']>,
      ...(jti === undefined ? {} : { jti }),
    };
  }

  function changesOf(authorizations: Record<string, unknown> = {}): Record<string, AuthorizationChange> {
    const read = readStates.get(authorizations);
    const changes: Record<string, AuthorizationChange> = {};
    for (const [client, entry] of Object.entries(authorizations)) {
      if (read?.before.get(client) === JSON.stringify(entry)) continue;
      changes[client] = { base: read?.versions.get(client) ?? null, entry: entry as Record<string, unknown> };
    }
    for (const client of read?.before.keys() ?? []) {
      if (!(client in authorizations)) changes[client] = { base: read?.versions.get(client) ?? null, entry: null };
    }
    return changes;
  }

  // The engine destroys the old id just before it saves the new one: kept here, written in that same statement.
  const rotatedAway = new WeakMap<object, string>();

  return {
    async upsert(id, payload, expiresIn) {
      const { jti: _id, uid, authorizations, ...rest } = payload;
      if (uid === undefined) throw new TypeError('a session has a uid');
      const ctx = Provider.ctx;
      const retired = ctx && rotatedAway.get(ctx);
      await sessions.save({
        id: storageKey('Session', id),
        retiredId: retired === undefined ? undefined : storageKey('Session', retired),
        uid,
        accountId: payload.accountId,
        loginAtSeconds: payload.loginTs,
        payload: toStorableJson(rest),
        changes: changesOf(authorizations),
        expiresAt: expiryOf(clock, expiresIn),
      });
    },
    find: async (id) => toPayload(await sessions.findById(storageKey('Session', id)), id),
    findByUid: async (uid) => toPayload(await sessions.findByUid(uid), undefined),
    findByUserCode: async () => undefined,
    async destroy(id) {
      const ctx = Provider.ctx;
      // `id` and `oldId` are not in the engine's published types.
      const session = ctx?.oidc.session as EngineSession | undefined;
      if (ctx && session?.oldId === id) {
        rotatedAway.set(ctx, id);
        return;
      }
      if (session?.id === id) await sessions.endByUid(session.uid);
      else await sessions.endById(storageKey('Session', id));
    },
    consume: async () => undefined,
    revokeByGrantId: async () => undefined,
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
 * The engine's store over PostgreSQL. Every artifact is spent once whatever the parallelism, a session that was ended
 * stays ended, and parallel requests keep each other's session entries.
 */
export function createAdapterFactory(dependencies: AdapterDependencies): (model: string) => Adapter {
  return (model) => {
    if (model === 'Session') return createSessionAdapter(dependencies);
    if (model === 'Client') return createClientAdapter(dependencies);
    return createArtifactAdapter(model, dependencies);
  };
}
