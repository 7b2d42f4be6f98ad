import type {
  OrganizationOption,
  OrganizationShown,
  ShownCriterion,
  ShownExercise,
  ShownResult,
  Unavailable,
} from '../http/representation-pages.ts';
import { shownNumber } from '../organizations/shown-number.ts';
import { formatDate } from '../platform/display-format.ts';
import type { Locale } from '../platform/i18n.ts';
import type { LegalEntity } from '../registries/legal-entity.ts';
import type { EstablishResult } from '../representation/establish-result.ts';
import type { ListedMandate } from '../representation/held-mandate.ts';
import type { Criterion } from '../representation/match-criteria.ts';
import type { PowerCatalogue } from '../representation/powers.ts';
import type { ActingVerdict } from './acting-rules.ts';

export function shownOrganization(
  entity: LegalEntity,
  { asOf, isStale }: { readonly asOf: Date; readonly isStale: boolean },
): OrganizationShown {
  return {
    ...shownNumber(entity.number),
    name: entity.name,
    legalForm: entity.legalForm?.label,
    state: entity.state,
    address: entity.address,
    asOf: formatDate(asOf),
    isStale,
  };
}

export type ChoiceCircumstances = {
  /** What a mandate is worth for this request at this portal. */
  readonly judge: (mandate: Pick<ListedMandate, 'powers' | 'exercise'>) => ActingVerdict;
  readonly catalogue: PowerCatalogue;
  readonly locale: Locale;
  /** The mandate that the form comes back with, that the portal hinted at, or that was chosen last. */
  readonly selectedId: string | undefined;
};

/** A person's mandates as the page offers them, in their order; those that are over aren't there. */
export function shownOptions(
  mandates: readonly ListedMandate[],
  circumstances: ChoiceCircumstances,
): readonly OrganizationOption[] {
  const chosen = mandates.flatMap(({ chosenHereAt }) => chosenHereAt?.getTime() ?? []);
  const lastChosen = Math.max(...chosen);
  return mandates.flatMap((mandate) => {
    const { id, name, number, chosenHereAt } = mandate;
    const worth = worthOf(mandate, circumstances);
    if (worth === 'over') return [];
    return {
      ...shownNumber(number),
      value: id,
      name,
      isSelected: worth === 'available' && id === circumstances.selectedId,
      isLastChoice: chosenHereAt?.getTime() === lastChosen,
      unavailable: worth === 'available' ? undefined : worth,
    };
  });
}

/** The names of powers in the person's language; a code that nobody publishes stands for itself. */
export function powerNames(
  codes: readonly string[],
  { catalogue, locale }: { readonly catalogue: PowerCatalogue; readonly locale: Locale },
): readonly string[] {
  return codes.map((code) => catalogue.get(code)?.names[locale] ?? code);
}

/** Without any value: which one of a register's values is public isn't the page's to know. */
export function shownCriteria(criteria: readonly Criterion[]): readonly ShownCriterion[] {
  return criteria.map(({ isPublic: _, ...shown }) => shown);
}

/** @param exercise what was asked for, once it was: `needs-consent` has a mandate then */
export function shownResult(
  result: EstablishResult,
  { exercise }: { readonly exercise: ShownExercise | undefined },
): ShownResult {
  switch (result.kind) {
    case 'established':
      return { kind: 'established', role: result.role };
    case 'needs-consent': {
      const { kind, others, mandateId } = result;
      return { kind, others, isAsked: mandateId !== undefined, exercise };
    }
    case 'needs-review':
      return { kind: 'needs-review', reason: result.reason, reference: result.reference };
    case 'not-representative':
      return { kind: 'not-representative', reason: result.reason };
    case 'registry-unavailable':
    case 'throttled':
      return result;
  }
}

function worthOf(
  { state, exercise, powers }: ListedMandate,
  { judge, catalogue, locale }: ChoiceCircumstances,
): 'available' | 'over' | Unavailable {
  switch (state) {
    case 'pending-consent':
    case 'pending-review':
    case 'suspended':
      return { reason: state };
    case 'revoked':
    case 'refused':
    case 'expired':
      return 'over';
    case 'active': {
      const verdict = judge({ exercise, powers });
      switch (verdict.kind) {
        case 'usable':
          return 'available';
        case 'joint':
          return { reason: 'joint' };
        case 'powers-missing':
          return { reason: 'powers-missing', missing: powerNames(verdict.missing, { catalogue, locale }) };
      }
    }
  }
}
