import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Ial, ials } from '../../src/accounts/ial.ts';
import {
  acrVocabulary,
  isAcrTrue,
  reachableAcrs,
  reachableOf,
  returnedAcr,
} from '../../src/authentication/acr-values.ts';
import { type Aal, type Assurance, aals, compositeAcr } from '../../src/authentication/assurance.ts';

function assured(aal: Aal, ial: Ial): Assurance {
  return { aal, ial, acr: compositeAcr(aal, ial), amr: ['pwd'], authTime: 0 };
}

const aliases = { eidas1: 'low', eidas2: 'substantial', LoA1: 'self' } as const;

describe('OIDC Core §3.1.2.1: acr_values, by preference', () => {
  it.each([
    [['high', 'substantial', 'low'], 'aal2', 'ial2', 'substantial'],
    [['low', 'substantial'], 'aal2', 'ial2', 'low'],
    [['high'], 'aal2', 'ial2', 'substantial'],
    [[], 'aal1', 'ial0', 'self'],
    [['aal2'], 'aal2', 'ial0', 'aal2'],
    [['aal2'], 'aal1', 'ial3', 'low'],
    [['phr', 'aal2'], 'aal2', 'ial0', 'aal2'],
    [['phr'], 'aal3', 'ial0', 'phr'],
    [['eidas2', 'eidas1'], 'aal1', 'ial1', 'eidas1'],
    [['urn:unknown', '__proto__', 'constructor'], 'aal3', 'ial3', 'high'],
  ] as const)('%j with %s and %s is %s', (requested, aal, ial, acr) => {
    expect(returnedAcr(requested, { assurance: assured(aal, ial), aliases })).toBe(acr);
  });

  it('an alias cannot redefine a word of the vocabulary', () => {
    expect(isAcrTrue('high', assured('aal1', 'ial0'), { high: 'self' })).toBe(false);
  });

  it('what is returned is always true', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...acrVocabulary, ...Object.keys(aliases), 'other')),
        fc.constantFrom(...aals),
        fc.constantFrom(...ials),
        (requested, aal, ial) => {
          const assurance = assured(aal, ial);
          expect(isAcrTrue(returnedAcr(requested, { assurance, aliases }), assurance, aliases)).toBe(true);
        },
      ),
    );
  });
});

describe('Discovery lists what can be reached here', () => {
  it.each([
    [['password'], 'ial0', ['self']],
    [['password'], 'ial2', ['self', 'low']],
    [['password', 'totp'], 'ial2', ['self', 'low', 'substantial', 'aal2']],
    [['password', 'passkey'], 'ial0', ['self', 'aal2', 'phr']],
    [['attested-passkey'], 'ial3', ['self', 'low', 'substantial', 'high', 'aal2', 'phr']],
    [[], 'ial3', []],
  ] as const)('%j up to %s: %j', (methods, highestIal, expected) => {
    expect(reachableAcrs({ methods, highestIal })).toEqual(expected);
  });

  it('knows a reachable value under a client’s own name', () => {
    const reachable = reachableAcrs({ methods: ['password'], highestIal: 'ial0' });
    expect(reachableOf(['eidas2', 'LoA1'], { reachable, aliases })).toEqual(['LoA1']);
    expect(reachableOf(['eidas2', 'high', 'LoA2'], { reachable, aliases })).toEqual([]);
  });
});
