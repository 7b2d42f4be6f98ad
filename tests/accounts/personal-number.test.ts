import { describe, expect, it } from '@jest/globals';
import { consistencyWarnings, maskNationalNumber, readPersonalNumber } from '../../src/accounts/personal-number.ts';
import type { NationalNumber } from '../../src/accounts/verified-identity.ts';
import type { PartialDate } from '../../src/platform/partial-date.ts';

const number = (value: string): NationalNumber => ({ country: 'VN', type: 'personal-number', value });

describe('a Vietnamese personal number', () => {
  it.each(['001165012345', '001 165 012 345', ' 001.165.012.345 ', '001\u00a0165012345'])('is read from %j', (text) => {
    expect(readPersonalNumber('VN', text)).toEqual(number('001165012345'));
  });

  it.each([
    '',
    '00116501234',
    '0011650123456',
    '00116501234x',
    '٠٠١١٦٥٠١٢٣٤٥',
    '001-165-012-345',
    '001165012345\u0000',
  ])('isn’t read from %j', (text) => {
    expect(readPersonalNumber('VN', text)).toBeUndefined();
  });

  it.each([
    ['001065012345', '1965-10-03', 'male', []],
    ['001165012345', '1965-10', 'female', []],
    ['001165012345', '1965', 'other', []],
    ['001165012345', undefined, undefined, []],
    ['001201012345', '2001-10-03', 'male', []],
    ['001301012345', '2001-10-03', 'female', []],
    ['001905012345', '2305', 'female', []],
    ['001065012345', '1965', 'female', ['sex']],
    ['001065012345', undefined, 'female', ['sex']],
    ['001365012345', '1965', 'female', ['century']],
    ['001165012345', '1865', 'female', ['century']],
    ['001166012345', '1965', 'female', ['year']],
    ['001001012345', '2001', 'female', ['century', 'sex']],
    ['001065012345', '2001', 'female', ['century', 'sex', 'year']],
  ] as const)('%s of somebody born %s, %s: %j', (value, birthdate, gender, warnings) => {
    const known = {
      ...(birthdate === undefined ? {} : { birthdate: birthdate as PartialDate }),
      ...(gender === undefined ? {} : { gender }),
    };
    expect(consistencyWarnings({ number: number(value), ...known })).toEqual(warnings);
  });

  it('is shown by its last three digits', () => {
    expect(maskNationalNumber(number('001165012345'))).toBe('•••345');
  });
});
