import { describe, expect, it } from '@jest/globals';
import {
  type ChoiceCircumstances,
  powerNames,
  shownCriteria,
  shownOptions,
  shownOrganization,
  shownResult,
} from '../../src/oidc/organization-page.ts';
import type { LegalEntity } from '../../src/registries/legal-entity.ts';
import type { ListedMandate } from '../../src/representation/held-mandate.ts';
import { newCatalogue } from '../../src/representation/powers.ts';

const catalogue = newCatalogue([
  {
    code: 'tax:file',
    names: { vi: 'Nộp hồ sơ khai thuế', en: 'File tax returns', fr: 'Déposer des déclarations' },
    minAcr: 'substantial',
    critical: false,
  },
  {
    code: 'tax:close',
    names: { vi: 'Đóng mã số thuế', en: 'Close a tax code', fr: 'Fermer un numéro fiscal' },
    minAcr: 'high',
    critical: true,
  },
]);
const circumstances: ChoiceCircumstances = {
  judge: () => ({ kind: 'usable', demand: { leastIal: 'ial2', acr: 'substantial' } }),
  catalogue,
  locale: 'vi',
  selectedId: undefined,
};
const mandate: ListedMandate = {
  id: 'm1',
  state: 'active',
  exercise: { kind: 'sole' },
  powers: ['*'],
  name: 'CÔNG TY TNHH MỘT THÀNH VIÊN TRÀ SƯƠNG MAI',
  number: { scheme: 'vn-enterprise', value: '9900100003' },
  isOnePersons: false,
  chosenHereAt: undefined,
};
const joint = { kind: 'joint', quorum: 2, of: ['m1', 'm2'] } as const;

describe('what the choice offers', () => {
  const whyNot = (change: Partial<ListedMandate>, more: Partial<ChoiceCircumstances> = {}) =>
    shownOptions([{ ...mandate, ...change }], { ...circumstances, ...more }).map(({ unavailable }) => unavailable);

  it('offers a mandate that is in force and holds what is asked', () => {
    expect(whyNot({})).toEqual([undefined]);
  });

  it.each(['pending-consent', 'pending-review', 'suspended'] as const)('says that one is %s', (state) => {
    expect(whyNot({ state })).toEqual([{ reason: state }]);
  });

  it.each(['revoked', 'refused', 'expired'] as const)('leaves out one that is %s', (state) => {
    expect(whyNot({ state })).toEqual([]);
  });

  it('says that a joint one is no use at a portal that takes none', () => {
    expect(whyNot({ exercise: joint }, { judge: () => ({ kind: 'joint' }) })).toEqual([{ reason: 'joint' }]);
  });

  it('names the powers that are missing in the language of the page', () => {
    const lacking = (missing: readonly string[]): Pick<ChoiceCircumstances, 'judge'> => ({
      judge: () => ({ kind: 'powers-missing', missing }),
    });
    expect(whyNot({}, lacking(['tax:close']))).toEqual([{ reason: 'powers-missing', missing: ['Đóng mã số thuế'] }]);
    expect(whyNot({}, { ...lacking(['tax:file']), locale: 'fr' })).toEqual([
      { reason: 'powers-missing', missing: ['Déposer des déclarations'] },
    ]);
  });

  it('marks the one chosen last at this portal, and no other', () => {
    const options = shownOptions(
      [
        { ...mandate, id: 'm1', chosenHereAt: new Date('2026-11-20') },
        { ...mandate, id: 'm2', chosenHereAt: new Date('2026-11-22') },
        { ...mandate, id: 'm3' },
      ],
      circumstances,
    );
    expect(options.filter(({ isLastChoice }) => isLastChoice).map(({ value }) => value)).toEqual(['m2']);
  });

  it('marks nothing where nothing was chosen', () => {
    expect(shownOptions([mandate], circumstances)[0]?.isLastChoice).toBe(false);
  });

  it('selects what came back or was hinted at, unless it can’t be chosen', () => {
    const selected = (state: ListedMandate['state']) =>
      shownOptions([{ ...mandate, state }], { ...circumstances, selectedId: 'm1' })[0]?.isSelected;
    expect([selected('active'), selected('suspended')]).toEqual([true, false]);
  });
});

describe('what a page says of an organization', () => {
  const entity: LegalEntity = {
    number: { scheme: 'fr-siren', value: '000018374' },
    numberIsFaulty: false,
    name: 'ATELIERS DU TILLEUL',
    legalForm: { code: '5710', label: 'SAS, société par actions simplifiée' },
    state: 'active',
    isNaturalPerson: false,
    country: 'FR',
  };

  it('is in the form in which people read it', () => {
    expect(shownOrganization(entity, { asOf: new Date('2026-11-21T18:00:00Z'), isStale: true })).toEqual({
      name: 'ATELIERS DU TILLEUL',
      number: '000\u00a0018\u00a0374',
      numberLabel: 'siren',
      legalForm: 'SAS, société par actions simplifiée',
      state: 'active',
      address: undefined,
      asOf: '22/11/2026',
      isStale: true,
    });
  });

  it('shows little of a number that is a person’s', () => {
    const household = { ...entity, number: { scheme: 'vn-household', value: '087169372805' } } as const;
    expect(shownOrganization(household, { asOf: new Date(0), isStale: false })).toMatchObject({
      number: '•••805',
      numberLabel: 'household',
    });
  });
});

it('the name of a power that nobody publishes is its code', () => {
  expect(powerNames(['tax:file', 'tax:gone', '*'], { catalogue, locale: 'en' })).toEqual([
    'File tax returns',
    'tax:gone',
    '*',
  ]);
});

it('a criterion is shown by how it came out', () => {
  expect(shownCriteria([{ criterion: 'birthdate', outcome: 'different', isPublic: false }])).toEqual([
    { criterion: 'birthdate', outcome: 'different' },
  ]);
});

describe('what came of a wish', () => {
  const explained = { criteria: [], role: 'Président' } as const;
  const others = [{ name: undefined, answer: 'waiting' }] as const;

  it('is asked for once there is a mandate that waits', () => {
    const asked = (mandateId: string | undefined) =>
      shownResult({ kind: 'needs-consent', mandateId, others, ...explained }, { exercise: 'joint' });
    expect(asked(undefined)).toEqual({ kind: 'needs-consent', others, isAsked: false, exercise: 'joint' });
    expect(asked('m1')).toMatchObject({ isAsked: true });
  });

  it('keeps the ids of the store to itself', () => {
    const results = [
      shownResult({ kind: 'established', mandateId: 'm1', ...explained }, { exercise: undefined }),
      shownResult(
        { kind: 'needs-review', mandateId: 'm1', reason: 'masked', reference: '4SDRXEMN0R', ...explained },
        { exercise: undefined },
      ),
    ];
    expect(results).toEqual([
      { kind: 'established', role: 'Président' },
      { kind: 'needs-review', reason: 'masked', reference: '4SDRXEMN0R' },
    ]);
  });
});
