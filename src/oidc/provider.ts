import { createHash } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import Provider, { type Client, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { equalsConstantTime } from '../platform/secret-token.ts';
import type { Acting } from './acting.ts';
import { holdAnswer } from './before-answer.ts';
import { carryAssurance } from './carried-assurance.ts';
import { carryVerifiedClaims } from './carried-verified-claims.ts';
import type { createEnginePages } from './engine-pages.ts';
import { portalOf } from './portal-client.ts';
import type { createProtocolEvents } from './protocol-events.ts';
import { acceptEachTokenIdOnce } from './replay.ts';
import type { ReplayRepository } from './replay-repository.ts';
import { authenticationOf, type Judge } from './session-proof.ts';

/** Puts a logout notice into the outbox. @see OpenID Connect Back-Channel Logout 1.0 §2.5 */
export type EnqueueLogoutNotice = (notice: {
  readonly clientId: string;
  readonly accountId: string;
  readonly sid: string;
  readonly sessionUid: string;
}) => Promise<void>;

export type ProviderDependencies = {
  readonly issuer: URL;
  readonly configuration: Configuration;
  readonly trustedProxyCount: number;
  readonly replays: ReplayRepository;
  readonly enqueueLogoutNotice: EnqueueLogoutNotice;
  readonly enginePages: ReturnType<typeof createEnginePages>;
  readonly protocolEvents: ReturnType<typeof createProtocolEvents>;
  readonly judge: Judge;
  readonly carryActing: Acting['carry'];
};

/** A provider, and what its overrides would otherwise hide: the engine's own delivery of a logout token. */
export type Engine = {
  readonly provider: Provider;
  readonly deliverLogoutNotice: (client: Client, accountId: string, sid: string) => Promise<void>;
};

type LogoutMethod = (this: Client, accountId: string, sid: string) => Promise<void>;

function overrideClient(provider: Provider, enqueue: EnqueueLogoutNotice): LogoutMethod {
  const prototype = provider.Client.prototype as unknown as {
    backchannelLogout: LogoutMethod;
    compareClientSecret: (this: Client, presented: string) => boolean;
  };
  const deliver = prototype.backchannelLogout;
  // The person's sign-out doesn't wait for portals: a job delivers, again until it is heard. Where the whole session
  // ends, its ending tells all of them: also those that signed on while this request was on its way.
  prototype.backchannelLogout = async function backchannelLogout(accountId, sid) {
    const { session, params } = Provider.ctx?.oidc ?? {};
    if (params?.['logout']) return;
    await enqueue({ clientId: this.clientId, accountId, sid, sessionUid: session?.uid ?? '' });
  };
  prototype.compareClientSecret = function compareClientSecret(presented) {
    const { secret_hash: expected } = portalOf(this);
    if (expected === undefined) return false;
    return equalsConstantTime(Buffer.from(expected, 'base64url'), createHash('sha256').update(presented).digest());
  };
  return deliver;
}

function overrideContext(provider: Provider, judge: Judge): void {
  const context = (provider as unknown as { OIDCContext: { prototype: object } }).OIDCContext;
  const derived = (name: 'acr' | 'amr') => ({
    configurable: true,
    get(this: { ctx: KoaContextWithOIDC }) {
      return authenticationOf(this.ctx, judge)[name];
    },
  });
  Object.defineProperties(context.prototype, {
    acr: derived('acr'),
    amr: derived('amr'),
    // Only the issuer: an assertion made for another endpoint, or derived from a Host header, is worth nothing here.
    clientJwtAuthExpectedAudience: { configurable: true, value: () => new Set([provider.issuer]) },
  });
}

/** A hint is an ID token: other tokens of ours for the same audience say so in their type. @see RFC 8725 §3.11 */
function refuseOtherTokensAsHints(provider: Provider): void {
  const idToken = provider.IdToken as unknown as { validate: (jwt: string, client: Client) => Promise<unknown> };
  const { validate } = idToken;
  idToken.validate = async (jwt, client) => {
    const { typ = 'JWT' } = decodeProtectedHeader(jwt);
    if (typ !== 'JWT') throw new errors.InvalidRequest('id_token_hint must be an ID Token');
    return validate.call(idToken, jwt, client);
  };
}

/** One instance of the engine. Keys rotate by making another and swapping it: all state is in the store. */
export function createProvider(dependencies: ProviderDependencies): Engine {
  const { issuer, configuration, trustedProxyCount, replays, judge } = dependencies;
  const provider = new Provider(issuer.href.replace(/\/$/, ''), configuration);
  provider.proxy = trustedProxyCount > 0;
  provider.maxIpsCount = trustedProxyCount;
  acceptEachTokenIdOnce(provider, replays);
  overrideContext(provider, judge);
  const deliver = overrideClient(provider, dependencies.enqueueLogoutNotice);
  refuseOtherTokensAsHints(provider);
  carryAssurance(provider, judge);
  carryVerifiedClaims(provider);
  provider.on('authorization.accepted', dependencies.carryActing);
  provider.use(dependencies.enginePages as Parameters<Provider['use']>[0]);
  provider.use(holdAnswer as Parameters<Provider['use']>[0]);
  provider.on('authorization.success', dependencies.protocolEvents.signedOn);
  provider.use(dependencies.protocolEvents.watchSignOut as Parameters<Provider['use']>[0]);
  return {
    provider,
    deliverLogoutNotice: (client, accountId, sid) => deliver.call(client, accountId, sid),
  };
}
