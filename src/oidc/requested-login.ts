import type { AcrAliases } from '../authentication/acr-values.ts';
import type { RequestedLogin } from '../authentication/next-step.ts';

/** The parameters of an authorization request as the engine keeps them. */
export type RequestParams = Readonly<Record<string, unknown>>;

type AcrRequest = { readonly essential?: unknown; readonly value?: unknown; readonly values?: unknown };

const noAliases: AcrAliases = {};

function words(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : [];
}

function acrClaimOf({ claims }: RequestParams): AcrRequest | undefined {
  if (typeof claims !== 'string') return undefined;
  const { id_token: idToken } = JSON.parse(claims) as { id_token?: { acr?: AcrRequest | null } };
  return idToken?.acr ?? undefined;
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

export function requestedLoginOf(params: RequestParams): RequestedLogin {
  const prompts = words(params['prompt']);
  const { max_age: maxAge } = params;
  return {
    proveAgain: prompts.includes('login'),
    chooseAccount: prompts.includes('select_account'),
    maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
    acrValues: requestedAcrsOf(params),
    essentialAcrs: essentialAcrsOf(params),
    acrAliases: noAliases,
  };
}
