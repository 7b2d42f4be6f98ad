import { describe, expect, it } from '@jest/globals';
import { bindingRoles } from '../../src/representation/binding-role-table.ts';
import { effectiveEntityState, roleBinds } from '../../src/representation/binding-roles.ts';
import { frenchCompany, household, listedMargaux, vietnameseCompany } from '../support/listed-people.ts';

const labelled = (roleLabel: string) => ({ roleCode: undefined, roleLabel });
const coded = (roleCode: string) => ({ roleCode, roleLabel: undefined });
const verdict = (entity: Parameters<typeof roleBinds>[0]['entity'], role: Parameters<typeof roleBinds>[0]['role']) =>
  roleBinds({ entity, role }, bindingRoles).verdict;
const form = (code: string) => frenchCompany({ legalForm: { code, label: '' } });

describe('who binds a French company, by its legal category and INPI role code', () => {
  it.each([
    ['SARL', '5499', ['28', '29', '30'], ['53', '73', '205', '41']],
    ['SNC', '5202', ['28', '29', '74'], ['30', '75']],
    ['SCI', '6540', ['28', '29', '30'], ['205', '73']],
    ['SAS', '5710', ['53', '70', '73', '205'], ['30', '60', '110']],
    ['SELAS', '5785', ['53', '70', '73', '205'], ['30']],
    ['SA with a board', '5599', ['53', '60', '70'], ['51', '52', '205']],
    ['SA with a directorate', '5699', ['52', '69'], ['53', '63', '60']],
    ['foreign company', '3120', ['55', '56'], ['77', '30']],
    ['association', '9220', ['205'], ['207', '208']],
    ['ministry', '7113', [], ['30', '53', '73', '205']],
    ['undeclared association', '9210', [], ['205']],
    ['cooperative bank', '6596', [], ['30', '53']],
    ['form that is no code of theirs', '57', [], ['73']],
  ])('%s (%s)', (_, code, binding, others) => {
    for (const role of [...binding, '66', '67', '204', '214', '215']) {
      expect([role, verdict(form(code), coded(role))]).toEqual([role, 'binds']);
    }
    for (const role of others) expect([role, verdict(form(code), coded(role))]).toEqual([role, 'unknown']);
    for (const role of ['61', '64', '65', '71', '72', '106', '135']) {
      expect([role, verdict(form(code), coded(role))]).toEqual([role, 'does-not-bind']);
    }
  });

  it('in liquidation is only the liquidator, and the administrator whom a court appointed', () => {
    const entity = frenchCompany({ state: 'in-liquidation' });
    expect(['40', '98', '73', '66', '71'].map((code) => verdict(entity, coded(code)))).toEqual([
      'binds',
      'binds',
      'does-not-bind',
      'does-not-bind',
      'does-not-bind',
    ]);
    expect(verdict(entity, labelled('Autre'))).toBe('unknown');
  });

  it('is nobody once it is closed, and nobody knows where its state is unknown', () => {
    expect(verdict(frenchCompany({ state: 'closed' }), coded('73'))).toBe('does-not-bind');
    expect(verdict(frenchCompany({ state: 'unknown' }), coded('73'))).toBe('unknown');
  });

  it.each([
    ['Président de SAS', 'binds'],
    ['PRESIDENT DE SAS', 'binds'],
    ['Commissaire aux comptes suppléant', 'does-not-bind'],
    ['Administrateur', 'does-not-bind'],
    ['Autre', 'unknown'],
    ['', 'unknown'],
    ['Président d’honneur', 'unknown'],
  ])('reads the label %s where there is no code', (label, expected) => {
    expect(verdict(frenchCompany(), labelled(label))).toBe(expected);
  });

  it('takes a code as it is, whatever its label says', () => {
    expect(verdict(frenchCompany(), { roleCode: '99', roleLabel: 'Président de SAS' })).toBe('unknown');
    expect(verdict(frenchCompany(), { roleCode: undefined, roleLabel: undefined })).toBe('unknown');
  });

  it('is in liquidation as soon as a liquidator is listed, however the register calls its state', () => {
    const entity = frenchCompany();
    const state = (listed: Parameters<typeof effectiveEntityState>[0]['listed']) =>
      effectiveEntityState({ entity, listed }, bindingRoles);
    const liquidator = listedMargaux({ roleCode: undefined, roleLabel: 'Liquidateur' });
    expect(state([listedMargaux(), liquidator])).toBe('in-liquidation');
    expect(state([listedMargaux(), { ...liquidator, isActive: false }])).toBe('active');
    expect(state([listedMargaux()])).toBe('active');
  });

  it('is in a state that nobody knows where its text speaks of insolvency', () => {
    const state = (changes: Parameters<typeof frenchCompany>[0]) =>
      effectiveEntityState(
        { entity: frenchCompany({ mentionsInsolvency: true, ...changes }), listed: [] },
        bindingRoles,
      );
    expect(state({ state: 'active' })).toBe('unknown');
    expect(state({ state: 'in-liquidation' })).toBe('in-liquidation');
    expect(state({ state: 'closed' })).toBe('closed');
  });

  it.each([
    ['30', 'Gérant'],
    ['40', 'Liquidateur'],
    ['56', 'Dirigeant en France d’une personne morale étrangère'],
    ['60', 'Président du conseil d’administration et directeur général'],
    ['65', 'Administrateur'],
    ['66', 'Personne ayant le pouvoir d’engager à titre habituel la société'],
    ['71', 'Commissaire aux comptes titulaire'],
    ['99', 'Autre'],
    ['205', 'Président'],
  ])('knows code %s by its label, %s', (code, label) => {
    for (const entity of [form('5710'), form('5599'), form('9220')]) {
      expect(verdict(entity, labelled(label))).toBe(verdict(entity, coded(code)));
    }
  });
});

describe('who binds a Vietnamese business', () => {
  it.each([
    ['Người đại diện theo pháp luật', 'binds'],
    ['NGƯỜI ĐẠI DIỆN THEO PHÁP LUẬT', 'binds'],
    ['Kế toán trưởng', 'does-not-bind'],
    ['Kiểm toán viên', 'does-not-bind'],
    ['Giám đốc', 'unknown'],
    ['Chủ hộ kinh doanh', 'unknown'],
  ])('a company: %s', (label, expected) => {
    expect(verdict(vietnameseCompany(), labelled(label))).toBe(expected);
  });

  it('a household: its owner and nobody else', () => {
    expect(verdict(household('046165000123'), labelled('Chủ hộ kinh doanh'))).toBe('binds');
    expect(verdict(household('046165000123'), labelled('Người đại diện theo pháp luật'))).toBe('unknown');
  });

  it('in liquidation is for people to judge', () => {
    expect(verdict(vietnameseCompany({ state: 'in-liquidation' }), coded('dai-dien-phap-luat'))).toBe('unknown');
  });
});

describe('who binds one person’s own business in France', () => {
  it('is that person, and nobody with a power at a company', () => {
    const entity = frenchCompany({
      isNaturalPerson: true,
      legalForm: { code: '1000', label: 'Entrepreneur individuel' },
    });
    expect(verdict(entity, coded('101'))).toBe('binds');
    expect(['30', '66', '73'].map((code) => verdict(entity, coded(code)))).toEqual(['unknown', 'unknown', 'unknown']);
  });
});

describe('the table of binding roles', () => {
  it('says by which version it decided, and knows no law for a number of no country', () => {
    const entity = { ...frenchCompany(), number: { scheme: 'lei' as const, value: '529900T8BM49AURSDO55' } };
    expect(roleBinds({ entity, role: coded('73') }, bindingRoles)).toEqual({
      verdict: 'unknown',
      ruleVersion: bindingRoles.version,
    });
  });

  it('has each form once', () => {
    const ranges = bindingRoles.jurisdictions.FR.forms
      .flatMap(({ forms }) => forms)
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
    ranges.reduce((last, [first, end]) => {
      expect(first > last && end >= first).toBe(true);
      return end;
    }, '');
  });
});
