import { describe, expect, it } from '@jest/globals';
import type { Listed, RegistrationNumber } from '../../src/registries/legal-entity.ts';
import {
  establishOutcome,
  type NextOutcome,
  type OrganizationAnswer,
} from '../../src/representation/establish-outcome.ts';
import { type Claimant, matchingRules } from '../../src/representation/judge-match.ts';
import {
  claimant,
  found,
  frenchCompany,
  hoa,
  household,
  listedCompany,
  listedHoa,
  listedMargaux,
  margaux,
  masked,
  notFound,
  siren,
  unavailable,
  vietnameseCompany,
} from '../support/listed-people.ts';

const sirens = ['552032534', '130025265', '302474648', '356000000', '839517323', '300025764'].map(siren);
const [first = siren(''), second = siren(''), third = siren(''), fourth = siren(''), fifth = siren('')] = sirens;

const listing = (number: RegistrationNumber, listed: readonly Listed[]): OrganizationAnswer => ({
  number,
  entity: found(frenchCompany({ number })),
  representatives: found(listed),
});
const ledBy = (number: RegistrationNumber, president: RegistrationNumber | undefined) =>
  listing(number, [listedCompany({ number: president })]);

function outcome(answers: readonly OrganizationAnswer[], person: Claimant = claimant(margaux())): NextOutcome {
  const [named, ...others] = answers;
  if (named === undefined) throw new Error('no answer');
  return establishOutcome({ person, answers: [named, ...others], rules: matchingRules });
}

describe('what follows from the answer for one organization', () => {
  const company = found(frenchCompany());
  const list = found([listedMargaux()]);
  const stranger = found([listedMargaux({ birthName: 'Brunel' })]);

  it.each([
    ['the representative', company, list, { kind: 'established', orgLevel: 'org2' }],
    ['a stranger', company, stranger, { kind: 'not-representative', reason: 'not-listed' }],
    ['no such organization', notFound, list, { kind: 'not-representative', reason: 'organization-not-found' }],
    ['an organization that is masked', masked, list, { kind: 'needs-review', reason: 'masked' }],
    ['representatives who are masked', company, masked, { kind: 'needs-review', reason: 'masked' }],
    ['nobody on file', company, notFound, { kind: 'needs-review', reason: 'no-representatives-listed' }],
    ['an empty list', company, found([]), { kind: 'needs-review', reason: 'no-representatives-listed' }],
    [
      'a closed company',
      found(frenchCompany({ state: 'closed' })),
      list,
      { kind: 'not-representative', reason: 'organization-closed' },
    ],
    // An outage is never a no.
    ['an outage', unavailable, unavailable, { kind: 'registry-unavailable', source: 'sandbox' }],
    ['an outage of the one', unavailable, stranger, { kind: 'registry-unavailable' }],
    ['an outage of the other', company, unavailable, { kind: 'registry-unavailable' }],
  ] as const)('%s', (_, entity, representatives, expected) => {
    expect(outcome([{ number: first, entity, representatives }])).toMatchObject(expected);
  });

  it('rests on the answers that were used, each with its age and hash', () => {
    const established = outcome([{ number: first, entity: company, representatives: list }]);
    const { source, asOf, responseHash } = list.kind === 'found' ? list : notFound;
    expect(established).toMatchObject({
      path: [first],
      evidence: [
        { source, asOf, responseHash },
        { source, asOf, responseHash },
      ],
    });
  });

  it('knows the owner of a household business while the list is out of reach', () => {
    const entity = household('046165000123');
    const answer = { number: entity.number, entity: found(entity), representatives: unavailable };
    expect(outcome([answer], claimant(hoa()))).toMatchObject({ kind: 'established', orgLevel: 'org3' });
    const another = household('046165000124');
    expect(outcome([{ ...answer, number: another.number, entity: found(another) }], claimant(hoa())).kind).toBe(
      'registry-unavailable',
    );
  });

  it('has joint representatives wait for each other', () => {
    const entity = vietnameseCompany();
    const other = listedHoa({ name: 'Trần Văn Bình', personalNumber: { country: 'VN', value: '001065000999' } });
    const answer = { number: entity.number, entity: found(entity), representatives: found([other, listedHoa()]) };
    expect(outcome([answer], claimant(hoa()))).toMatchObject({
      kind: 'needs-consent-of',
      others: [0],
      orgLevel: 'org3',
    });
  });
});

describe('a company whose president is a company', () => {
  it('is followed to the person', () => {
    expect(outcome([ledBy(first, second)])).toEqual({ kind: 'follow', number: second });
    expect(outcome([ledBy(first, second), listing(second, [listedMargaux()])])).toMatchObject({
      kind: 'established',
      orgLevel: 'org2',
      path: [first, second],
      evidence: [{}, {}, {}, {}],
    });
  });

  it('is followed as far as three companies, and no further', () => {
    const chain = [ledBy(first, second), ledBy(second, third), ledBy(third, fourth)];
    expect(outcome(chain)).toEqual({ kind: 'follow', number: fourth });
    expect(outcome([...chain, listing(fourth, [listedMargaux()])])).toMatchObject({
      kind: 'established',
      path: sirens.slice(0, 4),
    });
    expect(outcome([...chain, ledBy(fourth, fifth), listing(fifth, [listedMargaux()])])).toMatchObject({
      kind: 'needs-review',
      reason: 'chain-too-long',
    });
  });

  it('is not followed in a circle', () => {
    const circle = { kind: 'needs-review', reason: 'chain-in-circle' };
    expect(outcome([ledBy(first, first)])).toMatchObject(circle);
    expect(outcome([ledBy(first, second), ledBy(second, first)])).toMatchObject(circle);
  });

  it('is asked for once, on whatever ways it is reached', () => {
    const both = listing(first, [listedCompany({ number: second }), listedCompany({ number: third, roleCode: '53' })]);
    const answers = [both, ledBy(second, fourth), ledBy(third, fourth), listing(fourth, [])];
    expect(outcome(answers)).toMatchObject({ kind: 'needs-review', reason: 'no-representatives-listed' });
  });

  it('is for people where its president has no number, or too many companies are', () => {
    expect(outcome([ledBy(first, undefined)])).toMatchObject({ kind: 'needs-review', reason: 'chain-without-number' });
    const many = Array.from({ length: 12 }, (_, index) => siren(`10000000${index}`));
    const named = listing(
      first,
      many.map((number) => listedCompany({ number })),
    );
    const answers = [named, ...many.map((number) => listing(number, [listedMargaux({ birthName: 'Brunel' })]))];
    expect(outcome(answers)).toMatchObject({ kind: 'needs-review', reason: 'chain-too-wide' });
  });

  it('says no only where every register has answered', () => {
    const stranger = listing(third, [listedMargaux({ birthName: 'Brunel' })]);
    const named = listing(first, [listedCompany({ number: second }), listedCompany({ number: third })]);
    const down = { ...stranger, number: second, representatives: unavailable };
    expect(outcome([named, down, stranger])).toMatchObject({ kind: 'registry-unavailable' });
    expect(outcome([named, { ...stranger, number: second }, stranger])).toMatchObject({
      kind: 'not-representative',
      reason: 'not-listed',
    });
    expect(outcome([named, down, listing(third, [listedMargaux()])])).toMatchObject({
      kind: 'established',
      path: [first, third],
    });
  });

  it('is not followed where the one who leads it would not bind', () => {
    const auditor = listing(first, [
      listedCompany({ number: second, roleCode: '71' }),
      listedMargaux({ birthName: 'Brunel' }),
    ]);
    expect(outcome([auditor])).toMatchObject({ kind: 'not-representative' });
    const closed = {
      ...listing(second, [listedMargaux()]),
      entity: found(frenchCompany({ number: second, state: 'closed' })),
    };
    expect(outcome([ledBy(first, second), closed])).toMatchObject({ kind: 'not-representative' });
  });
});
