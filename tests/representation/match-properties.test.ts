import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IdentityAttributes } from '../../src/accounts/verified-identity.ts';
import type { Listed, ListedPerson } from '../../src/registries/legal-entity.ts';
import {
  date,
  frenchCompany,
  hoa,
  listedCompany,
  listedHoa,
  margaux,
  match,
  vietnameseCompany,
} from '../support/listed-people.ts';
import { anySyllable, placements, toneMarks } from '../support/vietnamese-syllables.ts';

// Few values, so that entries often agree, nearly agree and contradict each other.
const maybe = <Value>(...values: readonly Value[]) => fc.constantFrom(undefined, ...values);
const anyListedPerson: fc.Arbitrary<ListedPerson> = fc.record({
  kind: fc.constant('person' as const),
  roleCode: maybe('73', '71', '40', 'dai-dien-phap-luat', 'chu-ho', '101'),
  roleLabel: maybe('Autre', 'Président de SAS'),
  isActive: maybe(true, true, true, false),
  isMasked: fc.constantFrom(false, false, false, true),
  name: maybe('Margaux Hélène Lacroix'),
  birthName: maybe('Lacroix', 'LACROIX', 'Brunel'),
  usageName: maybe('Lacroix', 'Debon'),
  givenNames: fc.constantFrom(['Margaux', 'Hélène'], ['HELENE', 'MARGAUX'], ['Margaux'], ['Margot'], []),
  birthdate: maybe(date('1988-08-15'), date('1988-08-15'), date('1988-08'), date('1989-08-15')),
  birthPlace: maybe({ locality: 'Marseille' }, { locality: 'MARSEILLE', country: 'FR' }, { locality: 'Lyon' }, {}),
  nationality: maybe('Française', 'Belge'),
  personalNumber: maybe({ country: 'FR', value: '1' }, { country: 'FR', value: '2' }),
});
const anyListed: fc.Arbitrary<Listed> = fc.oneof(
  { arbitrary: anyListedPerson, weight: 9 },
  { arbitrary: fc.constant(listedCompany()), weight: 1 },
);
const anyList = fc.array(anyListed, { maxLength: 5 });
const anyEntity = fc
  .record({
    state: fc.constantFrom('active', 'active', 'suspended', 'in-liquidation', 'closed', 'unknown'),
    isVietnamese: fc.boolean(),
  })
  .map(({ state, isVietnamese }) => (isVietnamese ? vietnameseCompany({ state }) : frenchCompany({ state })));
const anyIdentity: fc.Arbitrary<IdentityAttributes> = fc.constantFrom(
  margaux(),
  margaux({ national_id: { country: 'FR', type: 'personal-number', value: '1' } }),
  margaux({ birthdate: date('1988-08') }),
);

const isAutomatic = (one: ReturnType<typeof match>) => one.verdict.kind === 'binds';
const runs = { numRuns: 3000 };

describe('whatever a register lists', () => {
  it('is answered, and accepted only on a number or on all of name, day and place', () => {
    fc.assert(
      fc.property(anyIdentity, anyList, anyEntity, (identity, listed, entity) => {
        const answer = match(identity, { listed, entity });
        if (!isAutomatic(answer)) return true;
        const outcome = (criterion: string) => answer.criteria.find((one) => one.criterion === criterion)?.outcome;
        const isByNumber = outcome('number') === 'equal' && outcome('birthdate') !== 'different';
        const isByIdentity =
          entity.country !== 'VN' &&
          ['family-name', 'given-names', 'birthdate', 'birth-place'].every((one) => outcome(one) === 'equal') &&
          outcome('number') !== 'different';
        const conditions = ['role', 'role-active', 'uniqueness', 'entity-state', 'identity-level'];
        return (isByNumber || isByIdentity) && conditions.every((one) => outcome(one) === 'met');
      }),
      runs,
    );
  });

  it('is answered alike in any order', () => {
    fc.assert(
      fc.property(anyIdentity, anyList, anyEntity, fc.infiniteStream(fc.nat()), (identity, listed, entity, numbers) => {
        const shuffled = listed
          .map((one) => ({ one, at: numbers.next().value as number }))
          .toSorted((one, other) => one.at - other.at)
          .map(({ one }) => one);
        const [answer, again] = [listed, shuffled].map((list) => match(identity, { listed: list, entity }));
        expect({ ...again, needsConsentOf: again?.needsConsentOf.length }).toEqual({
          ...answer,
          needsConsentOf: answer?.needsConsentOf.length,
        });
      }),
      runs,
    );
  });

  it('is never accepted for one more entry where several fitted', () => {
    fc.assert(
      fc.property(anyList, anyListedPerson, anyEntity, (listed, another, entity) => {
        const identity = margaux();
        if (match(identity, { listed, entity }).result !== 'ambiguous') return true;
        return match(identity, { listed: [...listed, another], entity }).result === 'ambiguous';
      }),
      runs,
    );
  });

  it('is never accepted without a number where anything of the person is missing', () => {
    const attributes = ['birthdate', 'place_of_birth', 'family_name', 'given_name'] as const;
    fc.assert(
      fc.property(anyIdentity, fc.constantFrom(...attributes), anyList, anyEntity, (identity, left, listed, entity) => {
        const { [left]: _, ...rest } = identity;
        const { verdict } = match(rest as IdentityAttributes, { listed, entity });
        return verdict.kind !== 'binds' || verdict.orgLevel === 'org3';
      }),
      runs,
    );
  });

  it('is never accepted without a number where anything of the one who is listed is missing', () => {
    const attributes = ['birthdate', 'birthPlace', 'birthName', 'givenNames', 'roleCode', 'isActive'] as const;
    fc.assert(
      fc.property(anyIdentity, fc.constantFrom(...attributes), anyList, (identity, left, listed) => {
        const less = listed.map((one) => ({
          ...one,
          roleLabel: undefined,
          usageName: undefined,
          personalNumber: undefined,
          [left]: left === 'givenNames' ? [] : undefined,
        }));
        return !isAutomatic(match(identity, { listed: less }));
      }),
      runs,
    );
  });

  it('is never accepted at a level of proof where a higher one is refused', () => {
    fc.assert(
      fc.property(anyIdentity, anyList, anyEntity, (identity, listed, entity) => {
        const [unproved, proved, inPerson] = (['ial1', 'ial2', 'ial3'] as const).map((ial) =>
          match(identity, { listed, entity, ial }),
        );
        expect(unproved?.verdict.kind).toBe('refused');
        expect(inPerson).toEqual(proved);
      }),
    );
  });
});

describe('a name that differs in a tone', () => {
  const tones = fc.uniqueArray(fc.constantFrom('', ...toneMarks), { minLength: 2, maxLength: 2 });

  it('is another name, with a number or without', () => {
    fc.assert(
      fc.property(anySyllable, tones, fc.boolean(), (syllable, [mine, theirs], isUpper) => {
        const write = (tone = ''): string => {
          const [written = ''] = placements({ ...syllable, tone: tone as (typeof toneMarks)[number] });
          return isUpper ? written.toUpperCase() : written;
        };
        const identity = { name: `Nguyễn Thị ${write(mine)}`, birthdate: date('1965-10-03') };
        const entry = listedHoa({ name: `Nguyễn Thị ${write(theirs)}` });
        const { national_id } = hoa();
        const french = margaux({ given_name: write(mine) });
        const frenchEntry: ListedPerson = {
          ...entry,
          roleCode: '73',
          name: undefined,
          personalNumber: undefined,
          birthName: 'Lacroix',
          givenNames: [write(theirs)],
          birthdate: date('1988-08-15'),
          birthPlace: { locality: 'Marseille' },
        };
        return (
          !isAutomatic(
            match(
              { ...identity, ...(national_id && { national_id }) },
              { listed: [entry], entity: vietnameseCompany() },
            ),
          ) &&
          !isAutomatic(
            match(identity, { listed: [{ ...entry, personalNumber: undefined }], entity: vietnameseCompany() }),
          ) &&
          !isAutomatic(match(french, { listed: [frenchEntry] }))
        );
      }),
    );
  });

  it('is the same one wherever its mark is written', () => {
    fc.assert(
      fc.property(anySyllable, (syllable) => {
        const [first = '', ...others] = placements(syllable);
        const identity = hoa({ name: `Nguyễn Thị ${first}` });
        return others.every((other) =>
          isAutomatic(
            match(identity, { listed: [listedHoa({ name: `NGUYỄN THỊ ${other}` })], entity: vietnameseCompany() }),
          ),
        );
      }),
    );
  });
});
