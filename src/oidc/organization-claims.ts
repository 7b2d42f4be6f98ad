import { isOnePersons } from '../organizations/organization.ts';
import { organizationIdOf } from '../organizations/registration-number.ts';
import { isAtLeast } from '../platform/scale.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import type { HeldMandate } from '../representation/held-mandate.ts';
import type { Representation } from '../representation/module.ts';
import { type PowerAcr, powerAcrs, visiblePowers } from '../representation/powers.ts';

/** What one sector knows something of ours by, and no other sector: 43 characters of base64url. */
export type PseudonymIn = (sectorId: string, of: `mandate:${string}` | `household:${string}`) => string;

/** The name outside of a business that is one natural person's own. */
export type PersonalPseudonym = (number: RegistrationNumber, sectorId: string) => string;

/** Who is told, and how well the person is authenticated. */
export type ToldOfActing = {
  readonly sectorId: string;
  readonly agencyId: string;
  /** All it may learn of, where it asked for some. */
  readonly powersAsked: readonly string[] | undefined;
  readonly acr: PowerAcr;
  /** It may know the person's own number, which is that of their business. */
  readonly isNumberReleased: boolean;
};

export type OrganizationClaims = (
  held: HeldMandate,
  told: ToldOfActing,
) => Promise<{ readonly organization: object; readonly representation: object }>;

// What is known of such a business is known of its owner: two portals that hold their records side by side find nobody.
const personalPrefixes: Readonly<Record<RegistrationNumber['scheme'], string>> = {
  'vn-enterprise': 'vn-household',
  'vn-household': 'vn-household',
  'fr-siren': 'fr-individual',
  lei: 'lei-individual',
};

export function createPersonalPseudonym(pseudonymIn: PseudonymIn): PersonalPseudonym {
  return ({ scheme, value }, sectorId) => `${personalPrefixes[scheme]}:${pseudonymIn(sectorId, `household:${value}`)}`;
}

/**
 * For whom somebody acts, and how far: one organization, and of the mandate what this agency may see at this level of
 * authentication. @see docs/claims.md
 */
export function createOrganizationClaims({
  representation,
  pseudonymIn,
}: {
  readonly representation: Pick<Representation, 'catalogue' | 'namespacesOf'>;
  readonly pseudonymIn: PseudonymIn;
}): OrganizationClaims {
  const personalPseudonym = createPersonalPseudonym(pseudonymIn);

  async function powersFor({ mandate }: HeldMandate, told: ToldOfActing): Promise<readonly string[]> {
    const [catalogue, namespaces] = await Promise.all([
      representation.catalogue(),
      representation.namespacesOf(told.agencyId),
    ]);
    return visiblePowers(mandate.powers, { namespaces, asked: told.powersAsked, catalogue }).filter((code) =>
      isAtLeast(powerAcrs, told.acr, catalogue.get(code)?.minAcr ?? 'high'),
    );
  }

  function organizationOf({ organization: { entity, source, asOf } }: HeldMandate, told: ToldOfActing): object {
    const { number, name, legalForm, state, country } = entity;
    const isPersonal = isOnePersons(entity);
    return {
      id: isPersonal ? personalPseudonym(number, told.sectorId) : organizationIdOf(number),
      country,
      ...((!isPersonal || told.isNumberReleased) && { registration_number: number.value }),
      name,
      ...(legalForm && { legal_form: legalForm.label }),
      status: state,
      source,
      as_of: asOf.toISOString(),
    };
  }

  return async (held, told) => {
    const { mandate, orgLevel, match, registerStatus } = held;
    const { exercise } = mandate;
    return {
      organization: organizationOf(held, told),
      representation: {
        mandate: pseudonymIn(told.sectorId, `mandate:${mandate.id}`),
        basis: mandate.basis,
        powers: await powersFor(held, told),
        exercise: exercise.kind,
        ...(exercise.kind === 'joint' && { quorum: exercise.quorum, of: exercise.of.length }),
        org_level: orgLevel,
        status: registerStatus,
        valid_from: mandate.validFrom.toISOString(),
        valid_until: mandate.validUntil?.toISOString() ?? null,
        match,
      },
    };
  };
}
