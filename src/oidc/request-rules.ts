import { decodeJwt } from 'jose';
import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { portalOf } from './portal-client.ts';

/** The scopes as the portal wrote them, wherever the request came from. */
function scopesAsked({ oidc, query }: KoaContextWithOIDC): readonly string[] {
  const pushed = oidc.entities.PushedAuthorizationRequest as { readonly request?: string } | undefined;
  const scope = pushed?.request === undefined ? (oidc.body ?? query)['scope'] : decodeJwt(pushed.request)['scope'];
  return typeof scope === 'string' ? scope.split(' ') : [];
}

/**
 * The engine drops `offline_access` from every request without `prompt=consent`. What a portal may keep is settled at
 * its registration and on our release page, so the scope comes back for clients that are registered for it.
 * @see OIDC Core §11
 */
function keepOfflineAccess(ctx: KoaContextWithOIDC): void {
  const { client, params } = ctx.oidc;
  const allowed = client?.grantTypeAllowed('refresh_token') && client.scope?.split(' ').includes('offline_access');
  if (!params || !allowed || !scopesAsked(ctx).includes('offline_access')) return;
  params['scope'] = [...new Set([...String(params['scope'] ?? '').split(' '), 'offline_access'])].join(' ').trim();
}

/** Without PKCE only a nonce ties the code to the browser that asked for it. @see RFC 9700 §4.5.3.2 */
function askNonceWithoutPkce({ oidc: { params } }: KoaContextWithOIDC): void {
  if (params?.['code_challenge'] === undefined && params?.['nonce'] === undefined) {
    throw new errors.InvalidRequest('nonce must be provided where PKCE is not used');
  }
}

/** Rules of ours for an authorization request, after the engine's own; keyed by the parameter they look at. */
export const requestRules: NonNullable<Configuration['extraParams']> = {
  scope: (ctx) => keepOfflineAccess(ctx),
  nonce: (ctx, _nonce, client) => {
    if (portalOf(client).legacy_pkce) askNonceWithoutPkce(ctx);
  },
};
