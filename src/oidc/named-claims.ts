import { type ClaimsParameter, errors } from 'oidc-provider';
import { verifiedClaimsClaim } from './scopes-and-claims.ts';
import {
  claimsInVerifiedClaims,
  isJsonObject,
  type JsonObject,
  readVerifiedClaims,
} from './verified-claims-request.ts';

const maxCharacters = 8192;
const maxDepth = 12;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function targetsOf(claims: JsonObject): readonly JsonObject[] {
  return [claims['userinfo'], claims['id_token']].filter(isJsonObject);
}

/**
 * The engine's hook for a `claims` parameter that is JSON: small enough to keep, and its `verified_claims` in the form
 * of the specification. Nothing here looks at the person. @see OpenID Connect for Identity Assurance 1.0 §5.7.6
 */
export function assertClaimsParameter(text: unknown, claims: ClaimsParameter): void {
  if (String(text).length > maxCharacters || isDeeperThan(claims, maxDepth)) {
    throw new errors.InvalidRequest('claims parameter is too large');
  }
  for (const target of targetsOf(claims as JsonObject)) {
    if (Object.hasOwn(target, verifiedClaimsClaim) && !readVerifiedClaims(target[verifiedClaimsClaim])) {
      throw new errors.InvalidRequest('verified_claims has not the form of a request');
    }
  }
}

function namesIn(target: JsonObject): readonly string[] {
  return Object.entries(target).flatMap(([name, wanted]) => {
    if (name === verifiedClaimsClaim) return claimsInVerifiedClaims(wanted);
    return wanted === null || isJsonObject(wanted) ? [name] : [];
  });
}

type Params = Readonly<Record<string, unknown>>;

function claimsOf({ claims }: Params): JsonObject {
  return typeof claims === 'string' ? (JSON.parse(claims) as JsonObject) : {};
}

/**
 * The claims an authorization request names in its `claims` parameter, also those it wants verified.
 * @see OIDC Core §5.5; OpenID Connect for Identity Assurance 1.0 §5.3
 */
export function claimsNamedIn(params: Params): readonly string[] {
  return targetsOf(claimsOf(params)).flatMap(namesIn);
}

export function asksVerifiedClaims(params: Params): boolean {
  return targetsOf(claimsOf(params)).some((target) => Object.hasOwn(target, verifiedClaimsClaim));
}
