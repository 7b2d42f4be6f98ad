import type { ListedPerson } from '../registries/legal-entity.ts';
import { compareGivenNames, compareNamePart, wordsOf } from './compare-names.ts';
import { compareBirthPlaces } from './compare-person.ts';

/**
 * Whether two entries of one register are one human, listed with two roles or with two lists of given names.
 *
 * Registers merge sources, so a director appears as "JEAN" and again as "JEAN PIERRE". Entries are one human only where
 * the family names that both have are equal, one list of given names holds the other, the birth dates are the same as
 * far as they go, and nothing that both have differs. That keeps "exactly one fits" true for a director with two roles,
 * and for nothing else: authority is never taken from the other entry. A twin Marie beside a twin Marie-Louise, or a
 * Marie beside a Marie Louise, would pass for one human here, but each entry has to fit the person by itself.
 */
export function areOneHuman(one: ListedPerson, other: ListedPerson): boolean {
  const [number, otherNumber] = [one.personalNumber, other.personalNumber];
  if (number !== undefined && otherNumber !== undefined && number.country === otherNumber.country) {
    return number.value === otherNumber.value;
  }
  return (
    haveOneFamilyName(one, other) &&
    haveOneListOfNames(one, other) &&
    one.birthdate !== undefined &&
    one.birthdate === other.birthdate &&
    compareBirthPlaces(one.birthPlace, other.birthPlace) !== 'different' &&
    !differ(one.nationality, other.nationality)
  );
}

function haveOneFamilyName(one: ListedPerson, other: ListedPerson): boolean {
  const pairs = [
    [one.birthName, other.birthName],
    [one.usageName, other.usageName],
    [one.name, other.name],
  ] as const;
  return pairs.some(([mine, theirs]) => mine !== undefined && theirs !== undefined) && !pairs.some(areDifferentNames);
}

function areDifferentNames([mine, theirs]: readonly [string | undefined, string | undefined]): boolean {
  return mine !== undefined && theirs !== undefined && compareNamePart(mine, theirs) !== 'equal';
}

function haveOneListOfNames(one: ListedPerson, other: ListedPerson): boolean {
  const [mine, theirs] = [wordsOf(one.givenNames), wordsOf(other.givenNames)];
  if (mine.length === 0 || theirs.length === 0) return mine.length === theirs.length;
  return ['equal', 'partial'].includes(compareGivenNames(mine, theirs));
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && compareNamePart(one, other) === 'different';
}
