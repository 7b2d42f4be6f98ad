import { isUnmarked, sameLetters, type sameName, sameNameInCapitals } from '../accounts/person-name.ts';
import type { IdentityAttributes } from '../accounts/verified-identity.ts';
import type { ListedPerson } from '../registries/legal-entity.ts';

/**
 * How two names go together. Only `equal` is. `unmarked` are the same letters of which one side has lost its marks,
 * `partial` the same given names of which one side has fewer; `respelled` differ in a mark, a hyphen or their order,
 * which may be a clerk's mistake or another person.
 */
export type NameRelation = 'equal' | 'unmarked' | 'partial' | 'respelled' | 'different' | 'unknown';

export type NamesRelation = { readonly familyName: NameRelation; readonly givenNames: NameRelation };

type Names = {
  readonly identity: IdentityAttributes;
  readonly listed: ListedPerson;
  /** Every source of the country writes whole names in one order, so two whole names can be held side by side. */
  readonly hasOneOrder: boolean;
};

/**
 * Holds the names of a person against those of a listed one: part against part where both have parts, else whole
 * against whole, which proves nothing where "Martin Bernard" may be either of two people.
 */
export function compareNames({ identity, listed, hasOneOrder }: Names): NamesRelation {
  const mine = { family: identity.family_name, given: wordsOf([identity.middle_name, identity.given_name]) };
  const families = [listed.birthName, listed.usageName].filter((name) => name !== undefined);
  const given = wordsOf(listed.givenNames);
  if (mine.family === undefined || mine.given.length === 0 || families.length === 0 || given.length === 0) {
    const whole = compareWhole({ identity, listed });
    const relation = whole === 'equal' && !hasOneOrder ? 'respelled' : whole;
    return { familyName: relation, givenNames: relation };
  }
  const { family } = mine;
  return {
    familyName: closest(families.map((name) => compareNamePart(family, name))),
    givenNames: compareGivenNames(mine.given, given),
  };
}

/** Two spellings of one part of a name, taken as a whole. */
export function compareNamePart(one: string, other: string): NameRelation {
  if (sameNameInCapitals(one, other)) return 'equal';
  if (!sameLetters(one, other)) return 'different';
  return isUnmarked(one) !== isUnmarked(other) ? 'unmarked' : 'respelled';
}

/** All given names in any order; a hyphen makes two names one. */
export function compareGivenNames(one: readonly string[], other: readonly string[]): NameRelation {
  const [fewer, more] = one.length <= other.length ? [one, other] : [other, one];
  const all = { fewer, more };
  if (contains(all, sameNameInCapitals)) return fewer.length === more.length ? 'equal' : 'partial';
  if (!contains(all, sameLetters)) return sameLetters(one.join(' '), other.join(' ')) ? 'respelled' : 'different';
  if (isUnmarked(one.join('')) === isUnmarked(other.join(''))) return 'respelled';
  return fewer.length === more.length ? 'unmarked' : 'partial';
}

/** Names as registers run them together: "APOLLINE-ELISE JUSTINE", "JUSTINE, EMILIEN". */
export function wordsOf(names: readonly (string | undefined)[]): readonly string[] {
  return names.flatMap((name) => name?.split(/[\s,;]+/u) ?? []).filter((word) => word !== '');
}

function compareWhole({ identity, listed }: Pick<Names, 'identity' | 'listed'>): NameRelation {
  const given = listed.givenNames.join(' ');
  const composed = [listed.birthName, listed.usageName].flatMap((family) =>
    family === undefined || given === '' ? [] : [`${family} ${given}`],
  );
  const written = listed.name === undefined ? composed : [listed.name];
  if (written.length === 0) return 'unknown';
  const relation = closest(written.map((name) => compareNamePart(identity.name, name)));
  if (relation !== 'different') return relation;
  // Swapped, or with a name more: another person until somebody has looked.
  const words = closest(written.map((name) => compareGivenNames(wordsOf([identity.name]), wordsOf([name]))));
  return words === 'equal' ? 'respelled' : words;
}

const closeness: readonly NameRelation[] = ['equal', 'unmarked', 'partial', 'respelled', 'unknown', 'different'];

function closest(relations: readonly NameRelation[]): NameRelation {
  return closeness.find((relation) => relations.includes(relation)) ?? 'unknown';
}

/** Whether each of the fewer is the same as one of the more, none twice. */
function contains(
  { fewer, more }: { readonly fewer: readonly string[]; readonly more: readonly string[] },
  isSame: typeof sameName,
): boolean {
  const left = [...more];
  return fewer.every((name) => {
    const index = left.findIndex((one) => isSame(name, one));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}
