import { compareDates, type PartialDate } from '../platform/partial-date.ts';
import { isReordering, sameName } from './person-name.ts';
import type { IdentityAttributes, NationalNumber } from './verified-identity.ts';

export type IdentityAttribute = keyof IdentityAttributes;

/** How what a source asserts now goes with what stands for an account. */
export type IdentityComparison =
  | { readonly kind: 'same' | 'less-precise' }
  | {
      readonly kind: 'more-precise' | 'changed' | 'contradicts';
      readonly attributes: readonly IdentityAttribute[];
    };

/** `gained` and `lost` also for a date that is more or less precise. */
type Relation = 'equal' | 'gained' | 'lost' | 'differs';

/** A place has two: its country and its locality. */
type Relations = readonly { readonly of: IdentityAttribute; readonly relation: Relation }[];

type Pair = { readonly standing: IdentityAttributes; readonly asserted: IdentityAttributes };

/**
 * Judges an assertion against what stands. What only one side has is unknown, and neither agrees nor contradicts.
 * Spelling (case, the place of a tone mark) is no difference; a tone or an accent is.
 *
 * | of the assertion                          | same person of the same source  | another identity |
 * |-------------------------------------------|---------------------------------|------------------|
 * | number of the same kind differs           | contradicts                     | contradicts      |
 * | number of another kind                    | changed                         | more-precise     |
 * | birth date different                      | contradicts                     | contradicts      |
 * | birth date less or more precise           | less-precise, more-precise      | contradicts      |
 * | name or its parts the other way round     | contradicts                     | contradicts      |
 * | name differs, birth date or number agrees | changed: people marry           | contradicts      |
 * | name differs, nothing else to know it by  | contradicts: it may be recycled | contradicts      |
 * | part of the name, sex, birth place differ | changed                         | contradicts      |
 * | address differs                           | changed                         | more-precise     |
 * | says more                                 | more-precise                    | more-precise     |
 * | says less                                 | less-precise: what stands stays | less-precise     |
 * | says more of one and less of another      | changed                         | more-precise     |
 *
 * @returns the attributes that contradict; or all that aren't as they were, for `changed`; or what is new
 */
export function compareIdentities(
  standing: IdentityAttributes,
  asserted: IdentityAttributes,
  { sameSubject }: { readonly sameSubject: boolean },
): IdentityComparison {
  const pair = { standing, asserted };
  const relations = relationsOf(pair);
  const contradictions = sameSubject ? contradictionsOfOne(pair, relations) : contradictionsOfTwo(pair, relations);
  if (contradictions.length > 0) return { kind: 'contradicts', attributes: contradictions };
  return sameSubject ? asRenewal(relations) : asSecondIdentity(relations);
}

function asRenewal(relations: Relations): IdentityComparison {
  const [gained, lost] = [having(relations, 'gained'), having(relations, 'lost')];
  if (having(relations, 'differs').length > 0 || (gained.length > 0 && lost.length > 0)) {
    return { kind: 'changed', attributes: having(relations, 'differs', 'gained', 'lost') };
  }
  if (gained.length > 0) return { kind: 'more-precise', attributes: gained };
  return { kind: lost.length > 0 ? 'less-precise' : 'same' };
}

/** What two identities may differ in, the second says besides. */
function asSecondIdentity(relations: Relations): IdentityComparison {
  const besides = having(relations, 'gained', 'differs');
  if (besides.length > 0) return { kind: 'more-precise', attributes: besides };
  return { kind: having(relations, 'lost').length > 0 ? 'less-precise' : 'same' };
}

/** A person may change their name, but not when they were born, and not name and everything else at once. */
function contradictionsOfOne({ standing, asserted }: Pair, relations: Relations): readonly IdentityAttribute[] {
  const isAnchored =
    (standing.birthdate !== undefined && asserted.birthdate !== undefined) ||
    (standing.national_id !== undefined && !having(relations, 'differs', 'lost').includes('national_id'));
  const isSwapped = haveSwappedParts({ standing, asserted });
  const contradicts: Readonly<Record<IdentityAttribute, boolean>> = {
    name: !isAnchored || isReordering(standing.name, asserted.name),
    family_name: isSwapped,
    middle_name: false,
    given_name: isSwapped,
    birthdate: true,
    gender: false,
    place_of_birth: false,
    national_id: haveDifferentNumbers({ standing, asserted }),
    address: false,
  };
  return having(relations, 'differs').filter((attribute) => contradicts[attribute]);
}

/** Two identities are one person's only if whatever both say is equal. Where somebody lives isn't who they are. */
function contradictionsOfTwo({ standing, asserted }: Pair, relations: Relations): readonly IdentityAttribute[] {
  const areBothDated = standing.birthdate !== undefined && asserted.birthdate !== undefined;
  const areNumbersDifferent = haveDifferentNumbers({ standing, asserted });
  return having(relations, 'differs', 'gained', 'lost').filter((attribute) => {
    if (attribute === 'birthdate') return areBothDated;
    if (attribute === 'national_id') return areNumbersDifferent;
    return attribute !== 'address' && having(relations, 'differs').includes(attribute);
  });
}

/** The attributes of which this is so, each once. */
function having(relations: Relations, ...those: readonly Relation[]): readonly IdentityAttribute[] {
  return [...new Set(relations.filter(({ relation }) => those.includes(relation)).map(({ of }) => of))];
}

function haveSwappedParts({ standing, asserted }: Pair): boolean {
  const [family, given] = [standing.family_name, standing.given_name];
  if (family === undefined || given === undefined) return false;
  return sameName(asserted.family_name ?? '', given) && sameName(asserted.given_name ?? '', family);
}

function haveDifferentNumbers({ standing, asserted }: Pair): boolean {
  const [one, other] = [standing.national_id, asserted.national_id];
  return one !== undefined && other !== undefined && areOfOneKind(one, other) && one.value !== other.value;
}

function areOfOneKind(one: NationalNumber, other: NationalNumber): boolean {
  return one.country === other.country && one.type === other.type;
}

function relationsOf({ standing, asserted }: Pair): Relations {
  const [born, bornNow] = [standing.place_of_birth, asserted.place_of_birth];
  return [
    { of: 'name', relation: ofTexts(standing.name, asserted.name) },
    { of: 'family_name', relation: relate(standing.family_name, asserted.family_name, ofTexts) },
    { of: 'middle_name', relation: relate(standing.middle_name, asserted.middle_name, ofTexts) },
    { of: 'given_name', relation: relate(standing.given_name, asserted.given_name, ofTexts) },
    { of: 'birthdate', relation: relate(standing.birthdate, asserted.birthdate, ofDates) },
    { of: 'gender', relation: relate(standing.gender, asserted.gender, ofTexts) },
    { of: 'place_of_birth', relation: relate(born?.country, bornNow?.country, ofTexts) },
    { of: 'place_of_birth', relation: relate(born?.locality, bornNow?.locality, ofTexts) },
    { of: 'national_id', relation: relate(standing.national_id, asserted.national_id, ofNumbers) },
    { of: 'address', relation: relate(standing.address, asserted.address, ofTexts) },
  ];
}

function relate<Value>(
  standing: Value | undefined,
  asserted: Value | undefined,
  both: (standing: Value, asserted: Value) => Relation,
): Relation {
  if (standing === undefined) return asserted === undefined ? 'equal' : 'gained';
  return asserted === undefined ? 'lost' : both(standing, asserted);
}

function ofTexts(standing: string, asserted: string): Relation {
  return sameName(standing, asserted) ? 'equal' : 'differs';
}

function ofDates(standing: PartialDate, asserted: PartialDate): Relation {
  const comparison = compareDates(standing, asserted);
  if (comparison === 'different') return 'differs';
  if (comparison === 'equal') return 'equal';
  return asserted.length > standing.length ? 'gained' : 'lost';
}

function ofNumbers(standing: NationalNumber, asserted: NationalNumber): Relation {
  return areOfOneKind(standing, asserted) && standing.value === asserted.value ? 'equal' : 'differs';
}
