import type { Configuration } from 'oidc-provider';
import type { ResourceServer } from '../relying-parties/relying-party.ts';
import { sourceOfTokens } from './carried-acting.ts';
import { carriedAcr, carriedAssurance } from './carried-assurance.ts';
import type { PersonAccount } from './find-account.ts';
import type { OrganizationClaims } from './organization-claims.ts';

type Source = { readonly acr?: string; readonly authTime?: number };
type Audience = { readonly aud?: unknown };

/**
 * How the person was authenticated, on the access token: shown at introspection and in JWTs, so that an API can ask for
 * more. Where they act for an organization, an API is told of it as its own agency knows it. @see RFC 9470 §6; RFC 9068 §2.2.1
 */
export function createExtraTokenClaims({
  findResourceServer,
  organizationClaims,
}: {
  readonly findResourceServer: (identifier: string) => Promise<ResourceServer | undefined>;
  readonly organizationClaims: OrganizationClaims;
}): NonNullable<Configuration['extraTokenClaims']> {
  return async (ctx, token) => {
    if (token.kind !== 'AccessToken') return undefined;
    const source = sourceOfTokens(ctx) as Source | undefined;
    if (source?.acr === undefined) return undefined;
    const { aud } = token as Audience;
    const { acting } = (ctx.oidc.account ?? {}) as Partial<PersonAccount>;
    const server = acting && typeof aud === 'string' ? await findResourceServer(aud) : undefined;
    const organization =
      acting && server
        ? await organizationClaims(acting.held, {
            sectorId: server.sectorId,
            agencyId: server.agencyId,
            powersAsked: acting.powersAsked,
            acr: carriedAcr(source),
            isNumberReleased: false,
          })
        : {};
    return { acr: source.acr, auth_time: source.authTime, ...carriedAssurance(source), ...organization };
  };
}
