import type { LegalEntity } from '../registries/legal-entity.ts';
import type { RoleVerdict } from './binding-roles.ts';
import type { NameRelation } from './compare-names.ts';
import type { PersonComparison, Relation } from './compare-person.ts';

/** How the person goes with the listed one. `similar`: a spelling apart, which may be a clerk's mistake. */
export type ComparedOutcome = 'equal' | 'similar' | 'different' | 'unknown';

/** How a condition of the organization, the role or the person is met. */
export type ConditionOutcome = 'met' | 'not-met' | 'unknown';

/**
 * One criterion and how it came out: enough for a page to say what differs and what to do, and no value of anybody's.
 * Where `isPublic` isn't set, the page may not show the register's value either.
 */
export type Criterion = { readonly isPublic: boolean } & (
  | {
      readonly criterion: 'number' | 'family-name' | 'given-names' | 'birthdate' | 'birth-place';
      readonly outcome: ComparedOutcome;
    }
  | {
      readonly criterion: 'role' | 'role-active' | 'uniqueness' | 'entity-state' | 'identity-level';
      readonly outcome: ConditionOutcome;
    }
);

/** What of the listed person's own was compared. Numbers, birth dates and birth places are nowhere public. */
export function personCriteria(comparison: PersonComparison): readonly Criterion[] {
  return [
    { criterion: 'number', outcome: comparison.number, isPublic: false },
    { criterion: 'family-name', outcome: ofName(comparison.familyName), isPublic: true },
    { criterion: 'given-names', outcome: ofName(comparison.givenNames), isPublic: true },
    { criterion: 'birthdate', outcome: comparison.birthdate, isPublic: false },
    { criterion: 'birth-place', outcome: comparison.birthPlace, isPublic: false },
  ];
}

export function roleCriteria({
  role,
  isActive,
}: {
  readonly role: RoleVerdict;
  readonly isActive: boolean | undefined;
}): readonly Criterion[] {
  const binding: Readonly<Record<RoleVerdict, ConditionOutcome>> = {
    binds: 'met',
    'does-not-bind': 'not-met',
    unknown: 'unknown',
  };
  return [
    { criterion: 'role', outcome: binding[role], isPublic: true },
    { criterion: 'role-active', outcome: isActive === undefined ? 'unknown' : metIf(isActive), isPublic: true },
  ];
}

export function entityCriterion(state: LegalEntity['state']): Criterion {
  const outcomes: Readonly<Record<LegalEntity['state'], ConditionOutcome>> = {
    active: 'met',
    suspended: 'met',
    // A liquidator binds it: whether this person is one is the role's criterion.
    'in-liquidation': 'met',
    closed: 'not-met',
    unknown: 'unknown',
  };
  return { criterion: 'entity-state', outcome: outcomes[state], isPublic: true };
}

export function uniquenessCriterion(isUnique: boolean): Criterion {
  return { criterion: 'uniqueness', outcome: metIf(isUnique), isPublic: false };
}

export function identityCriterion(isProved: boolean): Criterion {
  return { criterion: 'identity-level', outcome: metIf(isProved), isPublic: false };
}

function ofName(relation: NameRelation): ComparedOutcome {
  switch (relation) {
    case 'unmarked':
    case 'partial':
    case 'respelled':
      return 'similar';
    case 'equal':
    case 'different':
    case 'unknown':
      return relation satisfies Relation;
  }
}

function metIf(condition: boolean): ConditionOutcome {
  return condition ? 'met' : 'not-met';
}
