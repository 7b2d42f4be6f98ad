import { describe, expect, it } from '@jest/globals';
import type { IdentityAttributes } from '../../src/accounts/verified-identity.ts';
import type { Listed, ListedPerson } from '../../src/registries/legal-entity.ts';
import {
  date,
  hoa,
  household,
  listedCompany,
  listedHoa,
  listedMargaux,
  margaux,
  match,
  outcomeOf,
  vietnameseCompany,
} from '../support/listed-people.ts';

const person = (changes: Partial<IdentityAttributes> = {}) => margaux(changes);
const listed = (changes: Partial<ListedPerson> = {}) => listedMargaux(changes);
const without = (attribute: keyof IdentityAttributes): IdentityAttributes => {
  const { [attribute]: _, ...rest } = margaux();
  return rest as IdentityAttributes;
};

const binds = (orgLevel: string) => ({ result: 'exact', verdict: { kind: 'binds', orgLevel } });
const review = (result: string, reason: string) => ({ result, verdict: { kind: 'review', reason } });
const refused = (result: string, reason: string) => ({ result, verdict: { kind: 'refused', reason } });
const close = review('close', 'close-match');
const namesake = refused('none', 'namesake');
const notListed = refused('none', 'not-listed');

describe('a French representative, by name, day and place of birth', () => {
  it.each<readonly [string, IdentityAttributes, ListedPerson, object]>([
    ['everything equal', person(), listed(), binds('org2')],
    ['given names in another order', person({ given_name: 'Hélène Margaux' }), listed(), binds('org2')],
    ['given names run together', person(), listed({ givenNames: ['MARGAUX, HELENE'] }), binds('org2')],
    ['a middle name apart', person({ given_name: 'Margaux', middle_name: 'Hélène' }), listed(), binds('org2')],
    ['decomposed letters', person({ given_name: 'Margaux Hélène'.normalize('NFD') }), listed(), binds('org2')],
    ['her usage name at the eID', person({ family_name: 'Debon' }), listed({ usageName: 'DEBON' }), binds('org2')],
    [
      'the country in another code',
      person({ place_of_birth: { locality: 'Marseille', country: 'FRA' } }),
      listed(),
      binds('org2'),
    ],
    ['no country', person({ place_of_birth: { locality: 'Marseille' } }), listed(), binds('org2')],

    ['a month for a day', person(), listed({ birthdate: date('1988-08') }), close],
    ['a month on both sides', person({ birthdate: date('1988-08') }), listed({ birthdate: date('1988-08') }), close],
    ['a year', person(), listed({ birthdate: date('1988-00-00') }), close],
    ['no date in the register', person(), listed({ birthdate: undefined }), close],
    ['no date at the eID', without('birthdate'), listed(), close],
    ['no place in the register', person(), listed({ birthPlace: undefined }), close],
    ['no place at the eID', without('place_of_birth'), listed(), close],
    ['only a country', person({ place_of_birth: { country: 'FR' } }), listed(), close],
    ['a place in code', person({ place_of_birth: { locality: '13055' } }), listed(), close],
    ['a place of no name', person(), listed({ birthPlace: { locality: ' ' } }), close],
    ['another place', person({ place_of_birth: { locality: 'Lyon' } }), listed(), close],
    [
      'a place of that name abroad',
      person({ place_of_birth: { locality: 'Marseille', country: 'Canada' } }),
      listed(),
      close,
    ],
    ['a given name less', person({ given_name: 'Margaux' }), listed(), close],
    ['a given name more', person(), listed({ givenNames: ['MARGAUX'] }), close],
    ['another accent', person({ given_name: 'Margaux Hèlene' }), listed({ givenNames: ['Margaux', 'Hélène'] }), close],
    ['an accent less, and not in capitals', person(), listed({ givenNames: ['Margaux', 'Helene'] }), close],
    ['a hyphen', person(), listed({ givenNames: ['MARGAUX-HELENE'] }), close],
    [
      'only a whole name in the register',
      person(),
      listed({ name: 'MARGAUX HELENE LACROIX', birthName: undefined, givenNames: [] }),
      close,
    ],
    [
      'only a whole name at the eID',
      { name: 'Margaux Hélène Lacroix', birthdate: date('1988-08-15') },
      listed(),
      close,
    ],

    ['another day', person({ birthdate: date('1988-08-16') }), listed(), namesake],
    ['another month', person(), listed({ birthdate: date('1988-09') }), namesake],
    ['another year', person(), listed({ birthdate: date('1989') }), namesake],
    [
      'another number',
      person({ national_id: { country: 'FR', type: 'personal-number', value: '2' } }),
      listed({ personalNumber: { country: 'FR', value: '1' } }),
      namesake,
    ],
    ['another family name', person({ family_name: 'Delacroix' }), listed(), notListed],
    ['another given name', person({ given_name: 'Margot Hélène' }), listed(), notListed],
    [
      'family and given name swapped',
      person({ family_name: 'Margaux Hélène', given_name: 'Lacroix' }),
      listed(),
      notListed,
    ],
  ])('%s', (_, identity, one, expected) => {
    expect(match(identity, { listed: [one] })).toMatchObject(expected);
  });

  it('takes an equal number for more than all of that', () => {
    const national_id = { country: 'FR', type: 'personal-number', value: '1' } as const;
    const one = listed({
      personalNumber: { country: 'FR', value: '1' },
      birthPlace: undefined,
      givenNames: ['MARGAUX'],
    });
    expect(match(person({ national_id }), { listed: [one] })).toMatchObject(binds('org3'));
    expect(match(person({ national_id }), { listed: [{ ...one, birthdate: date('1988-08-16') }] })).toMatchObject(
      close,
    );
    expect(match(person({ national_id }), { listed: [{ ...one, givenNames: ['JEANNE'] }] })).toMatchObject(close);
  });

  it('sends a person from a country of namesakes to review: the French register has no number of theirs', () => {
    const identity = person({ national_id: { country: 'VN', type: 'personal-number', value: '046165000123' } });
    expect(match(identity, { listed: [listed()] })).toMatchObject(close);
  });

  it('needs an identity that was proved, and says nothing of the list before', () => {
    for (const ial of ['ial0', 'ial1'] as const) {
      const unproved = match(person(), { listed: [listed(), listedCompany()], ial });
      expect(unproved).toMatchObject({ ...refused('none', 'identity-not-proved'), listedRole: undefined, follow: [] });
      expect(unproved.criteria.map(({ criterion }) => criterion)).toEqual(['entity-state', 'identity-level']);
    }
    expect(match(person(), { listed: [listed()], ial: 'ial3' })).toMatchObject(binds('org2'));
  });
});

describe('a Vietnamese representative, by the number', () => {
  const entity = vietnameseCompany();
  const numbered = (value: string) => ({ country: 'VN', type: 'personal-number', value }) as const;

  it.each<readonly [string, IdentityAttributes, ListedPerson, object]>([
    ['everything equal', hoa(), listedHoa(), binds('org3')],
    ['a name without its marks', hoa(), listedHoa({ name: 'NGUYEN THI HOA' }), binds('org3')],
    ['a name less', hoa(), listedHoa({ name: 'Nguyễn Hoà' }), binds('org3')],
    ['no date', hoa(), listedHoa({ birthdate: undefined }), binds('org3')],
    ['a year', hoa(), listedHoa({ birthdate: date('1965') }), binds('org3')],
    ['nothing but the number', hoa(), listedHoa({ name: undefined, birthdate: undefined }), binds('org3')],
    [
      'parts of the name',
      hoa(),
      listedHoa({ name: undefined, birthName: 'Nguyễn', givenNames: ['Thị', 'Hòa'] }),
      binds('org3'),
    ],
    // What contradicts the number is a mistake somewhere, and somebody has to find out where.
    ['a different tone', hoa(), listedHoa({ name: 'Nguyễn Thị Hoá' }), close],
    ['a different name', hoa(), listedHoa({ name: 'Trần Văn Bình' }), close],
    ['a name the other way round', hoa(), listedHoa({ name: 'Hoà Thị Nguyễn' }), close],
    ['a different date', hoa(), listedHoa({ birthdate: date('1965-03-10') }), close],

    ['no number in the register', hoa(), listedHoa({ personalNumber: undefined }), close],
    ['no number at the eID', { name: 'Nguyễn Thị Hoà', birthdate: date('1965-10-03') }, listedHoa(), close],
    [
      'a number of another country',
      hoa({ national_id: { ...numbered('046165000123'), country: 'FR' } }),
      listedHoa(),
      close,
    ],
    ['another number', hoa({ national_id: numbered('046165000124') }), listedHoa(), namesake],
    ['no number, and another date', hoa(), listedHoa({ personalNumber: undefined, birthdate: date('1966') }), namesake],
    ['no number, and another name', hoa(), listedHoa({ personalNumber: undefined, name: 'Trần Thị Hoà' }), notListed],
    // Hà isn't Hạ: it may be a clerk's mistake, and isn't taken for one.
    ['no number, and another tone', hoa(), listedHoa({ personalNumber: undefined, name: 'Nguyễn Thị Hoá' }), close],
  ])('%s', (_, identity, one, expected) => {
    expect(match(identity, { listed: [one], entity })).toMatchObject(expected);
  });

  it('has the other legal representatives agree, whatever is known of them', () => {
    const other = listedHoa({ name: 'Trần Văn Bình', personalNumber: undefined, birthdate: undefined });
    const list: readonly Listed[] = [
      other,
      listedHoa(),
      { ...other, isMasked: true, name: undefined },
      { ...other, isActive: false },
      { ...other, roleCode: 'ke-toan-truong' },
      listedHoa({ roleCode: 'director' }),
      { ...other, isActive: undefined },
    ];
    expect(match(hoa(), { listed: list, entity })).toMatchObject({ ...binds('org3'), needsConsentOf: [0, 2, 6] });
    expect(match(hoa(), { listed: [listedHoa(), listedHoa()], entity }).needsConsentOf).toEqual([]);
  });

  it('asks a company too that is listed as one of them, and follows none', () => {
    const company = listedCompany({ roleCode: 'dai-dien-phap-luat' });
    expect(match(hoa(), { listed: [listedHoa(), company], entity }).needsConsentOf).toEqual([1]);
    expect(match(hoa(), { listed: [company], entity })).toMatchObject({ ...notListed, follow: [] });
  });

  it('counts one of the same name and date who has no number as another: nobody is left out by that', () => {
    const list = [listedHoa(), listedHoa({ personalNumber: undefined })];
    expect(match(hoa(), { listed: list, entity }).needsConsentOf).toEqual([1]);
  });
});

describe('the owner of a household business', () => {
  const entity = household('046165000123');

  it('is known by their number at once, whatever the register lists', () => {
    expect(match(hoa(), { listed: [], entity })).toMatchObject({
      ...binds('org3'),
      listedRole: { roleCode: 'chu-ho' },
      needsConsentOf: [],
    });
    expect(match(hoa(), { listed: [listedHoa({ roleCode: 'chu-ho', isMasked: true })], entity })).toMatchObject(
      binds('org3'),
    );
    const byList = vietnameseCompany({ isNaturalPerson: true });
    expect(match(hoa(), { listed: [listedHoa({ roleCode: 'chu-ho' })], entity: byList })).toMatchObject(binds('org3'));
  });

  it('is nobody else', () => {
    const another = household('046165000124');
    expect(match(hoa(), { listed: [], entity: another })).toMatchObject(review('none', 'no-representatives-listed'));
    expect(match(hoa(), { listed: [listedHoa({ roleCode: 'chu-ho' })], entity: another })).toMatchObject(binds('org3'));
    const french = hoa({ national_id: { country: 'FR', type: 'personal-number', value: '046165000123' } });
    expect(match(french, { listed: [], entity }).verdict.kind).toBe('review');
  });

  it('is for people to judge where the register contradicts itself or says little', () => {
    const other = listedHoa({ roleCode: 'chu-ho', personalNumber: { country: 'VN', value: '046165000999' } });
    expect(match(hoa(), { listed: [other], entity })).toMatchObject(close);
    for (const state of ['unknown', 'in-liquidation'] as const) {
      expect(match(hoa(), { listed: [], entity: { ...entity, state } })).toMatchObject(
        review('exact', 'organization-state-unknown'),
      );
    }
    expect(match(hoa(), { listed: [], entity: { ...entity, state: 'closed' } }).verdict.kind).toBe('refused');
    expect(match(hoa(), { listed: [], entity, ial: 'ial1' }).verdict.kind).toBe('refused');
  });
});

describe('what a page is told', () => {
  it('is each criterion and how it came out', () => {
    const { criteria, listedRole, ruleVersion } = match(person(), { listed: [listed({ birthdate: date('1988-08') })] });
    expect(criteria).toEqual([
      { criterion: 'number', outcome: 'unknown', isPublic: false },
      { criterion: 'family-name', outcome: 'equal', isPublic: true },
      { criterion: 'given-names', outcome: 'equal', isPublic: true },
      { criterion: 'birthdate', outcome: 'unknown', isPublic: false },
      { criterion: 'birth-place', outcome: 'equal', isPublic: false },
      { criterion: 'role', outcome: 'met', isPublic: true },
      { criterion: 'role-active', outcome: 'met', isPublic: true },
      { criterion: 'uniqueness', outcome: 'met', isPublic: false },
      { criterion: 'entity-state', outcome: 'met', isPublic: true },
      { criterion: 'identity-level', outcome: 'met', isPublic: false },
    ]);
    expect(listedRole).toEqual({ roleCode: '73', roleLabel: undefined });
    expect(ruleVersion).toBe('matching-1 binding-roles-1');
  });

  it('is that a namesake was born on another day, and not on which', () => {
    const told = match(person({ birthdate: date('1990-01-02') }), { listed: [listed()] });
    expect(outcomeOf(told, 'birthdate')).toBe('different');
    expect(JSON.stringify(told)).not.toMatch(/1988|LACROIX|HELENE|Marseille/iu);
  });

  it('is nothing of people who only work there too', () => {
    const told = match(person(), { listed: [listed({ birthName: 'Brunel' })] });
    expect(told.criteria.map(({ criterion }) => criterion)).toEqual(['entity-state', 'identity-level']);
  });
});
