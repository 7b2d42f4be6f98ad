import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { ials } from '../accounts/ial.ts';
import type { IdentityStanding } from '../accounts/verified-identity.ts';
import { returnedAcr } from '../authentication/acr-values.ts';
import { compositeAcr } from '../authentication/assurance.ts';
import type { Clock } from '../platform/clock.ts';
import { isAtLeast } from '../platform/scale.ts';
import { type CarriedAssurance, carriedAssurance } from './carried-assurance.ts';
import { clientAssuranceOf } from './portal-client.ts';
import type { IalOf } from './session-proof.ts';

type Token = { acr?: string; claims?: { readonly assurance?: CarriedAssurance } };

/** Whatever is made of a token from now on is told no more of its person than is true today. */
export type LowerToToday = (
  { oidc }: KoaContextWithOIDC,
  of: { readonly token: unknown; readonly person: { readonly standings: readonly IdentityStanding[] } },
) => void;

/**
 * A token carries how well its person was proved when it was issued, and claims are always today's: once nobody vouches
 * for the person any more, their own word would come beside a level that was another's. The authentication of that time
 * stays: it happened.
 */
export function createLowerToToday({ ialOf, clock }: { readonly ialOf: IalOf; readonly clock: Clock }): LowerToToday {
  return ({ oidc }, { token, person }) => {
    const carried = carriedAssurance(token);
    if (carried === undefined) return;
    const ial = ialOf(person.standings, { now: clock.now() });
    if (isAtLeast(ials, ial, carried.ial)) return;
    const { aal } = carried;
    const lowered = token as Token;
    lowered.claims = { ...lowered.claims, assurance: { aal, ial } };
    if (lowered.acr !== undefined)
      lowered.acr = loweredAcr(lowered.acr, { to: { aal, ial }, portal: oidc.client as Client });
  };
}

/** The same acr, by the name that the portal knows it by, where it is still true; else the composite of what is. */
export function loweredAcr(
  acr: string,
  { to: { aal, ial }, portal }: { readonly to: CarriedAssurance; readonly portal: Client },
): string {
  const { acrAliases: aliases } = clientAssuranceOf(portal);
  return returnedAcr([acr], { assurance: { aal, acr: compositeAcr(aal, ial) }, aliases });
}
