import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compositeAcrs } from '../../src/authentication/assurance.ts';
import {
  acrForPowers,
  covers,
  expandPowers,
  isPowerCode,
  missingPowers,
  namespaceOf,
  newCatalogue,
  type Power,
  powerAcrs,
  visiblePowers,
} from '../../src/representation/powers.ts';

const power = (code: string, changes: Partial<Power> = {}): Power => ({
  code,
  names: { vi: code, en: code, fr: code },
  minAcr: 'substantial',
  critical: false,
  ...changes,
});
const catalogue = newCatalogue([
  power('tax:file'),
  power('tax:read', { minAcr: 'low' }),
  power('tax:sell-company', { critical: true, minAcr: 'high' }),
  power('customs:declare'),
]);

describe('a power’s code', () => {
  it.each([
    ['tax:file', true],
    ['tax-2:file.vat-return', true],
    ['*', false],
    ['tax:*', false],
    ['file', false],
    ['Tax:file', false],
    ['tax:', false],
    ['tax:a:b', false],
    ['tax:-file', false],
    ['tax:file\n', false],
    [`tax:${'a'.repeat(61)}`, false],
  ])('%j: %s', (code, expected) => {
    expect(isPowerCode(code)).toBe(expected);
    expect(namespaceOf(code)).toBe(expected ? code.split(':')[0] : undefined);
  });

  it('asks for a level that a login can have', () => {
    expect(powerAcrs).toEqual(compositeAcrs);
  });
});

describe('what a grant holds', () => {
  it.each<readonly [readonly string[], readonly string[], readonly string[]]>([
    [['tax:file'], ['tax:file'], []],
    [['tax:file'], ['tax:read', 'tax:file'], ['tax:read']],
    [['*'], ['tax:file', 'customs:declare', '*'], []],
    [['*'], ['tax:sell-company'], ['tax:sell-company']],
    [['*', 'tax:sell-company'], ['tax:sell-company'], []],
    [['tax:file', 'tax:read', 'customs:declare'], ['*'], ['*']],
    // Nobody publishes it any more.
    [['tax:gone', '*'], ['tax:gone'], ['tax:gone']],
    [['*'], ['constructor', '__proto__'], ['constructor', '__proto__']],
    [[], [], []],
  ])('%j, asked for %j, lacks %j', (granted, asked, missing) => {
    expect(missingPowers(granted, { asked, catalogue })).toEqual(missing);
    expect(covers(granted, { asked, catalogue })).toBe(missing.length === 0);
  });

  it('is published codes, and never *', () => {
    expect(expandPowers(['*'], catalogue)).toEqual(['customs:declare', 'tax:file', 'tax:read']);
    expect(expandPowers(['tax:sell-company', 'tax:gone'], catalogue)).toEqual(['tax:sell-company']);
  });

  it('is shown to a portal in its own namespaces, and of those what it asked for', () => {
    const seen = (asked: readonly string[] | undefined, granted: readonly string[] = ['*']) =>
      visiblePowers(granted, { namespaces: ['tax'], asked, catalogue });
    expect(seen(undefined)).toEqual(['tax:file', 'tax:read']);
    expect(seen(['tax:file', 'customs:declare', 'tax:sell-company'])).toEqual(['tax:file']);
    expect(seen([])).toEqual([]);
    expect(seen(undefined, ['customs:declare'])).toEqual([]);
  });

  it('asks for the level of the power that asks for most', () => {
    expect(acrForPowers([], catalogue)).toBe('self');
    expect(acrForPowers(['tax:read'], catalogue)).toBe('low');
    expect(acrForPowers(['tax:read', 'tax:file'], catalogue)).toBe('substantial');
    expect(acrForPowers(['*'], catalogue)).toBe('substantial');
    expect(acrForPowers(['tax:sell-company', 'tax:read'], catalogue)).toBe('high');
    expect(acrForPowers(['tax:gone'], catalogue)).toBe('high');
  });

  it('is held by whoever holds more, and comes out as it is held', () => {
    const anyGrant = fc.subarray(['*', ...catalogue.keys(), 'tax:gone']);
    fc.assert(
      fc.property(anyGrant, anyGrant, anyGrant, (one, more, asked) => {
        const held = covers(one, { asked, catalogue });
        expect(held && !covers([...one, ...more], { asked, catalogue })).toBe(false);
        const expanded = expandPowers(one, catalogue);
        expect(expanded).not.toContain('*');
        expect(covers(one, { asked: expanded, catalogue })).toBe(true);
        expect(expandPowers(expanded, catalogue)).toEqual(expanded);
      }),
    );
  });
});
