import { sameName } from '../src/accounts/person-name.ts';
import type { IdentityAttributes } from '../src/accounts/verified-identity.ts';
import type { PartialDate } from '../src/platform/partial-date.ts';
import type { ListedPerson } from '../src/registries/legal-entity.ts';
import { draw, frenchGivenNames, vietnameseGivenNames } from './match-names.ts';
import {
  entryOf,
  type Human,
  identityOf,
  newBirthdate,
  newFrenchGivenNames,
  newFrenchPlace,
  newHuman,
  newNumber,
  withoutMarks,
} from './match-people.ts';
import type { Random } from './seeded-random.ts';

/** Somebody who asks to act, and the representative whom the register lists. */
export type Pair = {
  readonly identity: IdentityAttributes;
  readonly entry: ListedPerson;
  /** The same person listed once more. */
  readonly again?: ListedPerson;
  /** Set where the register keeps a household business under this number. */
  readonly household?: string;
};

export type Situation = {
  readonly name: string;
  readonly country: Human['country'];
  /** Of a thousand. */
  readonly share: number;
  readonly make: (human: Human, random: Random) => Pair;
};

type Change = (human: Human, random: Random) => Partial<Human>;

/** Another human than the one listed, who is like them in everything that isn't changed. */
function another(
  change: Change,
  edit: (entry: ListedPerson, random: Random) => ListedPerson = (entry) => entry,
): Situation['make'] {
  return (human, random) => {
    const stranger = { ...human, ...change(human, random) };
    return { identity: identityOf(stranger, random), entry: edit(entryOf(human, random), random) };
  };
}

const ofAnyDay: Change = ({ sex }, random) => {
  const birthdate = newBirthdate(random);
  return { birthdate, birthPlace: newFrenchPlace(random), number: newNumber({ sex, birthdate }, random) };
};
const ofAnotherDayThatYear: Change = (human, random) => {
  const days = Array.from({ length: 2 }, () => `${human.birthdate.slice(0, 5)}${newBirthdate(random).slice(5)}`);
  const birthdate = days.find((day) => day !== human.birthdate) ?? `${human.birthdate.slice(0, 5)}06-07`;
  return { birthdate, birthPlace: newFrenchPlace(random), number: newNumber({ sex: human.sex, birthdate }, random) };
};
const ofThatDay: Change = ({ sex, birthdate }, random) => ({ number: newNumber({ sex, birthdate }, random) });
const oneDigitApart: Change = ({ number }, random) => {
  const at = 6 + random.below(6);
  const digit = (Number(number[at]) + 1 + random.below(9)) % 10;
  return { number: `${number.slice(0, at)}${digit}${number.slice(at + 1)}` };
};
const tones = ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'] as const;
const ofAnotherTone: Change = (human, random) => {
  const given = human.givenNames.at(-1) ?? '';
  const toneless = given.normalize('NFD').replace(/[\u0300\u0301\u0303\u0309\u0323]/gu, '');
  const others = tones
    .map((tone) => toneless.replace(/[aeiouy][\u0302\u0306\u031b]?/iu, `$&${tone}`).normalize('NFC'))
    .filter((name) => !sameName(name, given));
  const [first = '', ...rest] = others;
  return { ...ofThatDay(human, random), givenNames: [...human.givenNames.slice(0, -1), random.pick([first, ...rest])] };
};
const twin: Change = ({ country, sex, givenNames, birthdate }, random) => {
  const own = draw(country === 'VN' ? vietnameseGivenNames[sex] : frenchGivenNames[sex], random);
  const name = givenNames.includes(own) ? `${own}e` : own;
  const rest = country === 'VN' ? givenNames.slice(0, -1) : givenNames.slice(1);
  return {
    givenNames: country === 'VN' ? [...rest, name] : [name, ...(random.chance(0.5) ? rest : [])],
    number: newNumber({ sex, birthdate }, random),
  };
};
const child: Change = ({ sex, birthdate }, random) => {
  const born = `${Number(birthdate.slice(0, 4)) + 20 + random.below(20)}${birthdate.slice(4)}`;
  return { birthdate: born, number: newNumber({ sex, birthdate: born }, random) };
};
// Michel Michel is himself either way round: another Michel Michel was born on another day.
const swapped: Change = (human, random) => {
  const { familyName, givenNames } = human;
  const given = givenNames.join(' ');
  return { familyName: given, givenNames: [familyName], ...(sameName(familyName, given) && ofAnyDay(human, random)) };
};

const withoutNumber = ({ personalNumber: _, ...entry }: ListedPerson): ListedPerson => entry;
const unmarked = (entry: ListedPerson): ListedPerson => ({
  ...entry,
  name: withoutMarks(entry.name ?? '').toUpperCase(),
});
const withoutPlace = ({ birthPlace: _, ...entry }: ListedPerson): ListedPerson => entry;
const toTheMonth = (entry: ListedPerson): ListedPerson => ({
  ...entry,
  birthdate: entry.birthdate?.slice(0, 7) as PartialDate,
});
/** As the open search answers. */
const openData = (entry: ListedPerson): ListedPerson => toTheMonth(withoutPlace(entry));

/**
 * People who aren't the one listed, by what they have in common. Of two French people with all names, the day and the
 * place in common nothing tells that they are two: such pairs come up by chance where day and place are drawn, and are
 * never made on purpose.
 */
export const impostors: readonly Situation[] = [
  { name: 'same full name', country: 'VN', share: 150, make: another(ofAnyDay) },
  { name: 'same full name and year, another day', country: 'VN', share: 80, make: another(ofAnotherDayThatYear) },
  { name: 'same full name, day and province', country: 'VN', share: 60, make: another(ofThatDay) },
  { name: 'the same, number one digit apart', country: 'VN', share: 40, make: another(oneDigitApart) },
  { name: 'the same, no number in the register', country: 'VN', share: 50, make: another(ofThatDay, withoutNumber) },
  {
    name: 'the same, no number at the eID',
    country: 'VN',
    share: 30,
    make: (human, random) => {
      const { identity, entry } = another(ofThatDay)(human, random);
      const { national_id: _, ...rest } = identity;
      return { identity: rest, entry };
    },
  },
  { name: 'a tone apart, same day', country: 'VN', share: 40, make: another(ofAnotherTone) },
  {
    name: 'a tone apart, register without marks or number',
    country: 'VN',
    share: 20,
    make: another(ofAnotherTone, (entry) => withoutNumber(unmarked(entry))),
  },
  { name: 'twin', country: 'VN', share: 20, make: another(twin) },
  { name: 'child of the same name', country: 'VN', share: 10, make: another(child) },
  {
    name: 'household under a number one digit apart',
    country: 'VN',
    share: 20,
    make: (human, random) => ({
      ...another(oneDigitApart)(human, random),
      household: human.number,
    }),
  },

  {
    name: 'same family and first given name',
    country: 'FR',
    share: 110,
    make: another((human, random) => ({
      ...ofAnyDay(human, random),
      givenNames: [human.givenNames[0] ?? '', ...newFrenchGivenNames(human.sex, random).slice(1)],
    })),
  },
  { name: 'same full name', country: 'FR', share: 90, make: another(ofAnyDay) },
  { name: 'same full name and year, another day', country: 'FR', share: 40, make: another(ofAnotherDayThatYear) },
  {
    name: 'same full name and day, another place',
    country: 'FR',
    share: 40,
    make: another((human, random) => ({ birthPlace: `${human.birthPlace}-${random.pick(['Nord', 'Sud'])}` })),
  },
  {
    name: 'same full name, year and place, another day',
    country: 'FR',
    share: 40,
    make: another((human, random) => ({ ...ofAnotherDayThatYear(human, random), birthPlace: human.birthPlace })),
  },
  { name: 'twin', country: 'FR', share: 40, make: another(twin) },
  { name: 'child of the same name', country: 'FR', share: 20, make: another(child) },
  { name: 'family and given name swapped', country: 'FR', share: 20, make: another(swapped) },
  {
    name: 'same full name and month, open data',
    country: 'FR',
    share: 40,
    make: another((_, random) => ({ birthPlace: newFrenchPlace(random) }), openData),
  },
  {
    name: 'same full name and day, register without places',
    country: 'FR',
    share: 20,
    make: another((_, random) => ({ birthPlace: newFrenchPlace(random) }), withoutPlace),
  },
  {
    name: 'same full name and day, a Vietnamese eID',
    country: 'VN',
    share: 20,
    make: (human, random) => {
      const { identity } = another(ofThatDay)(human, random);
      const frenchEntry = entryOf({ ...human, country: 'FR' }, random);
      const [family_name, given_name] = [human.familyName, human.givenNames.join(' ')];
      const place_of_birth = { country: 'VN', locality: human.birthPlace };
      return {
        identity: { ...identity, family_name, given_name, place_of_birth },
        entry: { ...frenchEntry, birthPlace: { ...frenchEntry.birthPlace, country: undefined } },
      };
    },
  },
];

/** The one listed, written by a clerk in one way and by the eID in another. */
function themselves(edit: (entry: ListedPerson, random: Random) => ListedPerson = (entry) => entry): Situation['make'] {
  return (human, random) => ({ identity: identityOf(human, random), entry: edit(entryOf(human, random), random) });
}

/** Sole representatives whose register has their number, or the day they were born. */
export const representatives: readonly Situation[] = [
  { name: 'number', country: 'VN', share: 430, make: themselves() },
  { name: 'number, name without marks', country: 'VN', share: 40, make: themselves(unmarked) },
  {
    name: 'number, birth year only',
    country: 'VN',
    share: 60,
    make: themselves((entry) => ({ ...entry, birthdate: entry.birthdate?.slice(0, 4) as PartialDate })),
  },
  {
    name: 'number, a tone mistyped',
    country: 'VN',
    share: 5,
    make: (human, random) => ({
      identity: identityOf(human, random),
      entry: entryOf({ ...human, givenNames: ofAnotherTone(human, random).givenNames ?? [] }, random),
    }),
  },
  {
    name: 'number of a household business',
    country: 'VN',
    share: 100,
    make: (human, random) => ({ ...themselves()(human, random), household: human.number }),
  },
  { name: 'day and place', country: 'FR', share: 280, make: themselves() },
  {
    name: 'day and place, given names in another order',
    country: 'FR',
    share: 20,
    make: themselves((entry) => ({ ...entry, givenNames: entry.givenNames.toReversed() })),
  },
  {
    name: 'day and place, usage name at the eID',
    country: 'FR',
    share: 20,
    make: (human, random) => ({
      identity: identityOf({ ...human, familyName: human.usageName ?? human.familyName }, random),
      entry: entryOf(human, random),
    }),
  },
  {
    name: 'day and place, listed twice',
    country: 'FR',
    share: 20,
    make: (human, random) => ({
      ...themselves()(human, random),
      again: { ...entryOf(human, random), roleCode: '53', givenNames: human.givenNames.slice(0, 1) },
    }),
  },
  {
    name: 'day, a given name left out',
    country: 'FR',
    share: 8,
    make: themselves((entry) => ({ ...entry, givenNames: entry.givenNames.slice(0, 1) })),
  },
  { name: 'day, place left out', country: 'FR', share: 7, make: themselves(withoutPlace) },
  {
    name: 'day, place written otherwise',
    country: 'FR',
    share: 10,
    make: themselves((entry) => ({ ...entry, birthPlace: { locality: `${entry.birthPlace?.locality} (CEDEX)` } })),
  },
];

/** Sole representatives about whom the register says too little: they go to review. */
export const underdescribed: readonly Situation[] = [
  { name: 'month of birth, open data', country: 'FR', share: 500, make: themselves(openData) },
  { name: 'no number in the register', country: 'VN', share: 500, make: themselves(withoutNumber) },
];

/** The situation that comes next, by its share. */
export function drawSituation(situations: readonly Situation[], random: Random): Situation | undefined {
  let left = random.unit() * situations.reduce((sum, { share }) => sum + share, 0);
  return situations.find(({ share }) => {
    left -= share;
    return left < 0;
  });
}

/** Somebody else in the same list. */
export function colleagueOf({ country }: Situation, random: Random): ListedPerson {
  const roleCode = country === 'VN' ? 'ke-toan-truong' : random.pick(['53', '70', '71', '72']);
  return { ...entryOf(newHuman(country, random), random), roleCode };
}
