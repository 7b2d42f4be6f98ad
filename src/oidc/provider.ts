import { createHash } from 'node:crypto';
import Provider, { type Client, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import { equalsConstantTime } from '../platform/secret-token.ts';
import { carryAssurance } from './carried-assurance.ts';
import type { createEnginePages } from './engine-pages.ts';
import { portalOf } from './portal-client.ts';
import { acceptEachTokenIdOnce } from './replay.ts';
import type { ReplayRepository } from './replay-repository.ts';
import { authenticationOf } from './session-proof.ts';

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
  readonly clock: Clock;
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
  // The person's sign-out doesn't wait for portals: a job delivers, again until it is heard.
  prototype.backchannelLogout = async function backchannelLogout(accountId, sid) {
    const sessionUid = Provider.ctx?.oidc.session?.uid ?? '';
    await enqueue({ clientId: this.clientId, accountId, sid, sessionUid });
  };
  prototype.compareClientSecret = function compareClientSecret(presented) {
    const { secret_hash: expected } = portalOf(this);
    if (expected === undefined) return false;
    return equalsConstantTime(Buffer.from(expected, 'base64url'), createHash('sha256').update(presented).digest());
  };
  return deliver;
}

function overrideContext(provider: Provider, clock: Clock): void {
  const context = (provider as unknown as { OIDCContext: { prototype: object } }).OIDCContext;
  const derived = (name: 'acr' | 'amr') => ({
    configurable: true,
    get(this: { ctx: KoaContextWithOIDC }) {
      return authenticationOf(this.ctx, epochSeconds(clock))[name];
    },
  });
  Object.defineProperties(context.prototype, {
    acr: derived('acr'),
    amr: derived('amr'),
    // Only the issuer: an assertion made for another endpoint, or derived from a Host header, is worth nothing here.
    clientJwtAuthExpectedAudience: { configurable: true, value: () => new Set([provider.issuer]) },
  });
}

/** One instance of the engine. Keys rotate by making another and swapping it: all state is in the store. */
export function createProvider(dependencies: ProviderDependencies): Engine {
  const { issuer, configuration, trustedProxyCount, replays, clock } = dependencies;
  const provider = new Provider(issuer.href.replace(/\/$/, ''), configuration);
  provider.proxy = trustedProxyCount > 0;
  provider.maxIpsCount = trustedProxyCount;
  acceptEachTokenIdOnce(provider, replays);
  overrideContext(provider, clock);
  const deliver = overrideClient(provider, dependencies.enqueueLogoutNotice);
  carryAssurance(provider, clock);
  provider.use(dependencies.enginePages as Parameters<Provider['use']>[0]);
  return {
    provider,
    deliverLogoutNotice: (client, accountId, sid) => deliver.call(client, accountId, sid),
  };
}
