import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildAuthorizationUrlWithPAR,
  ClientError,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import type { Language } from '../shared/language.ts';
import type { Ask } from './asks.ts';
import type { ProviderClient } from './provider-client.ts';
import type { Attempt } from './session.ts';
import type { SignedIn } from './signed-in.ts';

/** Why a sign-in ended without a person. */
export type SignInFailure =
  | { readonly kind: 'refused'; readonly error: string; readonly description: string | undefined }
  | { readonly kind: 'unknown-attempt' }
  | { readonly kind: 'not-trusted'; readonly code: string }
  | { readonly kind: 'assurance-missed'; readonly acr: string | undefined }
  | { readonly kind: 'unreachable' };

export type SignInBegun = { readonly kind: 'begun'; readonly redirectTo: URL; readonly attempt: Attempt };

export type SignInFinished = { readonly kind: 'signed-in'; readonly signedIn: SignedIn };

export type SignIn = ReturnType<typeof createSignIn>;

/** What the person comes back to. @see Attempt */
export type Return = Pick<Attempt, 'returnTo'> & Partial<Pick<Attempt, 'filing' | 'fallback'>>;

type Begin = Return & { readonly language: Language };

type SignInOptions = {
  readonly provider: ProviderClient;
  readonly redirectUri: string;
  /** Push the request to the provider first, where the provider offers that. @see RFC 9126 */
  readonly pushRequests: boolean;
  /** The API the access token is meant for; the token then isn't for userinfo. @see RFC 8707 */
  readonly resource: string | undefined;
};

/** Whether the provider didn't answer, as opposed to answering no. */
export function isUnreachable(fault: unknown): boolean {
  if (typeof fault !== 'object' || fault === null) return false;
  const { message, code, cause } = fault as { message?: unknown; code?: unknown; cause?: unknown };
  const answeredWithFault = fault instanceof Response && fault.status >= 500;
  return message === 'fetch failed' || code === 'OAUTH_TIMEOUT' || answeredWithFault || isUnreachable(cause);
}

/** The failure behind a fault of the protocol library. @throws the fault itself when it is none of the provider's doing. */
function failureOf(fault: unknown): SignInFailure {
  if (fault instanceof AuthorizationResponseError || fault instanceof ResponseBodyError) {
    return { kind: 'refused', error: fault.error, description: fault.error_description };
  }
  if (isUnreachable(fault)) return { kind: 'unreachable' };
  if (fault instanceof WWWAuthenticateChallengeError || fault instanceof ClientError) {
    return { kind: 'not-trusted', code: fault.code ?? 'unknown' };
  }
  throw fault;
}

/** Signing in by authorization code with PKCE, state and nonce. @see OIDC Core §3.1; RFC 9700 §2.1.1 */
export function createSignIn({ provider, redirectUri, pushRequests, resource }: SignInOptions) {
  const forResource = resource === undefined ? {} : { resource };

  async function begin(ask: Ask, { language, returnTo, filing, fallback }: Begin): Promise<SignInBegun> {
    const configuration = await provider();
    const attempt: Attempt = {
      state: randomState(),
      nonce: randomNonce(),
      codeVerifier: randomPKCECodeVerifier(),
      maxAgeSeconds: ask.maxAgeSeconds,
      demandedAcr: ask.demandedAcr,
      returnTo,
      filing,
      fallback,
    };
    const parameters = {
      ...ask.parameters,
      ...forResource,
      redirect_uri: redirectUri,
      ui_locales: language,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: 'S256',
    };
    const canPush = configuration.serverMetadata().pushed_authorization_request_endpoint !== undefined;
    const redirectTo =
      pushRequests && canPush
        ? await buildAuthorizationUrlWithPAR(configuration, parameters)
        : buildAuthorizationUrl(configuration, parameters);
    return { kind: 'begun', redirectTo, attempt };
  }

  async function finish(answer: URLSearchParams, attempt: Attempt): Promise<SignInFinished | SignInFailure> {
    const configuration = await provider();
    // The address is the registered one, never the request's: only the query comes from outside.
    const callback = new URL(`?${answer}`, redirectUri);
    const tokens = await authorizationCodeGrant(
      configuration,
      callback,
      {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.codeVerifier,
        ...(attempt.maxAgeSeconds === undefined ? {} : { maxAge: attempt.maxAgeSeconds }),
      },
      forResource,
    );
    const claims = tokens.claims();
    if (!claims || tokens.id_token === undefined) return { kind: 'not-trusted', code: 'id_token missing' };
    // A provider may answer with less than what was essential; only the portal knows what it demanded.
    const acr = typeof claims['acr'] === 'string' ? claims['acr'] : undefined;
    if (attempt.demandedAcr && !attempt.demandedAcr.some((demanded) => demanded === acr)) {
      return { kind: 'assurance-missed', acr };
    }
    const userinfo =
      resource === undefined ? await fetchUserInfo(configuration, tokens.access_token, claims.sub) : undefined;
    const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } = tokens;
    return { kind: 'signed-in', signedIn: { idToken, claims, userinfo, accessToken, refreshToken } };
  }

  return {
    /** Where to send the browser, and what to remember until it comes back. */
    begin: (ask: Ask, how: Begin) => begin(ask, how).catch(failureOf),

    /** Judges the provider's answer to `attempt` and, if it holds, fetches who signed in. */
    finish: (answer: URLSearchParams, attempt: Attempt) => finish(answer, attempt).catch(failureOf),
  };
}
