import Provider, { type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider';

/** By which mandate an authorization acts; where the portal asked for powers, those are all it may learn of. */
export type CarriedActing = { readonly mandate: string; readonly powers?: readonly string[] };

type Carrier = { readonly claims?: { readonly acting?: CarriedActing } | undefined };

/**
 * The mandate of a code or token; undefined where the person acts as themselves, or nobody asked. It rides beside the
 * `userinfo` and `id_token` members of the requested claims, as the assurance does: the engine copies them from code to
 * refresh token to access token, each authorization its own. So two tabs at one portal act for two organizations,
 * though the engine has one grant and one sid for both. @see carried-assurance.ts
 */
export function carriedActing(carrier: unknown): CarriedActing | undefined {
  return (carrier as Carrier | undefined)?.claims?.acting;
}

/** Written last, so that no request can name a mandate of its own. */
export function carryActing({ oidc }: KoaContextWithOIDC, acting: CarriedActing | undefined): void {
  const { acting: _named, ...claims } = (oidc.claims ?? {}) as Record<string, unknown>;
  Object.assign(oidc, { claims: acting === undefined ? claims : { ...claims, acting } });
}

/** The code or refresh token that this request's tokens are made from. */
export function sourceOfTokens({ oidc: { entities } }: KoaContextWithOIDC): unknown {
  return entities.RotatedRefreshToken ?? entities.RefreshToken ?? entities.AuthorizationCode;
}

/** The engine gives a token for an API no requested claims: its mandate is kept with it all the same. */
export function withActingOfItsSource(payload: AdapterPayload): AdapterPayload {
  const acting = Provider.ctx && carriedActing(sourceOfTokens(Provider.ctx));
  if (acting === undefined || carriedActing(payload) !== undefined) return payload;
  return { ...payload, claims: { ...payload['claims'], acting } } as AdapterPayload;
}
