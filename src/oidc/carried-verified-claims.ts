import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { verifiedClaimsClaim } from './scopes-and-claims.ts';
import { isJsonObject, type JsonObject } from './verified-claims-request.ts';

/** A list as the engine lets it pass: its mask of claims knows null and objects, and drops what is anything else. */
type CarriedList = { readonly list: readonly unknown[] };

function wrapList(target: unknown): unknown {
  if (!isJsonObject(target) || !Array.isArray(target[verifiedClaimsClaim])) return target;
  const carried: CarriedList = { list: target[verifiedClaimsClaim] };
  return { ...target, [verifiedClaimsClaim]: carried };
}

/**
 * Lets a list of `verified_claims` requests ride where a single one does: in the requested claims, which the engine
 * copies from code to refresh token to access token. @see OpenID Connect for Identity Assurance 1.0 §5.6
 */
export function carryVerifiedClaims(provider: Provider): void {
  provider.on('authorization.accepted', (ctx: KoaContextWithOIDC) => {
    const claims = ctx.oidc.claims as JsonObject | undefined;
    if (!claims) return;
    const { userinfo, id_token: idToken } = claims;
    Object.assign(ctx.oidc, {
      claims: {
        ...claims,
        ...(userinfo !== undefined && { userinfo: wrapList(userinfo) }),
        ...(idToken !== undefined && { id_token: wrapList(idToken) }),
      },
    });
  });
}

/** The request as the portal wrote it. Nobody but us writes a list this way: such a request isn't accepted. */
export function carriedVerifiedClaims(named: JsonObject): unknown {
  const carried = named[verifiedClaimsClaim];
  return isJsonObject(carried) && Array.isArray(carried['list']) ? carried['list'] : carried;
}
