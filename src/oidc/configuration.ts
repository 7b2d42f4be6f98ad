import {
  type AdapterFactory,
  type Client,
  type Configuration,
  errors,
  type FindAccount,
  type JWKS,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { createCookieSignatures } from '../http/cookie-signatures.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import { locales } from '../platform/i18n.ts';
import { extraClientMetadata } from '../relying-parties/client-metadata.ts';
import { claimsPresets, type ResourceServer } from '../relying-parties/relying-party.ts';
import { carriedActing, sourceOfTokens } from './carried-acting.ts';
import { presetClaimsOfScope } from './claims-preset.ts';
import type { createInteractionPolicy } from './interaction-policy.ts';
import { clientAssertionMaxSeconds, lifetimes } from './lifetimes.ts';
import { assertClaimsParameter } from './named-claims.ts';
import { portalOf } from './portal-client.ts';
import type { RequestRules } from './request-rules.ts';
import { claimsByName, claimsByScope, scopesSupported, verifiedClaimsClaim } from './scopes-and-claims.ts';
import type { TokenClaims } from './token-claims.ts';
import { type DescribedSource, verifiedClaimsMetadata } from './verified-evidence.ts';

export type JwtCustomizer = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>;

export type EngineParts = {
  readonly issuer: URL;
  readonly jwks: JWKS;
  readonly cookieKeys: readonly string[];
  readonly dpopNonceSecret: Buffer;
  readonly adapter: AdapterFactory;
  readonly findAccount: FindAccount;
  readonly requestRules: RequestRules;
  readonly tellAtIntrospection: TokenClaims['tellAtIntrospection'];
  readonly policy: ReturnType<typeof createInteractionPolicy>;
  readonly loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  readonly pairwiseIdentifier: NonNullable<Configuration['pairwiseIdentifier']>;
  readonly extraTokenClaims: NonNullable<Configuration['extraTokenClaims']>;
  readonly customizeJwt: JwtCustomizer;
  readonly findResourceServer: (identifier: string) => Promise<ResourceServer | undefined>;
  readonly logoutSource: (ctx: KoaContextWithOIDC, form: string) => Promise<undefined>;
  readonly postLogoutSuccessSource: (ctx: KoaContextWithOIDC) => Promise<undefined>;
  readonly renderError: NonNullable<Configuration['renderError']>;
  readonly acrValues: readonly string[];
  /** The eIDs that are switched on, by their keys. */
  readonly identitySources: ReadonlyMap<string, DescribedSource>;
  readonly fetch: NonNullable<Configuration['fetch']>;
  readonly clock: Clock;
};

/** Session cookies are host-bound; the engine binds the two of an interaction to its paths. @see RFC 6265bis §4.1.3 */
function cookies({ issuer, cookieKeys }: EngineParts): NonNullable<Configuration['cookies']> {
  const secure = issuer.protocol === 'https:';
  const options = { httpOnly: true, sameSite: 'lax', secure, signed: true } as const;
  return {
    keys: createCookieSignatures(cookieKeys),
    names: secure
      ? { session: '__Host-session', interaction: '__Secure-interaction', resume: '__Secure-resume' }
      : { session: 'session', interaction: 'interaction', resume: 'resume' },
    long: { ...options, path: '/' },
    short: options,
  };
}

function ttl(): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? lifetimes.accessTokenSeconds,
    AuthorizationCode: lifetimes.authorizationCodeSeconds,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? lifetimes.accessTokenSeconds,
    Grant: lifetimes.grantSeconds,
    IdToken: lifetimes.idTokenSeconds,
    Interaction: lifetimes.interactionSeconds,
    RefreshToken: lifetimes.refreshTokenSeconds,
    Session: (_ctx, session) => {
      if (session.accountId === undefined) return lifetimes.anonymousSessionSeconds;
      return session['transient'] ? lifetimes.sharedDeviceIdleSeconds : lifetimes.sessionSeconds;
    },
  };
}

/** An API is only known to clients that registered for it. @see RFC 8707 §2 */
async function resourceServerInfo(
  identifier: string,
  {
    client,
    find,
    isActing,
  }: { readonly client: Client; readonly find: EngineParts['findResourceServer']; readonly isActing: boolean },
) {
  const server = portalOf(client).resources.includes(identifier) ? await find(identifier) : undefined;
  if (!server) throw new errors.InvalidTarget('this resource is not known to the client');
  // A JWT outlives the end of the mandate that it tells of: only who insists gets one, for a minute.
  const accessTokenFormat = isActing && !server.representationAsJwt ? 'opaque' : server.accessTokenFormat;
  const isTelling = isActing && accessTokenFormat === 'jwt';
  const info = {
    audience: server.identifier,
    scope: server.scopes.join(' '),
    accessTokenTTL: isTelling
      ? Math.min(server.accessTokenTtlSeconds, lifetimes.representationJwtSeconds)
      : server.accessTokenTtlSeconds,
    accessTokenFormat,
  };
  return accessTokenFormat === 'jwt' ? ({ ...info, jwt: { sign: { alg: 'ES256' } } } as const) : info;
}

function features(parts: EngineParts): NonNullable<Configuration['features']> {
  /** An agency's API asks about the tokens made for it, and about no others but its own. */
  async function mayAsk(
    client: Client,
    { clientId, aud }: { clientId?: string | undefined; aud?: unknown },
  ): Promise<boolean> {
    if (clientId === client.clientId) return true;
    if (client.clientAuthMethod === 'none' || typeof aud !== 'string') return false;
    const server = await parts.findResourceServer(aud);
    return server !== undefined && server.agencyId === portalOf(client).agency_id;
  }

  return {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    claimsParameter: {
      enabled: true,
      assertClaimsParameter: ({ oidc }, claims) => assertClaimsParameter(oidc.params?.['claims'], claims),
    },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true, nonceSecret: parts.dpopNonceSecret, requireNonce: () => false },
    fapi: {
      enabled: true,
      profile: (_ctx, client) => (client && portalOf(client).security_profile === 'fapi2' ? '2.0' : undefined),
    },
    introspection: {
      enabled: true,
      allowedPolicy: async (ctx, client, token) => {
        return (await mayAsk(client, token)) && parts.tellAtIntrospection(ctx, token);
      },
    },
    jwtUserinfo: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: true,
      // Several at once are for the engine to refuse; none means none.
      defaultResource: async (_ctx, _client, oneOf) => oneOf as unknown as string,
      getResourceServerInfo: async (ctx, identifier, client) =>
        resourceServerInfo(identifier, {
          client,
          find: parts.findResourceServer,
          isActing: carriedActing(sourceOfTokens(ctx)) !== undefined,
        }),
      useGrantedResource: async () => false,
    },
    revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: parts.logoutSource,
      postLogoutSuccessSource: parts.postLogoutSuccessSource,
    },
    userinfo: { enabled: true },
  };
}

/**
 * Which claims a scope asks for, and which exist by name only (null). The names of presets stand beside them: whoever has
 * no preset is given no value under such a name.
 */
function claimsOf({ identitySources }: EngineParts): NonNullable<Configuration['claims']> {
  const named = ['acr', 'amr', 'auth_time', 'iss', 'sid', ...claimsByName];
  if (identitySources.size > 0) named.push(verifiedClaimsClaim);
  const scoped = Object.entries(claimsByScope).map(([scope, claims]) => {
    const ofPresets = claimsPresets.flatMap((preset) => presetClaimsOfScope(preset, scope));
    return [scope, [...new Set([...claims, ...ofPresets])]];
  });
  return Object.fromEntries([...named.map((claim) => [claim, null]), ...scoped]);
}

/** The engine's configuration: code flow only, ES256 by default, pairwise subjects, every page ours. */
export function createConfiguration(parts: EngineParts): Configuration {
  return {
    acrValues: parts.acrValues,
    adapter: parts.adapter,
    allowOmittingSingleRegisteredRedirectUri: false,
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims) => {
      const audiences = [claims['aud']].flat();
      const lifetime = Number(claims['exp']) - epochSeconds(parts.clock);
      if (audiences.length !== 1) throw new errors.InvalidClientAuth('audience (aud) must be the issuer alone');
      if (!(lifetime <= clientAssertionMaxSeconds))
        throw new errors.InvalidClientAuth('expiration (exp) is too far away');
    },
    claims: claimsOf(parts),
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientAuthMethod === 'none' &&
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    // No client_secret_jwt: its check would need the secret in clear.
    clientAuthMethods: ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: {
      grant_types: ['authorization_code'],
      id_token_signed_response_alg: 'ES256',
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
    clockTolerance: 10,
    conformIdTokenClaims: true,
    cookies: cookies(parts),
    discovery: {
      ui_locales_supported: [...locales],
      claims_locales_supported: [...locales],
      ...verifiedClaimsMetadata(parts.identitySources.values()),
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'PS256', 'RS256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
      idTokenSigningAlgValues: ['ES256', 'RS256'],
      userinfoSigningAlgValues: ['ES256', 'RS256'],
    },
    extraParams: parts.requestRules,
    expiresWithSession: async (_ctx, token) => !token.scopes.has('offline_access'),
    extraClientMetadata: { properties: [...extraClientMetadata] },
    extraTokenClaims: parts.extraTokenClaims,
    features: features(parts),
    fetch: parts.fetch,
    findAccount: parts.findAccount,
    formats: { customizers: { jwt: parts.customizeJwt } },
    interactions: { policy: parts.policy, url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    jwks: parts.jwks,
    loadExistingGrant: parts.loadExistingGrant,
    pairwiseIdentifier: parts.pairwiseIdentifier,
    pkce: { required: (_ctx, client) => !portalOf(client).legacy_pkce },
    renderError: parts.renderError,
    responseTypes: ['code'],
    // Confidential, sender-constrained clients keep theirs: rotating adds nothing where a thief can't use it.
    rotateRefreshToken: (ctx) => ctx.oidc.client?.clientAuthMethod === 'none',
    routes: {
      authorization: '/auth',
      end_session: '/session/end',
      introspection: '/token/introspection',
      jwks: '/jwks',
      pushed_authorization_request: '/request',
      revocation: '/token/revocation',
      token: '/token',
      userinfo: '/me',
    },
    scopes: [...scopesSupported],
    sectorIdentifierUriValidate: () => false,
    subjectTypes: ['pairwise'],
    ttl: ttl(),
  };
}
