import type { LegalEntity, Listed, RegistrationNumber } from '../registries/legal-entity.ts';
import { effectiveEntityState, jurisdictionOf, type Role, roleBinds } from './binding-roles.ts';
import { comparePerson } from './compare-person.ts';
import {
  type Candidate,
  type Claimant,
  isHidden,
  isProved,
  type Judgement,
  judgeMatch,
  type MatchingRules,
  type MatchVerdict,
  type Question,
  type Standing,
} from './judge-match.ts';
import {
  type Criterion,
  entityCriterion,
  identityCriterion,
  personCriteria,
  roleCriteria,
  uniquenessCriterion,
} from './match-criteria.ts';

/** How a person goes with those whom a register lists. Holds no value of the register's but the role. */
export type RepresentativeMatch = {
  /** How well somebody listed fits; says nothing of what that one may do. */
  readonly result: 'exact' | 'close' | 'ambiguous' | 'none';
  readonly verdict: MatchVerdict;
  /** The role of the one who fits or is close. */
  readonly listedRole: Role | undefined;
  /** Why: those of the person only where somebody of their name or number is listed. */
  readonly criteria: readonly Criterion[];
  /** Where this person binds, the places in the list of those who have to agree first. */
  readonly needsConsentOf: readonly number[];
  /** Where this person doesn't, the organizations whose own representatives may; undefined for one without a number that can be. */
  readonly follow: readonly (RegistrationNumber | undefined)[];
  readonly ruleVersion: string;
};

/**
 * Whether a verified person is a representative whose role binds the organization, and why. Automatic only on an equal
 * unique number, or on family name, all given names, the day and the place of birth where exactly one listed person
 * fits. Never throws; the order of the list changes nothing but the places in it.
 * @param listed as one register lists them at one time
 */
export function matchRepresentative({
  person,
  entity,
  listed,
  rules,
}: {
  readonly person: Claimant;
  readonly entity: LegalEntity;
  readonly listed: readonly Listed[];
  readonly rules: MatchingRules;
}): RepresentativeMatch {
  const state = effectiveEntityState({ entity, listed }, rules.bindingRoles);
  const standings = listed.map((one, index) => standingOf(one, { index, entity: { ...entity, state }, rules }));
  const question = { person, entity: { ...entity, state }, rules, standings };
  const judgement = judgeMatch(
    question,
    standings.flatMap((standing) => candidateOf(standing, question)),
  );
  return {
    result: judgement.result,
    verdict: judgement.verdict,
    listedRole: roleOf(judgement),
    criteria: [...criteriaOf(judgement), entityCriterion(state), identityCriterion(isProved(person))],
    needsConsentOf: othersOf(judgement, question),
    follow: mayFollow(judgement.verdict) ? organizationsOf(question) : [],
    ruleVersion: rules.version,
  };
}

function standingOf(
  listed: Listed,
  { index, entity, rules }: { readonly index: number; readonly entity: LegalEntity; readonly rules: MatchingRules },
): Standing {
  return { listed, index, role: roleBinds({ entity, role: listed }, rules.bindingRoles).verdict };
}

function candidateOf(standing: Standing, { person, entity, rules }: Question): readonly Candidate[] {
  const { listed } = standing;
  if (listed.kind === 'organization' || isHidden(standing)) return [];
  const needsNumber =
    (jurisdictionOf(entity, rules.bindingRoles)?.needsNumber ?? true) || isOneOfThousands(person, rules);
  return [{ ...standing, listed, comparison: comparePerson({ identity: person.identity, listed, needsNumber }) }];
}

/** Whom only a number tells apart at home isn't told apart by another country's register either. */
function isOneOfThousands({ identity: { national_id: number } }: Claimant, { bindingRoles }: MatchingRules): boolean {
  const home = Object.entries(bindingRoles.jurisdictions).find(([country]) => country === number?.country);
  return home?.[1].needsNumber ?? false;
}

function roleOf({ chosen, isOwner }: Judgement): Role | undefined {
  if (isOwner) return { roleCode: 'chu-ho', roleLabel: undefined };
  return chosen && { roleCode: chosen.listed.roleCode, roleLabel: chosen.listed.roleLabel };
}

function criteriaOf({ chosen, isUnique, isOwner }: Judgement): readonly Criterion[] {
  if (isOwner) return [{ criterion: 'number', outcome: 'equal', isPublic: false }];
  if (chosen === undefined) return [];
  return [
    ...personCriteria(chosen.comparison),
    ...roleCriteria({ role: chosen.role, isActive: chosen.listed.isActive }),
    uniquenessCriterion(isUnique ?? true),
  ];
}

/** All others whose role binds, whether or not anybody knows if it still does: who isn't asked can't object. */
function othersOf(
  { verdict, isOwner, fits = [] }: Judgement,
  { entity, rules, standings }: Question,
): readonly number[] {
  if (verdict.kind !== 'binds' || isOwner || !needsConsent(entity, rules)) return [];
  const themselves = new Set(fits.map(({ index }) => index));
  return standings
    .filter(({ index, role, listed }) => !themselves.has(index) && role === 'binds' && listed.isActive !== false)
    .map(({ index }) => index);
}

function needsConsent(entity: LegalEntity, { bindingRoles }: MatchingRules): boolean {
  return jurisdictionOf(entity, bindingRoles)?.needsConsentOfOthers ?? true;
}

function mayFollow(verdict: MatchVerdict): boolean {
  if (verdict.kind === 'binds') return false;
  return !(verdict.reason === 'identity-not-proved' || verdict.reason === 'organization-closed');
}

function organizationsOf({ entity, rules, standings }: Question): readonly (RegistrationNumber | undefined)[] {
  // The consent of others isn't asked along a chain. Where it is needed, representatives are people by law.
  if (needsConsent(entity, rules)) return [];
  return standings.flatMap(({ listed, role }) =>
    listed.kind === 'organization' && role === 'binds' && listed.isActive === true
      ? [listed.numberIsFaulty ? undefined : listed.number]
      : [],
  );
}
