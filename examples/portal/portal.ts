import { createRemoteJWKSet } from 'jose';
import Koa from 'koa';
import { listen } from '../shared/listen.ts';
import { createLogoutTokenValidator, type ValidateLogoutToken } from './backchannel-logout.ts';
import { createBrowserCookie } from './browser-cookie.ts';
import { createFilingAuthority } from './filing-authority.ts';
import { type BusinessOffer, createFilingDesk } from './filing-desk.ts';
import { createGuard } from './guard.ts';
import { createPortalRoutes } from './portal.routes.ts';
import { type ClientCredentials, createProviderClient, type ProviderClient } from './provider-client.ts';
import { createRestrictedApi } from './restricted-api.ts';
import { createSessions } from './session.ts';
import { createSignIn } from './sign-in.ts';
import { createSignOut } from './sign-out.ts';
import type { Identity } from './views/layout.ts';

export type PortalOptions = ClientCredentials & {
  /** The provider; asked for its discovery document when first needed, so that it may start after the portal. */
  readonly issuer: string;
  readonly clientId: string;
  readonly identity: Identity;
  readonly scopes: readonly string[];
  /** 0 takes a free port. */
  readonly port: number;
  /** The interface to listen on; 127.0.0.1 unless told. */
  readonly host?: string;
  /** The portal's public address without a trailing slash; `http://localhost:<port>` unless told. */
  readonly baseUrl?: string;
  /** Registered at the provider; `<baseUrl>/callback` unless told. Its path is served here. */
  readonly redirectUri?: string;
  /** Push authorization requests, where the provider offers that. @see RFC 9126 */
  readonly pushRequests?: boolean;
  /** The API to ask an access token for, instead of userinfo. @see RFC 8707 */
  readonly resource?: string;
  /** How old the sign-in behind a change on the restricted page may be; as old as its level allows unless told. */
  readonly restrictedMaxAgeSeconds?: number;
  /** What companies do here; nothing unless told. */
  readonly offer?: BusinessOffer;
  /** Plain http to an issuer on this machine. */
  readonly allowInsecure?: boolean;
};

export type Portal = { readonly url: string; readonly close: () => Promise<void> };

/** Judges logout tokens with what the provider's discovery document says, from the first token on. */
function logoutTokensOf(provider: ProviderClient, now: () => Date): ValidateLogoutToken {
  let validate: ValidateLogoutToken | undefined;
  return async (token) => {
    if (!validate) {
      const configuration = await provider();
      const { issuer, jwks_uri, id_token_signing_alg_values_supported } = configuration.serverMetadata();
      if (!jwks_uri) throw new Error(`${issuer} publishes no keys`);
      validate ??= createLogoutTokenValidator({
        issuer,
        clientId: configuration.clientMetadata().client_id,
        keys: createRemoteJWKSet(new URL(jwks_uri)),
        algorithms: id_token_signing_alg_values_supported ?? ['RS256'],
        now,
      });
    }
    return validate(token);
  };
}

/** Keeps what went wrong from the person, and tells it on the console. */
function answerFaults(app: Koa, showProblem: ReturnType<typeof createPortalRoutes>['showProblem']): void {
  app.use(async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body == null) showProblem(ctx, { kind: 'not-found' });
    } catch (fault) {
      const status = (fault as { status?: unknown }).status;
      if (typeof status === 'number' && status < 500) {
        showProblem(ctx, { kind: 'not-understood' });
        ctx.status = status;
        return;
      }
      console.error(fault);
      showProblem(ctx, { kind: 'fault' });
    }
  });
}

/**
 * A portal that signs people in at the provider. To register there: the redirect URI, `<url>/signed-out` as
 * `post_logout_redirect_uris`, `<url>/backchannel-logout` as `backchannel_logout_uri` with
 * `backchannel_logout_session_required: true`; `client_secret_basic` or `private_key_jwt`.
 */
export async function startPortal(options: PortalOptions): Promise<Portal> {
  const { issuer, clientId, identity, scopes, host = '127.0.0.1' } = options;
  const now = () => new Date();
  const provider = createProviderClient({
    issuer,
    clientId,
    credentials: options,
    allowInsecure: options.allowInsecure ?? false,
  });
  const listening = await listen({ host, port: options.port });
  const baseUrl = options.baseUrl ?? `http://localhost:${listening.port}`;
  const redirectUri = options.redirectUri ?? `${baseUrl}/callback`;
  const secure = baseUrl.startsWith('https:');
  const sessions = createSessions({ now });
  const { router, showProblem } = createPortalRoutes({
    identity,
    scopes,
    callbackPath: new URL(redirectUri).pathname,
    sessions,
    sessionCookie: createBrowserCookie({ purpose: 'session', clientId, secure }),
    languageCookie: createBrowserCookie({ purpose: 'language', clientId, secure }),
    signIn: createSignIn({
      provider,
      redirectUri,
      pushRequests: options.pushRequests ?? false,
      resource: options.resource,
    }),
    signOut: createSignOut({ provider, returnTo: `${baseUrl}/signed-out` }),
    validateLogoutToken: logoutTokensOf(provider, now),
    restrictedApi: createRestrictedApi({
      provider,
      demand: {
        acrValues: ['aal2'],
        aals: ['aal2', 'aal2-phr', 'aal3'],
        maxAgeSeconds: options.restrictedMaxAgeSeconds,
      },
      now,
    }),
    filingDesk: createFilingDesk({
      offer: options.offer ?? { services: [], acceptsJoint: false },
      authority: createFilingAuthority({ provider }),
      sessions,
      now,
    }),
    now,
  });
  const app = new Koa();
  app.use(createGuard({ origin: baseUrl, issuer }));
  answerFaults(app, showProblem);
  app.use(router.routes());
  listening.answerWith(app.callback());
  return { url: baseUrl, close: listening.close };
}
