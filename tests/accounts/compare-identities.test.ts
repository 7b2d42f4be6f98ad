import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareIdentities, type IdentityComparison } from '../../src/accounts/compare-identities.ts';
import type { IdentityAttributes, NationalNumber } from '../../src/accounts/verified-identity.ts';
import type { PartialDate } from '../../src/platform/partial-date.ts';
import { anySyllable, placements, toneMarks } from '../support/vietnamese-syllables.ts';

const date = (text: string) => text as PartialDate;
const number = (value: string, country = 'VN'): NationalNumber => ({ country, type: 'personal-number', value });

const hoa: IdentityAttributes = {
  name: 'Nguyễn Thị Hoà',
  family_name: 'Nguyễn',
  middle_name: 'Thị',
  given_name: 'Hoà',
  birthdate: date('1965-10-03'),
  gender: 'female',
  place_of_birth: { country: 'VN', locality: 'Huế' },
  national_id: number('046165000123'),
  address: '1 Lê Lợi, Huế',
};

function without(...attributes: readonly (keyof IdentityAttributes)[]): IdentityAttributes {
  const left = Object.entries(hoa).filter(([attribute]) => !attributes.includes(attribute as keyof IdentityAttributes));
  return Object.fromEntries(left) as IdentityAttributes;
}

const swapped = { family_name: 'Hoà', given_name: 'Nguyễn' };
const contradicts = (...attributes: readonly string[]) => ({ kind: 'contradicts', attributes });
const changed = (...attributes: readonly string[]) => ({ kind: 'changed', attributes });
const morePrecise = (...attributes: readonly string[]) => ({ kind: 'more-precise', attributes });
const [same, lessPrecise] = [{ kind: 'same' }, { kind: 'less-precise' }];

type Row = readonly [
  what: string,
  pair: { readonly standing?: IdentityAttributes; readonly asserted?: IdentityAttributes },
  renewed: unknown,
  second: unknown,
];

const table: readonly Row[] = [
  ['the same', {}, same, same],
  [
    'another spelling of it',
    { asserted: { ...hoa, name: 'NGUYỄN THỊ HÒA'.normalize('NFD'), given_name: 'HÒA', address: '1 LÊ LỢI,\nHUẾ' } },
    same,
    same,
  ],
  [
    'another number',
    { asserted: { ...hoa, national_id: number('046165000124') } },
    contradicts('national_id'),
    contradicts('national_id'),
  ],
  [
    'a number of another country',
    { asserted: { ...hoa, national_id: number('2651075123456', 'FR') } },
    changed('national_id'),
    morePrecise('national_id'),
  ],
  [
    'another birth date',
    { asserted: { ...hoa, birthdate: date('1965-03-10') } },
    contradicts('birthdate'),
    contradicts('birthdate'),
  ],
  [
    'a birth year that is another',
    { asserted: { ...hoa, birthdate: date('1966') } },
    contradicts('birthdate'),
    contradicts('birthdate'),
  ],
  [
    'a less precise birth date',
    { asserted: { ...hoa, birthdate: date('1965') } },
    lessPrecise,
    contradicts('birthdate'),
  ],
  [
    'a more precise birth date',
    { standing: { ...hoa, birthdate: date('1965-10') } },
    morePrecise('birthdate'),
    contradicts('birthdate'),
  ],
  [
    'the name the other way round',
    { asserted: { ...hoa, name: 'Hoà Nguyễn Thị' } },
    contradicts('name'),
    contradicts('name'),
  ],
  [
    'family and given name swapped',
    { asserted: { ...hoa, ...swapped } },
    contradicts('family_name', 'given_name'),
    contradicts('family_name', 'given_name'),
  ],
  [
    'another family name',
    { asserted: { ...hoa, name: 'Trần Thị Hoà', family_name: 'Trần' } },
    changed('name', 'family_name'),
    contradicts('name', 'family_name'),
  ],
  ['another tone', { asserted: { ...hoa, name: 'Nguyễn Thị Hoả' } }, changed('name'), contradicts('name')],
  [
    'another name and no number, with the birth date to know them by',
    { asserted: { ...without('national_id'), name: 'Trần Hoà' } },
    changed('name', 'national_id'),
    contradicts('name'),
  ],
  [
    'another name and no birth date, with the number to know them by',
    { asserted: { ...without('birthdate'), name: 'Trần Hoà' } },
    changed('name', 'birthdate'),
    contradicts('name'),
  ],
  [
    'another name and nothing to know them by',
    { asserted: { ...without('birthdate', 'national_id'), name: 'Trần Hoà' } },
    contradicts('name'),
    contradicts('name'),
  ],
  [
    'another name, of somebody of whom neither was known',
    {
      standing: without('birthdate', 'national_id'),
      asserted: { ...without('birthdate', 'national_id'), name: 'Trần Hoà' },
    },
    contradicts('name'),
    contradicts('name'),
  ],
  [
    'another name with a number of another country',
    { asserted: { ...without('birthdate'), name: 'Trần Hoà', national_id: number('2651075123456', 'FR') } },
    contradicts('name'),
    contradicts('name'),
  ],
  [
    'another name, birth date and number',
    { asserted: { ...hoa, name: 'Trần Hoà', birthdate: date('1970'), national_id: number('046170000123') } },
    contradicts('birthdate', 'national_id'),
    contradicts('name', 'birthdate', 'national_id'),
  ],
  [
    'another middle name',
    { asserted: { ...hoa, middle_name: 'Thu' } },
    changed('middle_name'),
    contradicts('middle_name'),
  ],
  ['another sex', { asserted: { ...hoa, gender: 'male' } }, changed('gender'), contradicts('gender')],
  [
    'another place of birth',
    { asserted: { ...hoa, place_of_birth: { country: 'VN', locality: 'Hà Nội' } } },
    changed('place_of_birth'),
    contradicts('place_of_birth'),
  ],
  ['less of the place', { asserted: { ...hoa, place_of_birth: { country: 'vn' } } }, lessPrecise, lessPrecise],
  [
    'another part of the place',
    {
      standing: { ...hoa, place_of_birth: { country: 'VN' } },
      asserted: { ...hoa, place_of_birth: { locality: 'Huế' } },
    },
    changed('place_of_birth'),
    morePrecise('place_of_birth'),
  ],
  ['another address', { asserted: { ...hoa, address: '2 Lê Lợi, Huế' } }, changed('address'), morePrecise('address')],
  [
    'more',
    { standing: without('national_id', 'gender') },
    morePrecise('gender', 'national_id'),
    morePrecise('gender', 'national_id'),
  ],
  ['less', { asserted: without('national_id', 'gender') }, lessPrecise, lessPrecise],
  [
    'more of one and less of another',
    { standing: without('gender'), asserted: without('address') },
    changed('gender', 'address'),
    morePrecise('gender'),
  ],
];

describe('an assertion of a person', () => {
  it.each(table)('says %s', (_, { standing = hoa, asserted = hoa }, renewed, second) => {
    expect(compareIdentities(standing, asserted, { sameSubject: true })).toEqual(renewed);
    expect(compareIdentities(standing, asserted, { sameSubject: false })).toEqual(second);
  });

  it('contradicts with its parts swapped even where each is a changed name', () => {
    const asserted = { ...hoa, name: 'Hoà Thị Nguyễn Trần', ...swapped };
    expect(compareIdentities(hoa, asserted, { sameSubject: true })).toEqual(contradicts('family_name', 'given_name'));
  });

  it('isn’t swapped where both parts are one word', () => {
    const standing = { name: 'Lan Lan', family_name: 'Lan', given_name: 'Lan' };
    expect(compareIdentities(standing, standing, { sameSubject: true })).toEqual(same);
  });
});

const anyName = fc.constantFrom('Nguyễn Hoà', 'NGUYỄN HÒA', 'Hòa Nguyễn', 'Nguyễn Hoá', 'Trần An');
const anyPart = fc.constantFrom('Nguyễn', 'Hoà', 'Hòa', 'Trần');
const anyIdentity: fc.Arbitrary<IdentityAttributes> = fc.record(
  {
    name: anyName,
    family_name: anyPart,
    given_name: anyPart,
    birthdate: fc.constantFrom('1965', '1965-10', '1965-10-03', '1965-03-10', '1970').map(date),
    gender: fc.constantFrom('female' as const, 'male' as const),
    place_of_birth: fc.record(
      { country: fc.constantFrom('VN', 'FR'), locality: fc.constantFrom('Huế', 'Paris') },
      {
        requiredKeys: [],
      },
    ),
    national_id: fc.constantFrom(number('046165000123'), number('046165000124'), number('2651075123456', 'FR')),
    address: fc.constantFrom('1 Lê Lợi', '2 Lê Lợi'),
  },
  { requiredKeys: ['name'] },
);

const mirrored: Readonly<Record<IdentityComparison['kind'], IdentityComparison['kind']>> = {
  same: 'same',
  'less-precise': 'more-precise',
  'more-precise': 'less-precise',
  changed: 'changed',
  contradicts: 'contradicts',
};

describe('whatever is asserted', () => {
  const run = { numRuns: 1500 };
  const listed = (comparison: IdentityComparison) => ('attributes' in comparison ? comparison.attributes : []);

  it('is the same as itself', () => {
    fc.assert(
      fc.property(
        anyIdentity,
        fc.boolean(),
        (one, sameSubject) => compareIdentities(one, one, { sameSubject }).kind === 'same',
      ),
    );
  });

  it('goes with what stands as that goes with it, for one person of one source', () => {
    fc.assert(
      fc.property(anyIdentity, anyIdentity, (one, other) => {
        const there = compareIdentities(one, other, { sameSubject: true });
        const back = compareIdentities(other, one, { sameSubject: true });
        expect(back.kind).toBe(mirrored[there.kind]);
        if (there.kind === 'changed' || there.kind === 'contradicts') {
          expect(new Set(listed(back))).toEqual(new Set(listed(there)));
        }
      }),
      run,
    );
  });

  it('contradicts another identity exactly where that contradicts it', () => {
    fc.assert(
      fc.property(anyIdentity, anyIdentity, (one, other) => {
        const there = compareIdentities(one, other, { sameSubject: false });
        const back = compareIdentities(other, one, { sameSubject: false });
        expect(there.kind).not.toBe('changed');
        expect(back.kind === 'contradicts').toBe(there.kind === 'contradicts');
        expect(back.kind === 'same').toBe(there.kind === 'same');
        if (there.kind === 'contradicts') expect(new Set(listed(back))).toEqual(new Set(listed(there)));
      }),
      run,
    );
  });

  it('contradicts another identity wherever it does one person’s own', () => {
    fc.assert(
      fc.property(anyIdentity, anyIdentity, (one, other) => {
        const own = compareIdentities(one, other, { sameSubject: true });
        if (own.kind !== 'contradicts') return;
        const second = compareIdentities(one, other, { sameSubject: false });
        expect(second.kind).toBe('contradicts');
        expect(listed(second)).toEqual(expect.arrayContaining([...own.attributes]));
      }),
      run,
    );
  });

  it('is never the same with another tone', () => {
    fc.assert(
      fc.property(anySyllable, fc.constantFrom(...toneMarks), fc.boolean(), (syllable, tone, sameSubject) => {
        fc.pre(tone !== syllable.tone);
        const [one, other] = [syllable, { ...syllable, tone }].map((each) => `Nguyễn ${placements(each)[0]}`);
        const asserted = { ...hoa, name: other ?? '' };
        const { kind } = compareIdentities({ ...hoa, name: one ?? '' }, asserted, { sameSubject });
        return kind === (sameSubject ? 'changed' : 'contradicts');
      }),
      run,
    );
  });
});
