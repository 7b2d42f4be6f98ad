import { describe, expect, it } from '@jest/globals';
import type { Listed, ListedPerson } from '../../src/registries/legal-entity.ts';
import {
  frenchCompany,
  listedMargaux as listed,
  listedCompany,
  match,
  outcomeOf,
  margaux as person,
  siren,
} from '../support/listed-people.ts';

const binds = (orgLevel: string) => ({ result: 'exact', verdict: { kind: 'binds', orgLevel } });
const review = (result: string, reason: string) => ({ result, verdict: { kind: 'review', reason } });
const refused = (result: string, reason: string) => ({ result, verdict: { kind: 'refused', reason } });
const close = review('close', 'close-match');
const notListed = refused('none', 'not-listed');

describe('what registers really answer', () => {
  it.each<readonly [string, readonly Listed[], object]>([
    ['the auditor, listed as a person', [listed({ roleCode: '71' })], refused('exact', 'role-does-not-bind')],
    ['a board member', [listed({ roleCode: '65' })], refused('exact', 'role-does-not-bind')],
    ['a role that is null', [listed({ roleCode: undefined })], review('exact', 'role-unknown')],
    ['the role "Autre"', [listed({ roleCode: undefined, roleLabel: 'Autre' })], review('exact', 'role-unknown')],
    [
      'the chairman with no role code',
      [listed({ roleCode: undefined, roleLabel: undefined })],
      review('exact', 'role-unknown'),
    ],
    ['an officer who left', [listed({ isActive: false })], refused('exact', 'former-officer')],
    ['an auditor who left', [listed({ isActive: false, roleCode: '71' })], refused('exact', 'role-does-not-bind')],
    [
      'an officer of whom nobody says if they left',
      [listed({ isActive: undefined })],
      review('exact', 'role-activity-unknown'),
    ],
    [
      'an auditor who is only close',
      [listed({ roleCode: '71', birthPlace: undefined })],
      refused('close', 'role-does-not-bind'),
    ],
    [
      'an officer who left and is only close',
      [listed({ isActive: false, birthPlace: undefined })],
      refused('close', 'former-officer'),
    ],
    ['nobody', [], review('none', 'no-representatives-listed')],
    [
      'nobody but auditors',
      [listed({ roleCode: '71', birthName: 'Brunel' })],
      review('none', 'no-representatives-listed'),
    ],
    [
      'the state, without a number',
      [listedCompany({ name: "L'ETAT", number: undefined })],
      { ...notListed, follow: [undefined] },
    ],
    ['somebody masked', [listed({ isMasked: true }), listed({ birthName: 'Brunel' })], review('none', 'masked')],
    ['a masked auditor', [listed({ isMasked: true, roleCode: '71' }), listed({ birthName: 'Brunel' })], notListed],
    ['somebody without a name', [listed({ birthName: undefined })], review('none', 'masked')],
    [
      'a liquidator beside her',
      [listed(), listed({ roleCode: '40', birthName: 'Brunel' })],
      refused('exact', 'only-liquidator-binds'),
    ],
    ['her as the liquidator', [listed({ roleCode: '40' })], binds('org2')],
    ['a liquidator alone', [listed({ roleCode: '40', birthName: 'Brunel' })], notListed],
    ['a company as president', [listedCompany()], { ...notListed, follow: [siren('130025265')] }],
    [
      'a president whose number is wrong',
      [listedCompany({ numberIsFaulty: true })],
      { ...notListed, follow: [undefined] },
    ],
    ['a company that was president', [listedCompany({ isActive: false })], review('none', 'no-representatives-listed')],
    [
      'a company as auditor',
      [listedCompany({ roleCode: '71' }), listed({ birthName: 'Brunel' })],
      { ...notListed, follow: [] },
    ],
  ])('%s', (_, list, expected) => {
    expect(match(person(), { listed: list })).toMatchObject(expected);
  });

  it('an organization that is closed, or of which nobody knows', () => {
    const by = (state: 'closed' | 'unknown' | 'suspended' | 'in-liquidation') =>
      match(person(), { listed: [listed(), listedCompany()], entity: frenchCompany({ state }) });
    expect(by('closed')).toMatchObject({ ...refused('none', 'organization-closed'), follow: [] });
    expect(by('unknown')).toMatchObject(review('exact', 'organization-state-unknown'));
    expect(by('suspended')).toMatchObject(binds('org2'));
    expect(by('in-liquidation')).toMatchObject(refused('exact', 'only-liquidator-binds'));
  });

  it('the same director with two roles, or with two lists of given names', () => {
    const twice = (changes: Partial<ListedPerson>) => match(person(), { listed: [listed(changes), listed()] });
    expect(twice({ roleCode: '53' })).toMatchObject(binds('org2'));
    expect(twice({ roleCode: undefined })).toMatchObject(binds('org2'));
    expect(twice({ givenNames: ['MARGAUX'] })).toMatchObject(binds('org2'));
    expect(twice({ isActive: false })).toMatchObject(binds('org2'));
    // She is the auditor by every criterion, and may be the president, whose entry says less.
    const president = listed({ givenNames: ['MARGAUX'] });
    expect(match(person(), { listed: [listed({ roleCode: '71' }), president] })).toMatchObject(close);
  });

  it('two people who fit equally', () => {
    const rows: readonly Partial<ListedPerson>[] = [
      { nationality: 'Belge' },
      { birthName: 'Brunel', usageName: 'LACROIX' },
      { personalNumber: { country: 'FR', value: '2' } },
    ];
    const one = listed({ nationality: 'Française', personalNumber: { country: 'FR', value: '1' } });
    for (const changes of rows) {
      const both = match(person(), { listed: [one, listed(changes)] });
      expect(both).toMatchObject(review('ambiguous', 'several-fit'));
      expect(outcomeOf(both, 'uniqueness')).toBe('not-met');
    }
  });

  it('two who fit, and a third who would make one of them', () => {
    const bridge = listed({ birthName: undefined, usageName: 'LACROIX' });
    const two = [listed({ nationality: 'Belge' }), listed({ nationality: 'Française' })];
    expect(match(person(), { listed: [...two, bridge] }).result).toBe('ambiguous');
  });

  it('two close ones, of whom nobody knows which', () => {
    const [one, other] = [listed({ birthdate: undefined }), listed({ birthPlace: undefined, birthdate: undefined })];
    const both = match(person(), { listed: [one, other] });
    expect(both).toMatchObject(close);
    expect(outcomeOf(both, 'uniqueness')).toBe('not-met');
  });
});
