import { type Adapter, type AdapterPayload, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Clock } from '../platform/clock.ts';
import { newSecretToken } from '../platform/secret-token.ts';
import { expiryOf } from './artifact-expiry.ts';
import { toStorableJson } from './resting-payload.ts';
import type { SessionRepository, StoredSession } from './session-repository.ts';
import type { AuthorizationChange } from './session-save-repository.ts';
import { storageKey } from './storage-key.ts';

/** Ends a session for good and tells the portals that signed on in it, in one transaction. */
export type EndSession = (session: { readonly uid: string }) => Promise<void>;

export type SessionAdapterDependencies = {
  readonly sessions: SessionRepository;
  readonly endSession: EndSession;
  readonly clock: Clock;
};

/** The parts of the engine's session that its published types leave out. */
type EngineSession = { readonly uid: string; readonly id: string; readonly oldId?: string };

/** What a request had read, so that only its own changes are written. */
type ReadState = {
  /** The id the answer's cookie has if nothing rotates it: the very one the request came with, unless it was retired. */
  readonly id: string | undefined;
  readonly entries: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, number>;
  readonly fields: ReadonlyMap<string, string>;
};

// The engine keeps the very object it was given as `session.authorizations` and changes it in place.
const readState = Symbol('what the request had read');

function readStateOf(authorizations: object | undefined): ReadState | undefined {
  return (authorizations as { readonly [readState]?: ReadState } | undefined)?.[readState];
}

/** How often a client's entry of the session was written, removals included; the same for all who read it so. */
export function entryVersion(authorizations: object | undefined, clientId: string): number {
  return readStateOf(authorizations)?.versions.get(clientId) ?? 0;
}

const asJson = (object: object): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(object).flatMap(([key, value]) => (value === undefined ? [] : [[key, JSON.stringify(value)]])),
  );

// One login's fields belong together: all of one login or all of another.
const loginFields = ['accountId', 'loginTs', 'acr', 'amr', 'transient'];

function toPayload(stored: StoredSession | undefined, id: string | undefined): AdapterPayload | undefined {
  if (!stored) return undefined;
  const authorizations = { ...stored.authorizations };
  // Found by an id that was just rotated away: the answer's cookie gets a new id, never the retired one again.
  const jti = stored.idRetired ? newSecretToken() : id;
  const read: ReadState = {
    id: stored.idRetired ? undefined : id,
    entries: asJson(authorizations),
    versions: stored.versions,
    fields: asJson(stored.payload),
  };
  Object.defineProperty(authorizations, readState, { value: read });
  return {
    ...(stored.payload as AdapterPayload),
    uid: stored.uid,
    authorizations: authorizations as NonNullable<AdapterPayload['authorizations']>,
    ...(jti === undefined ? {} : { jti }),
  };
}

function changedEntries(authorizations: Record<string, unknown> = {}): Record<string, AuthorizationChange> {
  const read = readStateOf(authorizations);
  const changes: Record<string, AuthorizationChange> = {};
  for (const [client, entry] of Object.entries(authorizations)) {
    if (read?.entries.get(client) === JSON.stringify(entry)) continue;
    const base = read?.entries.has(client) ? (read.versions.get(client) ?? null) : null;
    changes[client] = { base, entry: entry as Record<string, unknown> };
  }
  for (const client of read?.entries.keys() ?? []) {
    if (!(client in authorizations)) changes[client] = { base: read?.versions.get(client) ?? null, entry: null };
  }
  return changes;
}

/** What this request changed of the session itself, its login apart from the rest. */
function changedFields(payload: object, read: ReadState | undefined) {
  const now = asJson(payload);
  const changed = (key: string): boolean => now.get(key) !== read?.fields.get(key);
  const pick = (keys: readonly string[]): string =>
    toStorableJson(Object.fromEntries(Object.entries(payload).filter(([key]) => keys.includes(key))));
  const loggedIn = now.has('accountId') && loginFields.some(changed);
  return {
    login: loggedIn ? pick(loginFields) : undefined,
    changed: pick([...now.keys()].filter((key) => changed(key) && !loginFields.includes(key))),
    removed: [...(read?.fields.keys() ?? [])].filter((key) => !now.has(key) && !loginFields.includes(key)),
  };
}

/** A cookie that says nothing new, or leads nowhere, could overwrite the one another answer has just given the browser. */
function withholdSessionCookie(ctx: KoaContextWithOIDC): void {
  const name = ctx.oidc.provider.cookieName('session');
  const cookies = [ctx.response.get('set-cookie') as unknown as string | readonly string[]].flat();
  const others = cookies.filter((line) => !line.startsWith(`${name}=`) && !line.startsWith(`${name}.sig=`));
  ctx.remove('set-cookie');
  if (others.length > 0) ctx.set('set-cookie', others);
}

/**
 * One row per session uid; the cookie's id is an alias of it. Parallel requests keep what each changed, a session that
 * was ended stays ended, and a rotation of the id is not an ending.
 */
export function createSessionAdapter({ sessions, endSession, clock }: SessionAdapterDependencies): Adapter {
  // The engine destroys the old id just before it saves the new one: kept here, written in that same statement.
  const rotatedAway = new WeakMap<object, string>();

  return {
    async upsert(id, { jti: _id, uid, authorizations, ...payload }, expiresIn) {
      if (uid === undefined) throw new TypeError('a session has a uid');
      const ctx = Provider.ctx;
      const retired = ctx && rotatedAway.get(ctx);
      const read = readStateOf(authorizations);
      const leads = await sessions.save({
        id: storageKey('Session', id),
        retiredId: retired === undefined ? undefined : storageKey('Session', retired),
        uid,
        accountId: payload.accountId,
        loginAtSeconds: payload.loginTs,
        payload: toStorableJson(payload),
        ...changedFields(payload, read),
        entries: changedEntries(authorizations),
        expiresAt: expiryOf(clock, expiresIn),
      });
      if (ctx && (!leads || read?.id === id)) withholdSessionCookie(ctx);
    },
    find: async (id) => toPayload(await sessions.findById(storageKey('Session', id)), id),
    findByUid: async (uid) => toPayload(await sessions.findByUid(uid), undefined),
    findByUserCode: async () => undefined,
    async destroy(id) {
      const ctx = Provider.ctx;
      // `id` and `oldId` are not in the engine's published types.
      const session = ctx?.oidc.session as EngineSession | undefined;
      if (ctx && session?.oldId === id) rotatedAway.set(ctx, id);
      else if (session?.id === id) await endSession({ uid: session.uid });
      else await sessions.endById(storageKey('Session', id));
    },
    consume: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}
