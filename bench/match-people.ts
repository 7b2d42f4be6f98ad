import type { IdentityAttributes } from '../src/accounts/verified-identity.ts';
import type { PartialDate } from '../src/platform/partial-date.ts';
import type { ListedPerson } from '../src/registries/legal-entity.ts';
import {
  draw,
  frenchFamilyNames,
  frenchGivenNames,
  frenchPlaces,
  vietnameseFamilyNames,
  vietnameseGivenNames,
  vietnameseMiddleNames,
  vietnamesePlaces,
} from './match-names.ts';
import type { Random } from './seeded-random.ts';

/** Somebody as they are, before any source has written them down. */
export type Human = {
  readonly country: 'FR' | 'VN';
  readonly sex: 'female' | 'male';
  readonly familyName: string;
  /** Of a marriage; only in France. */
  readonly usageName: string | undefined;
  /** Vietnamese middle names are among them, first. */
  readonly givenNames: readonly string[];
  readonly birthdate: string;
  readonly birthPlace: string;
  readonly number: string;
};

export function newHuman(country: Human['country'], random: Random): Human {
  const sex = random.chance(country === 'VN' ? 0.3 : 0.33) ? 'female' : 'male';
  const birthdate = newBirthdate(random);
  return country === 'VN' ? newVietnamese({ sex, birthdate }, random) : newFrench({ sex, birthdate }, random);
}

type Born = Pick<Human, 'sex' | 'birthdate'>;

function newVietnamese({ sex, birthdate }: Born, random: Random): Human {
  const middle = draw(vietnameseMiddleNames[sex], random).split(' ');
  return {
    country: 'VN',
    sex,
    familyName: draw(vietnameseFamilyNames, random),
    usageName: undefined,
    givenNames: [...middle, draw(vietnameseGivenNames[sex], random)],
    birthdate,
    birthPlace: draw(vietnamesePlaces, random),
    number: newNumber({ sex, birthdate }, random),
  };
}

function newFrench({ sex, birthdate }: Born, random: Random): Human {
  return {
    country: 'FR',
    sex,
    familyName: draw(frenchFamilyNames, random),
    usageName: sex === 'female' && random.chance(0.5) ? draw(frenchFamilyNames, random) : undefined,
    givenNames: newFrenchGivenNames(sex, random),
    birthdate,
    birthPlace: newFrenchPlace(random),
    number: '',
  };
}

/** One, two or three, as civil registers have them. */
export function newFrenchGivenNames(sex: Human['sex'], random: Random): readonly string[] {
  const names = new Set<string>();
  const count = random.pick([1, 2, 2, 3, 3]);
  while (names.size < count) names.add(draw(frenchGivenNames[sex], random));
  return [...names];
}

export function newFrenchPlace(random: Random): string {
  // The larger maternities have about half of the births.
  return random.chance(0.5) ? draw(frenchPlaces, random) : `Villeneuve-${random.below(450)}`;
}

/** Between 20 and 80 years old in 2026, most of them in the middle; a tenth of the older ones on a first of January. */
export function newBirthdate(random: Random): string {
  const year = 1946 + Math.floor(((random.unit() + random.unit() + random.unit()) / 3) * 60);
  if (year < 1970 && random.chance(0.1)) return `${year}-01-01`;
  const day = new Date(Date.UTC(year, 0, 1 + random.below(365)));
  return day.toISOString().slice(0, 10);
}

/** `PPP C YY RRRRRR`. */
export function newNumber({ sex, birthdate }: Born, random: Random): string {
  const century = (Number(birthdate.slice(0, 2)) - 19) * 2 + (sex === 'female' ? 1 : 0);
  const place = String(1 + random.below(96)).padStart(3, '0');
  return `${place}${century}${birthdate.slice(2, 4)}${String(random.below(1_000_000)).padStart(6, '0')}`;
}

/** How a source writes: none of it changes who is meant. */
function written(text: string, random: Random): string {
  const cased = random.chance(0.5) ? text.toUpperCase() : text;
  return random.chance(0.1) ? cased.normalize('NFD') : cased;
}

/** The older place of the tone mark, as half of Vietnam writes it. */
function olderTones(text: string): string {
  return text
    .replace(/òa/gu, 'oà')
    .replace(/óa/gu, 'oá')
    .replace(/ủy/gu, 'uỷ')
    .replace(/úy/gu, 'uý')
    .replace(/ùy/gu, 'uỳ');
}

export function withoutMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');
}

/** What the eID of the person's country says of them. */
export function identityOf(human: Human, random: Random): IdentityAttributes {
  const birthdate = human.birthdate as PartialDate;
  if (human.country === 'VN') {
    return {
      name: written([human.familyName, ...human.givenNames].join(' '), random),
      birthdate,
      national_id: { country: 'VN', type: 'personal-number', value: human.number },
    };
  }
  const given = human.givenNames.join(' ');
  return {
    name: `${given} ${human.familyName}`,
    family_name: written(human.familyName, random),
    given_name: written(given, random),
    birthdate,
    place_of_birth: { country: 'FR', locality: written(human.birthPlace, random) },
  };
}

/** What a register with everything in it says of them. */
export function entryOf(human: Human, random: Random): ListedPerson {
  const entry = {
    kind: 'person' as const,
    roleLabel: undefined,
    isActive: true,
    isMasked: false,
    birthdate: human.birthdate as PartialDate,
  };
  if (human.country === 'VN') {
    const name = [human.familyName, ...human.givenNames].join(' ');
    return {
      ...entry,
      roleCode: 'dai-dien-phap-luat',
      name: written(random.chance(0.5) ? olderTones(name) : name, random),
      givenNames: [],
      personalNumber: { country: 'VN', value: human.number },
    };
  }
  // INPI writes plain capitals, with and without accents.
  const write = (text: string): string =>
    random.chance(0.6) ? withoutMarks(text).toUpperCase() : written(text, random);
  return {
    ...entry,
    roleCode: '73',
    birthName: write(human.familyName),
    usageName: human.usageName === undefined ? undefined : write(human.usageName),
    givenNames: human.givenNames.map(write),
    birthPlace: { country: 'FRANCE', locality: write(human.birthPlace) },
  };
}
