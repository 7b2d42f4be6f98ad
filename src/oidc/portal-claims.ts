import type { Client } from 'oidc-provider';
import type { Clock } from '../platform/clock.ts';
import { type ClaimsPreset, claimsByLawOnly } from '../relying-parties/relying-party.ts';
import { carriedAcr, carriedAssurance } from './carried-assurance.ts';
import { carriedVerifiedClaims } from './carried-verified-claims.ts';
import { claimBirthdate } from './claim-birthdate.ts';
import { renameClaims } from './claims-preset.ts';
import type { ClaimsUse, PortalClaims } from './find-account.ts';
import type { ListOrganizations } from './listed-organizations.ts';
import type { OrganizationClaims } from './organization-claims.ts';
import type { Pairwise } from './pairwise.ts';
import { portalOf } from './portal-client.ts';
import { decidingClaim, verifiedClaimsClaim } from './scopes-and-claims.ts';
import { answerVerifiedClaims } from './verified-claims.ts';
import { type DescribedSource, verifiedEvidenceOf } from './verified-evidence.ts';

type Claims = Readonly<Record<string, unknown>>;

/** The person's claims as precise as they are sent: a preset has a form for every date. @see OIDC Core §5.1 */
export function claimsInFormOf(preset: ClaimsPreset | undefined, claims: Claims): Claims {
  const { birthdate } = claims;
  if (preset !== undefined || typeof birthdate !== 'string') return claims;
  return { ...claims, birthdate: claimBirthdate(birthdate) };
}

/** What a request names for one use, whatever its portal calls it. */
function claimsByName(named: ClaimsUse['named'], client: Client): ReadonlySet<string> {
  const { claims_preset: preset } = portalOf(client);
  return new Set(Object.keys(named).map((claim) => decidingClaim(claim, preset)));
}

export function createPortalClaims({
  pairwiseIdentifier,
  organizationClaims,
  listOrganizations,
  identitySources,
  clock,
}: Pick<Pairwise, 'pairwiseIdentifier'> & {
  readonly organizationClaims: OrganizationClaims;
  readonly listOrganizations: ListOrganizations;
  readonly identitySources: ReadonlyMap<string, DescribedSource>;
  readonly clock: Clock;
}): PortalClaims {
  async function verifiedClaims({ person, named }: ClaimsUse, permitted: ReadonlySet<string>): Promise<Claims> {
    const request = carriedVerifiedClaims(named);
    const record = request === undefined ? undefined : await person.identity();
    const source = record && identitySources.get(record.source);
    if (!source) return {};
    const evidence = verifiedEvidenceOf(record, source);
    const answer = answerVerifiedClaims(request, { evidence, permitted, now: clock.now() });
    return answer ? { [verifiedClaimsClaim]: answer } : {};
  }

  /** With an API's token the engine puts all claims of a scope into the ID token: not those that need a law. */
  function withoutUnnamed(claims: Claims, { use, named }: ClaimsUse, client: Client): Claims {
    if (use !== 'id_token') return claims;
    const byName = claimsByName(named, client);
    return Object.fromEntries(
      Object.entries(claims).filter(([name]) => !claimsByLawOnly.has(name) || byName.has(name)),
    );
  }

  async function ofOrganization(
    { acting, token, use, scopes, named }: ClaimsUse,
    client: Client,
    permitted: ReadonlySet<string>,
  ) {
    if (!acting || !scopes.includes('organization')) return {};
    // The number of one's own business is one's own: where it goes is decided as for the person's.
    const isAsked = use !== 'id_token' || claimsByName(named, client).has('national_id');
    const { sector_id: sectorId, agency_id: agencyId } = portalOf(client);
    return organizationClaims(acting.held, {
      sectorId,
      agencyId,
      powersAsked: acting.powersAsked,
      acr: carriedAcr(token),
      isNumberReleased: isAsked && permitted.has('national_id'),
    });
  }

  return async (ctx, asked) => {
    const { person, token } = asked;
    const client = ctx.oidc.client as Client;
    const permitted = new Set(ctx.oidc.grant?.getOIDCClaims());
    const own = withoutUnnamed(await person.claims(), asked, client);
    const { claims_preset: preset } = portalOf(client);
    const subject = preset && (await pairwiseIdentifier(ctx, person.accountId, client));
    return {
      ...(preset ? renameClaims({ ...own, sub: subject }, { preset, permitted }) : claimsInFormOf(preset, own)),
      ...(await verifiedClaims(asked, permitted)),
      ...(await ofOrganization(asked, client, permitted)),
      // Asked for only where it leaves: it is a look-up of its own.
      ...(asked.use === 'userinfo' &&
        permitted.has('organizations') && { organizations: await listOrganizations(person, client) }),
      ...carriedAssurance(token),
    };
  };
}
