import { decodeJwt } from 'jose';
import { type Client, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Representation } from '../representation/module.ts';
import { namespaceOf } from '../representation/powers.ts';
import { readOrganizationHint, readPowers } from './acting-request.ts';
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

export type RequestRules = NonNullable<Configuration['extraParams']>;

/** Rules of ours for an authorization request, after the engine's own; keyed by the parameter they look at. */
export function createRequestRules({
  representation,
}: {
  readonly representation: Pick<Representation, 'catalogue' | 'namespacesOf'>;
}): RequestRules {
  /** A power that no agency publishes, or another one, is a mistake of the portal's: nobody can have it for this portal. */
  async function checkPowers(powers: string, client: Client): Promise<void> {
    const codes = readPowers(powers);
    const [catalogue, namespaces] = await Promise.all([
      representation.catalogue(),
      representation.namespacesOf(portalOf(client).agency_id),
    ]);
    const isOwn = (code: string) => catalogue.has(code) && namespaces.includes(namespaceOf(code) ?? '');
    if (!codes?.every(isOwn)) throw new errors.InvalidRequest("powers must be published by the portal's own agency");
  }

  return {
    scope: (ctx) => {
      keepOfflineAccess(ctx);
      const { params, prompts } = ctx.oidc;
      if (prompts.has('select_organization')) askWithScope(params, 'prompt=select_organization');
    },
    nonce: (ctx, _nonce, client) => {
      if (portalOf(client).legacy_pkce) askNonceWithoutPkce(ctx);
    },
    organization_hint: ({ oidc }, hint) => {
      if (hint === undefined) return;
      if (readOrganizationHint(hint) === undefined) {
        throw new errors.InvalidRequest('organization_hint must be the id of an organization');
      }
      askWithScope(oidc.params, 'organization_hint');
    },
    powers: async ({ oidc }, powers, client) => {
      if (powers === undefined) return;
      await checkPowers(powers, client);
      askWithScope(oidc.params, 'powers');
    },
  };
}

function askWithScope(params: KoaContextWithOIDC['oidc']['params'], name: string): void {
  if (
    !String(params?.['scope'] ?? '')
      .split(' ')
      .includes('organization')
  ) {
    throw new errors.InvalidRequest(`${name} goes with the scope organization`);
  }
}
