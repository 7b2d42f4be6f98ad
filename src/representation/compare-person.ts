import { sameNameInCapitals } from '../accounts/person-name.ts';
import type { IdentityAttributes } from '../accounts/verified-identity.ts';
import { compareDates, type PartialDate } from '../platform/partial-date.ts';
import type { ListedPerson } from '../registries/legal-entity.ts';
import { compareNames, type NameRelation } from './compare-names.ts';

/** What only one side knows is `unknown`, and never equal. */
export type Relation = 'equal' | 'different' | 'unknown';

/** A verified person held against a listed one. */
export type PersonComparison = {
  readonly number: Relation;
  readonly familyName: NameRelation;
  readonly givenNames: NameRelation;
  readonly birthdate: Relation;
  readonly birthPlace: Relation;
  readonly fit: Fit;
};

/**
 * `number`, `identity`: this is the person, by a unique number or by everything else. `close`: it may be. `namesake`: it
 * bears the name and is somebody else. `other`: it doesn't even bear the name.
 */
export type Fit = 'number' | 'identity' | 'close' | 'namesake' | 'other';

/** Holds a verified identity against one listed person. Pure; nothing about others who are listed. */
export function comparePerson({
  identity,
  listed,
  needsNumber,
}: {
  readonly identity: IdentityAttributes;
  readonly listed: ListedPerson;
  /** Only a number tells these people apart, and they are named in one order. */
  readonly needsNumber: boolean;
}): PersonComparison {
  const relations = {
    number: compareNumbers(identity, listed),
    ...compareNames({ identity, listed, hasOneOrder: needsNumber }),
    birthdate: compareBirthdates(identity.birthdate, listed.birthdate),
    birthPlace: compareBirthPlaces(identity.place_of_birth, listed.birthPlace),
  };
  return { ...relations, fit: fitOf(relations, { needsNumber }) };
}

type Relations = Omit<PersonComparison, 'fit'>;

function fitOf(relations: Relations, { needsNumber }: { readonly needsNumber: boolean }): Fit {
  const { number, familyName, givenNames, birthdate, birthPlace } = relations;
  // A clerk can mistype a number into another person's: what contradicts it is for people to judge.
  if (number === 'equal') return birthdate !== 'different' && isNamed(relations, 'plausible') ? 'number' : 'close';
  const bearsName = isNamed(relations, 'possible') && !(familyName === 'unknown' && givenNames === 'unknown');
  if (!bearsName) return 'other';
  if (number === 'different' || birthdate === 'different') return 'namesake';
  const isProved = isNamed(relations, 'equal') && birthdate === 'equal' && birthPlace === 'equal';
  return isProved && !needsNumber ? 'identity' : 'close';
}

const accepted: Readonly<Record<'equal' | 'plausible' | 'possible', readonly NameRelation[]>> = {
  equal: ['equal'],
  // Beside an equal number: less may be written, but nothing else.
  plausible: ['equal', 'unmarked', 'partial', 'unknown'],
  possible: ['equal', 'unmarked', 'partial', 'respelled', 'unknown'],
};

function isNamed({ familyName, givenNames }: Relations, how: keyof typeof accepted): boolean {
  return accepted[how].includes(familyName) && accepted[how].includes(givenNames);
}

function compareNumbers({ national_id: mine }: IdentityAttributes, { personalNumber: theirs }: ListedPerson): Relation {
  if (mine === undefined || theirs === undefined || mine.country !== theirs.country) return 'unknown';
  return mine.value === theirs.value ? 'equal' : 'different';
}

const toTheDay = '0000-00-00'.length;

/** Equal to the day only: two months that are the same are two days that aren't known. */
export function compareBirthdates(one: PartialDate | undefined, other: PartialDate | undefined): Relation {
  if (one === undefined || other === undefined) return 'unknown';
  const relation = compareDates(one, other);
  if (relation === 'equal') return one.length === toTheDay ? 'equal' : 'unknown';
  return relation === 'different' ? 'different' : 'unknown';
}

type Place = { readonly country?: string | undefined; readonly locality?: string | undefined };

/** The place is its locality; the country can only contradict it. */
export function compareBirthPlaces(one: Place | undefined, other: Place | undefined): Relation {
  const countries = compareWords(one?.country, { other: other?.country, isCode: isCountryCode });
  const localities = compareWords(one?.locality, { other: other?.locality, isCode: isLocalityCode });
  return countries === 'different' ? 'different' : localities;
}

/** A code and a name can't be held side by side, nor can codes of two lists: "FR" isn't another country than "France". */
function compareWords(
  one: string | undefined,
  { other, isCode }: { readonly other: string | undefined; readonly isCode: (word: string) => boolean },
): Relation {
  if (one === undefined || other === undefined || isCode(one) !== isCode(other)) return 'unknown';
  if (one.trim() === '' || other.trim() === '') return 'unknown';
  if (isCode(one) && one.length !== other.length) return 'unknown';
  return sameNameInCapitals(one, other) ? 'equal' : 'different';
}

function isCountryCode(word: string): boolean {
  return /^(?:[A-Z]{2,3}|\d+)$/u.test(word);
}

/** As the French statistical office numbers communes: `75107`, `2A004`. */
function isLocalityCode(word: string): boolean {
  return /^\d[\dAB]\d{3}$/u.test(word);
}
