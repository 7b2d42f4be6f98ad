import { decodeJwt } from 'jose';
import type { RequestedLogin } from '../authentication/next-step.ts';
import type { RequestedAssurance } from '../authentication/step-up.ts';

/** The parameters of an authorization request as the engine keeps them. */
export type RequestParams = Readonly<Record<string, unknown>>;

type AcrRequest = { readonly essential?: unknown; readonly value?: unknown; readonly values?: unknown };

function words(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : [];
}

type ClaimRequest = { readonly [claim: string]: { readonly value?: unknown } | null | undefined };

function idTokenClaimsOf({ claims }: RequestParams): ClaimRequest {
  if (typeof claims !== 'string') return {};
  return (JSON.parse(claims) as { id_token?: ClaimRequest }).id_token ?? {};
}

function acrClaimOf(params: RequestParams): AcrRequest | undefined {
  return idTokenClaimsOf(params)['acr'] ?? undefined;
}

/**
 * Whom the portal wants signed in: every one of these subjects must be the person's. The hint was verified when the
 * request came. @see OIDC Core §3.1.2.1 id_token_hint; §5.5.1
 */
export function requestedSubjectsOf(params: RequestParams): readonly string[] {
  const { id_token_hint: hint } = params;
  const hinted = typeof hint === 'string' ? decodeJwt(hint).sub : undefined;
  const named = idTokenClaimsOf(params)['sub']?.value;
  return [hinted, named].filter((subject) => subject !== undefined).map(String);
}

function valuesOf({ value, values }: AcrRequest): readonly string[] {
  const all = Array.isArray(values) ? values : [value];
  return all.filter((one): one is string => typeof one === 'string');
}

/**
 * The acrs of which one must be true. The engine lets `acr_values` overwrite them: they are read from the request
 * itself. @see OIDC Core §5.5.1.1
 */
export function essentialAcrsOf(params: RequestParams): readonly string[] | undefined {
  const claim = acrClaimOf(params);
  if (claim?.essential !== true) return undefined;
  const values = valuesOf(claim);
  return values.length > 0 ? values : undefined;
}

/** Every acr a request names, in the order in which it is answered: what it insists on, then its wishes. */
export function requestedAcrsOf(params: RequestParams): readonly string[] {
  const claim = acrClaimOf(params);
  return [...(essentialAcrsOf(params) ?? []), ...words(params['acr_values']), ...(claim ? valuesOf(claim) : [])];
}

/** What a client always insists on, and its own names for it. */
export type ClientAssurance = Pick<
  RequestedAssurance,
  'minimumAcr' | 'phishingResistant' | 'acrAliases' | 'identityMaxAgeSeconds'
>;

export function requestedAssuranceOf(params: RequestParams, client: ClientAssurance): RequestedAssurance {
  return {
    ...client,
    acrValues: requestedAcrsOf(params),
    essentialAcrs: essentialAcrsOf(params),
    identity: words(params['scope']).includes('national_id'),
    acting: undefined,
  };
}

export function requestedLoginOf(
  params: RequestParams,
  { proveIdentity, ...client }: ClientAssurance & Pick<RequestedLogin, 'proveIdentity'>,
): RequestedLogin {
  const prompts = words(params['prompt']);
  const { max_age: maxAge } = params;
  return {
    ...requestedAssuranceOf(params, client),
    proveAgain: prompts.includes('login'),
    chooseAccount: prompts.includes('select_account'),
    maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
    proveIdentity,
  };
}
