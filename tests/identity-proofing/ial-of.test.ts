import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Ial, ials } from '../../src/accounts/ial.ts';
import type { IdentityStanding } from '../../src/accounts/verified-identity.ts';
import type { EidSource, LevelWorth } from '../../src/identity-proofing/eid-connector.ts';
import { createIdentityWorth, lowerIal } from '../../src/identity-proofing/ial-of.ts';

type Source = Pick<EidSource, 'key' | 'levels'>;

const now = new Date('2026-11-22T08:00:00Z');
const rank = (ial: Ial): number => ials.indexOf(ial);
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);

const sources: readonly Source[] = [
  { key: 'vn', levels: { LoA1: { ial: 'ial1', factors: 1 }, LoA2: { ial: 'ial2', factors: 2 } } },
  { key: 'fr', levels: { eidas1: { ial: 'ial1', factors: 1 } } },
];
const worth = createIdentityWorth(sources);

// The words that a source could write, with those of every object among them.
const word = fc.constantFrom('LoA1', 'LoA2', 'eidas1', '', 'constructor', '__proto__', 'toString', 'x');
const key = fc.constantFrom('vn', 'fr', 'gone', 'constructor', '__proto__');
const standing: fc.Arbitrary<IdentityStanding> = fc.record({
  source: key,
  level: word,
  verifiedAt: fc.nat({ max: 5000 }).map(ago),
});
const levelWorth: fc.Arbitrary<LevelWorth> = fc.record({
  ial: fc.constantFrom(...ials),
  factors: fc.constantFrom(1 as const, 2 as const),
});
const someSources: fc.Arbitrary<readonly Source[]> = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('vn', 'fr', 'de'),
    levels: fc.dictionary(fc.constantFrom('LoA1', 'LoA2', 'eidas1'), levelWorth),
  }),
  { selector: (source) => source.key },
);

describe('what evidence is worth', () => {
  it('is what its source and level are worth now', () => {
    expect(worth.ialOf([{ source: 'vn', level: 'LoA2', verifiedAt: now }], { now })).toBe('ial2');
    expect(worth.ialOf([{ source: 'fr', level: 'LoA2', verifiedAt: now }], { now })).toBe('ial0');
    expect(worth.ialOf([{ source: 'gone', level: 'LoA2', verifiedAt: now }], { now })).toBe('ial0');
    expect(worth.ialOf([], { now })).toBe('ial0');
  });

  it('protects an account by what it was worth, and by the most where that can’t be told any more', () => {
    const longAgo = new Date('2001-01-01');
    expect(worth.ialOnFile([{ source: 'vn', level: 'LoA2', verifiedAt: longAgo }])).toBe('ial2');
    expect(worth.ialOnFile([{ source: 'vn', level: 'unheard of', verifiedAt: now }])).toBe('ial0');
    expect(worth.ialOnFile([{ source: 'gone', level: 'LoA1', verifiedAt: now }])).toBe('ial3');
    expect(worth.ialOnFile([])).toBe('ial0');
  });

  it.each([
    [60, 'ial2'],
    [61, 'ial0'],
  ])('counts for as long as is asked: %i of 60 seconds', (age, ial) => {
    const standings = [{ source: 'vn', level: 'LoA2', verifiedAt: ago(age) }];
    expect(worth.ialOf(standings, { now, maxAgeSeconds: 60 })).toBe(ial);
    expect(worth.ialOf(standings, { now })).toBe('ial2');
  });

  it('is nothing for the words that every object knows', () => {
    for (const level of ['constructor', '__proto__', 'toString']) {
      expect(worth.ialOf([{ source: 'vn', level, verifiedAt: now }], { now })).toBe('ial0');
      expect(worth.factorsOf('vn', level)).toBe(1);
    }
  });

  it('is that of the best one, in any order', () => {
    fc.assert(
      fc.property(someSources, fc.array(standing), fc.option(fc.nat({ max: 5000 })), (configured, standings, age) => {
        const { ialOf, highestIal } = createIdentityWorth(configured);
        const at = { now, ...(age !== null && { maxAgeSeconds: age }) };
        const all = ialOf(standings, at);
        expect(ialOf(standings.toReversed(), at)).toBe(all);
        expect(rank(all)).toBe(Math.max(0, ...standings.map((one) => rank(ialOf([one], at)))));
        expect(rank(all)).toBeLessThanOrEqual(rank(highestIal));
      }),
    );
  });

  it('never rises as less is accepted', () => {
    fc.assert(
      fc.property(fc.array(standing), fc.nat({ max: 5000 }), fc.nat({ max: 5000 }), (standings, one, other) => {
        const shorter = worth.ialOf(standings, { now, maxAgeSeconds: Math.min(one, other) });
        const longer = worth.ialOf(standings, { now, maxAgeSeconds: Math.max(one, other) });
        expect(rank(shorter)).toBeLessThanOrEqual(rank(longer));
      }),
    );
  });
});

describe('the record that an answer comes from', () => {
  it('is worth most, then newest', () => {
    const newer = { source: 'vn', level: 'LoA2', verifiedAt: ago(10) };
    const older = { source: 'vn', level: 'LoA2', verifiedAt: ago(20) };
    const weaker = { source: 'fr', level: 'eidas1', verifiedAt: now };
    expect(worth.chooseRecord([weaker, older, newer])).toBe(newer);
    expect(worth.chooseRecord([weaker])).toBe(weaker);
    expect(worth.chooseRecord([{ source: 'vn', level: 'unknown', verifiedAt: now }])).toBeUndefined();
    expect(worth.chooseRecord([])).toBeUndefined();
  });

  it('is one of those given, worth as much as all, and the same in any order', () => {
    fc.assert(
      fc.property(someSources, fc.array(standing), (configured, records) => {
        const { chooseRecord, ialOf } = createIdentityWorth(configured);
        const chosen = chooseRecord(records);
        expect(chosen === undefined ? 'ial0' : ialOf([chosen], { now })).toBe(ialOf(records, { now }));
        expect(chooseRecord(records.toReversed())).toEqual(chosen);
        if (chosen === undefined) return;
        expect(records).toContain(chosen);
        const rivals = records.filter((one) => ialOf([one], { now }) === ialOf([chosen], { now }));
        expect(chosen.verifiedAt.getTime()).toBe(Math.max(...rivals.map(({ verifiedAt }) => verifiedAt.getTime())));
      }),
    );
  });
});

describe('what can be reached', () => {
  it('is the best that any source may assert', () => {
    expect(worth.highestIal).toBe('ial2');
    expect(createIdentityWorth([]).highestIal).toBe('ial0');
  });

  it('has the factors of the level, one where that is not known', () => {
    expect(worth.factorsOf('vn', 'LoA2')).toBe(2);
    expect(worth.factorsOf('vn', 'LoA1')).toBe(1);
    expect(worth.factorsOf('fr', 'LoA2')).toBe(1);
    expect(worth.factorsOf('gone', 'LoA2')).toBe(1);
  });

  it('of two levels the weaker is the lower', () => {
    expect(lowerIal('ial3', 'ial2')).toBe('ial2');
    expect(lowerIal('ial1', 'ial2')).toBe('ial1');
  });
});
