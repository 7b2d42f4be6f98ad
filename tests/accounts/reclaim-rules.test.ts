import { describe, expect, it } from '@jest/globals';
import { ials } from '../../src/accounts/ial.ts';
import { type ReclaimSituation, reclaimNeed } from '../../src/accounts/reclaim-rules.ts';

const lost: ReclaimSituation = {
  accountState: 'active',
  asserted: 'ial2',
  onFile: 'ial2',
  contradicts: false,
  hasSecondFactor: false,
  hasMandate: false,
  usedLately: false,
  stops: 0,
  hasWaited: false,
};

const guards: readonly Partial<ReclaimSituation>[] = [
  { hasSecondFactor: true },
  { hasMandate: true },
  { usedLately: true },
  { stops: 1 },
  { stops: 2 },
  { stops: 7 },
];

describe('domain.md §5, reclaim by eID', () => {
  it('gives an account at once that nothing guards and nobody uses', () => {
    expect(reclaimNeed(lost)).toEqual({ kind: 'reclaims' });
  });

  it.each(guards)('takes a wait, and nothing more, with %j', (guard) => {
    expect(reclaimNeed({ ...lost, ...guard })).toEqual({ kind: 'may-wait' });
    expect(reclaimNeed({ ...lost, ...guard, hasWaited: true })).toEqual({ kind: 'reclaims' });
  });

  it('takes at least the level on file, and never ial0', () => {
    for (const asserted of ials) {
      for (const onFile of ials) {
        const isEnough = asserted !== 'ial0' && ials.indexOf(asserted) >= ials.indexOf(onFile);
        const expected = isEnough ? { kind: 'reclaims' } : { kind: 'refused', because: 'level-too-low' };
        expect(reclaimNeed({ ...lost, asserted, onFile })).toEqual(expected);
      }
    }
  });

  it.each([
    [{ contradicts: true }, 'disagrees'],
    [{ asserted: 'ial1' }, 'level-too-low'],
    [{ accountState: 'suspended' }, 'account-inactive'],
    [{ accountState: 'closed' }, 'account-inactive'],
  ] as const)('refuses %j, whoever has waited', (change, because) => {
    for (const hasWaited of [false, true]) {
      for (const guard of [{}, ...guards]) {
        expect(reclaimNeed({ ...lost, ...guard, ...change, hasWaited })).toEqual({ kind: 'refused', because });
      }
    }
  });
});
