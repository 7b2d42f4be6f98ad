import { describe, expect, it } from '@jest/globals';
import { ials } from '../../src/accounts/ial.ts';
import { type FurtherProof, type RecoveryProof, recoveryNeed } from '../../src/accounts/recovery-rules.ts';

/** Every list that can be made of these, in their order. */
function subsets<T>([first, ...rest]: readonly T[]): readonly (readonly T[])[] {
  if (first === undefined) return [[]];
  const without = subsets(rest);
  return [...without, ...without.map((list) => [first, ...list])];
}

type Standing = Parameters<typeof recoveryNeed>[0];
type Facts = {
  readonly plain: boolean;
  readonly given: 'code' | 'other' | 'two';
  readonly waited: boolean;
  readonly tooManyStops: boolean;
  readonly moreLeft: boolean;
};

const yes = true;
const no = false;
const any = undefined;

// The table, read line by line from the top: the first that fits says what happens. `plain` is an account with nothing
// on it: identity not proved (at most ial 1), no second factor, no mandate.
const table: readonly {
  readonly plain: boolean | undefined;
  readonly given: Facts['given'] | undefined;
  readonly waited: boolean | undefined;
  readonly tooManyStops: boolean | undefined;
  readonly moreLeft: boolean | undefined;
  readonly happens: ReturnType<typeof recoveryNeed>['kind'];
}[] = [
  { plain: any, given: any, waited: any, tooManyStops: yes, moreLeft: any, happens: 'desk-or-eid-only' },
  { plain: yes, given: 'code', waited: any, tooManyStops: no, moreLeft: any, happens: 'recovers' },
  { plain: any, given: 'two', waited: any, tooManyStops: no, moreLeft: any, happens: 'recovers' },
  { plain: no, given: 'code', waited: yes, tooManyStops: no, moreLeft: any, happens: 'recovers' },
  { plain: no, given: 'code', waited: no, tooManyStops: no, moreLeft: yes, happens: 'needs-one-more' },
  { plain: no, given: 'code', waited: no, tooManyStops: no, moreLeft: no, happens: 'may-wait' },
  { plain: any, given: 'other', waited: yes, tooManyStops: no, moreLeft: any, happens: 'recovers' },
  { plain: any, given: 'other', waited: no, tooManyStops: no, moreLeft: yes, happens: 'needs-one-more' },
  { plain: any, given: 'other', waited: no, tooManyStops: no, moreLeft: no, happens: 'may-wait' },
];

const proofs: readonly RecoveryProof[] = ['mailed-code', 'totp', 'recovery-code', 'passkey'];
const further: readonly FurtherProof[] = ['totp', 'recovery-code', 'passkey'];

const situations = ials.flatMap((ial) =>
  [no, yes].flatMap((hasSecondFactor) =>
    [no, yes].flatMap((hasMandate) => [0, 1, 2, 3].map((stops) => ({ ial, hasSecondFactor, hasMandate, stops }))),
  ),
);

const everyStanding: readonly Standing[] = situations.flatMap((situation) =>
  subsets(proofs).flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : subsets(further).flatMap((available) =>
          [no, yes].map((hasWaited) => ({ situation, given: [first, ...others] as const, available, hasWaited })),
        ),
  ),
);

function factsOf({ situation, given, available, hasWaited }: Standing): Facts {
  const { ial, hasSecondFactor, hasMandate, stops } = situation;
  return {
    plain: (ial === 'ial0' || ial === 'ial1') && !hasSecondFactor && !hasMandate,
    given: given.length > 1 ? 'two' : given[0] === 'mailed-code' ? 'code' : 'other',
    waited: hasWaited,
    tooManyStops: stops === 2 || stops === 3,
    moreLeft: available.some((proof) => !given.includes(proof)),
  };
}

function fits(line: (typeof table)[number], facts: Facts): boolean {
  const columns = ['plain', 'given', 'waited', 'tooManyStops', 'moreLeft'] as const;
  return columns.every((column) => line[column] === any || line[column] === facts[column]);
}

describe('what brings an account back', () => {
  it('is what the table says, in every case there is', () => {
    expect(everyStanding).toHaveLength(4 * 2 * 2 * 4 * 2 * 15 * 8);
    const wrong = everyStanding.filter((standing) => {
      const facts = factsOf(standing);
      const lines = table.filter((line) => fits(line, facts));
      return lines[0]?.happens !== recoveryNeed(standing).kind;
    });
    expect(wrong).toEqual([]);
  });

  it('asks only for what the account has and was not given', () => {
    for (const standing of everyStanding) {
      const need = recoveryNeed(standing);
      if (need.kind !== 'needs-one-more') continue;
      expect(need.proofs).toEqual(standing.available.filter((proof) => !standing.given.includes(proof)));
    }
  });

  it('takes the same proof twice for one', () => {
    const situation = { ial: 'ial0', hasSecondFactor: true, hasMandate: false, stops: 0 } as const;
    const given = ['mailed-code', 'mailed-code'] as const;
    expect(recoveryNeed({ situation, given, available: ['totp'], hasWaited: false })).toEqual({
      kind: 'needs-one-more',
      proofs: ['totp'],
    });
  });
});
