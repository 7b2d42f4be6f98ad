import type { Client, Interaction } from 'oidc-provider';
import { newSecretToken } from '../platform/secret-token.ts';
import type { ClientMetadata } from '../relying-parties/client-metadata.ts';

/** Our own account pages sign people in through the same door as every portal. */
export const accountClientId = 'dinhdanh-account';

export const signedInPath = '/account/signed-in';

/** Where a sign-in for the account pages may end: nothing else is ever redirected to. */
const destinations = {
  home: '/account',
  'change-email': '/account/change-email',
  'change-password': '/account/change-password',
  'sign-in-methods': '/account/sign-in-methods',
  'add-passkey': '/account/sign-in-methods/add/passkey',
  'add-totp': '/account/sign-in-methods/add/totp',
  'add-security-key': '/account/sign-in-methods/add/security-key',
  'recovery-codes': '/account/sign-in-methods/recovery-codes',
  identity: '/account/identity',
  sessions: '/account/sessions',
  portals: '/account/portals',
  organizations: '/account/organizations',
  /** Not signed in at all: these begin with another step, and end at home. */
  register: '/account',
  recover: '/account',
  /** Signed in again, and on to an eID. */
  'prove-identity': '/account/identity',
} as const;

export type Destination = keyof typeof destinations;

/** @param state what came back; anything unknown ends at home */
export function destinationPath(state: unknown): string {
  return typeof state === 'string' && Object.hasOwn(destinations, state)
    ? destinations[state as Destination]
    : destinations.home;
}

// The page of one authenticator isn't among them: its id would have to travel. Its list is one step away.
const deep = [
  'change-email',
  'change-password',
  'add-passkey',
  'add-totp',
  'add-security-key',
  'recovery-codes',
  'sign-in-methods',
  'identity',
  'sessions',
  'portals',
  'organizations',
] as const satisfies readonly Destination[];

/** Where somebody was going who has to sign in first, or the nearest page above it. */
export function destinationOf(path: string): Destination {
  return deep.find((name) => path === destinations[name] || path.startsWith(`${destinations[name]}/`)) ?? 'home';
}

/** The step such a login begins with, where it isn't signing in. */
export function firstStepOf({
  client,
  interaction,
}: {
  readonly client: Client;
  readonly interaction: Interaction;
}): 'register' | 'recover' | undefined {
  const { state } = interaction.params as { state?: unknown };
  if (client.clientId !== accountClientId || interaction.lastSubmission) return undefined;
  return state === 'register' || state === 'recover' ? state : undefined;
}

/** Somebody came from their own account to prove who they are. */
export function isIdentityProof({
  client,
  params,
}: {
  readonly client: Client;
  readonly params: Readonly<Record<string, unknown>>;
}): boolean {
  return client.clientId === accountClientId && params['state'] === ('prove-identity' satisfies Destination);
}

/**
 * A sign-in whose code nobody can redeem: nobody knows a verifier for its challenge, and no secret is right for the
 * client. What counts is the session it leaves behind.
 */
export function accountSignInUrl(
  issuer: URL,
  {
    destination,
    proveAgain,
    twoFactors = false,
  }: { readonly destination: Destination; readonly proveAgain: boolean; readonly twoFactors?: boolean },
): string {
  const request = new URLSearchParams({
    client_id: accountClientId,
    redirect_uri: new URL(signedInPath, issuer).href,
    response_type: 'code',
    scope: 'openid',
    state: destination,
    code_challenge: newSecretToken(),
    code_challenge_method: 'S256',
    ...(proveAgain ? { prompt: 'login' } : {}),
    ...(twoFactors ? { acr_values: 'aal2' } : {}),
  });
  return `/auth?${request}`;
}

/** Built in: it is in no table, so that no console can change or disable it. Nothing is released to it. */
export function accountClientMetadata(issuer: URL): ClientMetadata {
  return {
    client_id: accountClientId,
    client_name: 'Tài khoản của tôi',
    names: { vi: 'Tài khoản của tôi', en: 'My account', fr: 'Mon compte' },
    application_type: 'web',
    redirect_uris: [new URL(signedInPath, issuer).href],
    post_logout_redirect_uris: [],
    client_uri: new URL(destinations.home, issuer).href,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    scope: 'openid',
    subject_type: 'pairwise',
    sector_identifier_uri: `https://${accountClientId}.sector.invalid/`,
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: newSecretToken(),
    id_token_signed_response_alg: 'ES256',
    require_auth_time: true,
    sector_id: accountClientId,
    agency_id: accountClientId,
    security_profile: 'standard',
    legacy_pkce: false,
    phishing_resistant: false,
    acr_aliases: {},
    acting_as_self: true,
    joint_powers: false,
    release: [],
    release_version: '1',
    resources: [],
  };
}
