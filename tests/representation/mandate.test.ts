import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Mandate, mandateStates } from '../../src/representation/mandate.ts';
import { type Grant, grantFaults } from '../../src/representation/mandate-grant.ts';
import { changeState, effectiveState, mandateTransitions } from '../../src/representation/mandate-state.ts';
import { covers, newCatalogue, type Power } from '../../src/representation/powers.ts';
import { sampleMandate } from '../support/sample-mandate.ts';

const power = (code: string, changes: Partial<Power> = {}): Power => ({
  code,
  names: { vi: code, en: code, fr: code },
  minAcr: 'low',
  critical: false,
  ...changes,
});
const catalogue = newCatalogue([
  power('tax:file', { minAcr: 'substantial' }),
  power('tax:read'),
  power('tax:sell', { critical: true, minAcr: 'high' }),
]);

const at = new Date('2026-11-23T03:00:00Z');
const day = (offset: number): Date => new Date(at.getTime() + offset * 86_400_000);

const granted = (by: string, changes: Partial<Mandate> = {}): Mandate =>
  sampleMandate({
    id: `${by}-1`,
    basis: 'delegated',
    grantedBy: { kind: 'mandate', account: 'a1', mandate: by },
    ...changes,
  });
const joint = (quorum: number, ...of: readonly string[]) => ({ kind: 'joint', quorum, of }) as const;

describe('the states of a mandate', () => {
  const reviewer = { kind: 'reviewer', account: 'r1' } as const;

  it('changes by the table, and tells who, when and why', () => {
    const change = { to: 'active', by: reviewer, reason: 'review-approved', at } as const;
    expect(changeState(sampleMandate({ state: 'pending-review' }), change)).toEqual({
      kind: 'changed',
      mandate: sampleMandate({ state: 'active' }),
      change: { mandate: 'm1', from: 'pending-review', ...change },
    });
  });

  it.each([
    [
      'by somebody else',
      'pending-review',
      { to: 'active', by: { kind: 'delegate', account: 'a1' }, reason: 'review-approved' },
    ],
    ['for another reason', 'pending-review', { to: 'active', by: reviewer, reason: 'reopened' }],
    ['past the consent of others', 'pending-consent', { to: 'active', by: reviewer, reason: 'review-approved' }],
    ['back from the dead', 'revoked', { to: 'active', by: reviewer, reason: 'cleared' }],
    [
      'by the one who was suspended',
      'suspended',
      { to: 'active', by: { kind: 'delegate', account: 'a1' }, reason: 'cleared' },
    ],
    ['to what it is', 'active', { to: 'active', by: reviewer, reason: 'cleared' }],
  ] as const)('never %s', (_, state, change) => {
    expect(changeState(sampleMandate({ state }), { ...change, at })).toEqual({ kind: 'not-allowed' });
  });

  it('ends for good when it is revoked or expired', () => {
    const beginnings = mandateTransitions.flatMap(({ from }) => from);
    expect(mandateStates.filter((state) => !beginnings.includes(state))).toEqual(['revoked', 'expired']);
  });

  it('can be left by its holder and ended by the organization from wherever it stands', () => {
    for (const state of ['active', 'suspended', 'pending-review', 'pending-consent'] as const) {
      const left = { to: 'revoked', by: { kind: 'delegate', account: 'a1' }, reason: 'given-up', at } as const;
      const ended = { to: 'revoked', by: { kind: 'principal', account: 'a2' }, reason: 'withdrawn', at } as const;
      expect(changeState(sampleMandate({ state }), left).kind).toBe('changed');
      expect(changeState(sampleMandate({ state }), ended).kind).toBe('changed');
    }
  });
});

describe('what a mandate is worth', () => {
  const alone = (changes: Partial<Mandate>) => effectiveState(sampleMandate(changes), { ancestors: [], at });

  it('is its state, within its time', () => {
    expect(alone({})).toBe('active');
    expect(alone({ validUntil: at })).toBe('expired');
    expect(alone({ validUntil: day(1) })).toBe('active');
    expect(alone({ validFrom: at })).toBe('active');
    expect(alone({ validFrom: day(1) })).toBe('not-yet');
    expect(alone({ state: 'suspended', validUntil: day(-1) })).toBe('suspended');
  });

  it('is the least of its ancestors', () => {
    const root = sampleMandate({ state: 'suspended' });
    const middle = granted('m1', { validUntil: day(-1) });
    const leaf = granted('m1-1');
    expect(effectiveState(middle, { ancestors: [root], at: day(-2) })).toBe('suspended');
    expect(effectiveState(leaf, { ancestors: [middle, root], at })).toBe('expired');
    expect(effectiveState(leaf, { ancestors: [granted('m1'), sampleMandate()], at })).toBe('active');
  });

  it('outlives the representative where the organization granted it', () => {
    const grantedBy = { kind: 'organization', account: 'a1', statutoryMandate: 'm1' } as const;
    expect(effectiveState(sampleMandate({ id: 'm2', basis: 'delegated', grantedBy }), { ancestors: [], at })).toBe(
      'active',
    );
  });

  it('can’t be said without all of its ancestors', () => {
    const broken = [
      () => effectiveState(granted('m1'), { ancestors: [], at }),
      () => effectiveState(granted('m1'), { ancestors: [sampleMandate({ id: 'm9' })], at }),
      () => effectiveState(sampleMandate(), { ancestors: [sampleMandate()], at }),
      () => effectiveState(granted('m1-1'), { ancestors: [granted('m1')], at }),
    ];
    for (const one of broken) expect(one).toThrow('mandate-chain-broken');
  });

  it('is never more than any ancestor is', () => {
    const anyState = fc.constantFrom(...mandateStates);
    fc.assert(
      fc.property(anyState, anyState, anyState, fc.integer({ min: -3, max: 3 }), (leaf, middle, root, end) => {
        const chain = [
          granted('m1-1', { state: leaf }),
          granted('m1', { state: middle, validUntil: day(end) }),
          sampleMandate({ state: root }),
        ] as const;
        const worth = effectiveState(chain[0], { ancestors: chain.slice(1), at });
        const isAllActive = [leaf, middle, root].every((state) => state === 'active') && end > 0;
        expect(worth === 'active').toBe(isAllActive);
      }),
    );
  });
});

describe('what may be granted from a mandate', () => {
  const parent = sampleMandate({ validUntil: day(30) });
  const child: Grant = { ...parent, powers: ['tax:file'], delegable: { powers: ['tax:read'], depth: 1 } };
  const faults = (changes: Partial<Grant>, from: Partial<Grant> = {}) =>
    grantFaults({ ...child, ...changes }, { parent: { ...parent, ...from }, catalogue });

  it.each<readonly [string, Partial<Grant>, Partial<Grant>, readonly string[]]>([
    ['a part of it', {}, {}, []],
    ['all of it, one step less deep', { powers: ['*'], delegable: { powers: ['*'], depth: 1 } }, {}, []],
    ['what may be used, but not granted', {}, { delegable: { powers: ['tax:file'], depth: 2 } }, ['powers-exceed']],
    ['what may be granted, but not used', {}, { powers: [] }, []],
    ['a critical power for everything', { powers: ['tax:sell'] }, {}, ['powers-exceed']],
    [
      'everything for all there is now',
      { powers: ['*'] },
      { delegable: { powers: ['tax:file', 'tax:read'], depth: 2 } },
      ['powers-exceed'],
    ],
    ['as deep', { delegable: { powers: [], depth: 2 } }, {}, ['depth-exceeds']],
    [
      'anything at depth 0',
      { delegable: { powers: [], depth: 0 } },
      { delegable: { powers: ['*'], depth: 0 } },
      ['depth-exceeds'],
    ],
    ['a depth below zero', { delegable: { powers: [], depth: -1 } }, {}, ['depth-exceeds']],
    ['half a depth', { delegable: { powers: [], depth: 0.5 } }, {}, ['depth-exceeds']],
    ['longer', { validUntil: day(31) }, {}, ['outlives']],
    ['for ever', { validUntil: undefined }, {}, ['outlives']],
    ['from earlier', { validFrom: day(-11) }, {}, ['begins-before']],
    ['for another company', { principal: { kind: 'organization', organization: 'o2' } }, {}, ['other-principal']],
    ['for a person', { principal: { kind: 'person', account: 'o1' } }, {}, ['other-principal']],
    ['alone what several hold', {}, { exercise: joint(2, 'a1', 'a2') }, ['joint-made-sole']],
    [
      'to fewer of several',
      { exercise: joint(1, 'a1', 'a2') },
      { exercise: joint(2, 'a1', 'a2') },
      ['joint-made-sole'],
    ],
    ['to others', { exercise: joint(2, 'a1', 'a3') }, { exercise: joint(2, 'a1', 'a2') }, ['joint-made-sole']],
    ['jointly what one holds', { exercise: joint(2, 'a3', 'a4') }, {}, []],
  ])('%s', (_, changes, from, expected) => {
    expect(faults(changes, from)).toEqual(expected);
  });

  it('is never more than the root has, however long the chain', () => {
    const anyPowers = fc.subarray(['*', 'tax:file', 'tax:read', 'tax:sell']);
    const anyGrant = fc
      .record({
        powers: anyPowers,
        delegable: fc.record({ powers: anyPowers, depth: fc.integer({ min: -1, max: 4 }) }),
        from: fc.integer({ min: -12, max: 2 }),
        until: fc.option(fc.integer({ min: 3, max: 40 }), { nil: undefined }),
      })
      .map(
        ({ powers, delegable, from, until }): Grant => ({
          ...parent,
          powers,
          delegable,
          validFrom: day(from),
          validUntil: until === undefined ? undefined : day(until),
        }),
      );
    fc.assert(
      fc.property(fc.array(anyGrant, { minLength: 2, maxLength: 5 }), ([root = parent, ...rest]) => {
        let last = root;
        let depth = 0;
        for (const next of rest) {
          if (grantFaults(next, { parent: last, catalogue }).length > 0) continue;
          last = next;
          depth += 1;
          expect(covers(root.delegable.powers, { asked: [...last.powers, ...last.delegable.powers], catalogue })).toBe(
            true,
          );
          expect(last.validUntil?.getTime() ?? Infinity).toBeLessThanOrEqual(root.validUntil?.getTime() ?? Infinity);
          expect(last.validFrom.getTime()).toBeGreaterThanOrEqual(root.validFrom.getTime());
          expect(depth).toBeLessThanOrEqual(root.delegable.depth);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
