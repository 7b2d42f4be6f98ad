import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata, type FindAccount, interactionPolicy } from 'oidc-provider';
import type { EidStyle } from './eid-style.ts';
import type { EnginePages } from './engine-pages.ts';
import { createMemoryAdapter } from './memory-adapter.ts';

/** A relying party of an eID; it authenticates with `client_secret_basic`. */
export type EidClient = {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What people are told they sign in to. */
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
};

export type EngineParts = {
  readonly key: string;
  readonly issuer: string;
  readonly style: EidStyle;
  readonly clients: readonly EidClient[];
  readonly pages: EnginePages;
  readonly findAccount: FindAccount;
  readonly now: () => Date;
};

const hour = 3_600;

function metadataOf(client: EidClient, { algorithm, signsUserinfo }: EidStyle): ClientMetadata {
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    client_name: client.name,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: algorithm,
    require_auth_time: true,
    ...(signsUserinfo ? { userinfo_signed_response_alg: algorithm } : {}),
  };
}

/** Nobody passes without the page: who is signed in already only finds themselves chosen there. */
function policy() {
  const { base, Check } = interactionPolicy;
  const prompts = base();
  const asked = new Check('each_login', 'End-User interaction is required', 'login_required', ({ oidc }) => {
    return !oidc.result?.login;
  });
  prompts.get('login')?.checks.add(asked);
  return prompts;
}

/** The engine of one eID: code flow with PKCE, keys of its own that are gone with the process. */
export async function createEngine(parts: EngineParts): Promise<Provider> {
  const { key, issuer, style, clients, findAccount, pages, now } = parts;
  const { privateKey } = await generateKeyPair(style.algorithm, { extractable: true });
  const signingKey = {
    ...(await exportJWK(privateKey)),
    alg: style.algorithm,
    use: 'sig',
    kid: randomBytes(8).toString('base64url'),
  };
  // Cookies ignore the port: whoever else listens on this machine's name would read and overwrite ours.
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, overwrite: true } as const;
  const metadata = clients.map((client) => metadataOf(client, style));
  return new Provider(issuer, {
    // Clients by the store: it is what the engine asks for them anyway.
    adapter: createMemoryAdapter(metadata, now),
    jwks: { keys: [signingKey] },
    acrValues: [...style.levels],
    claims: {
      acr: null,
      auth_time: null,
      iss: null,
      sid: null,
      ...Object.fromEntries(Object.entries(style.claimsByScope).map(([scope, claims]) => [scope, [...claims]])),
    },
    clientAuthMethods: ['client_secret_basic'],
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: { session: `eid-${key}`, interaction: `eid-${key}-login`, resume: `eid-${key}-resume` },
      long: cookie,
      short: cookie,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      jwtUserinfo: { enabled: style.signsUserinfo },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: pages.logoutSource,
        postLogoutSuccessSource: pages.postLogoutSuccessSource,
      },
    },
    findAccount,
    interactions: { policy: policy(), url: (_ctx, { uid }) => `/sign-in/${uid}` },
    pkce: { required: () => true },
    renderError: pages.renderError,
    responseTypes: ['code'],
    scopes: ['openid', ...Object.keys(style.claimsByScope).filter((scope) => scope !== 'openid')],
    ttl: {
      AccessToken: hour / 4,
      AuthorizationCode: 60,
      Grant: hour,
      IdToken: hour / 4,
      Interaction: hour / 2,
      Session: 8 * hour,
    },
  });
}
