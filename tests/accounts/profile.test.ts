import { describe, expect, it } from '@jest/globals';
import { readProfile } from '../../src/accounts/profile.ts';

const today = new Date('2026-11-22T08:00:00Z');

describe('what a person says about themselves', () => {
  it('is trimmed and composed, and empty attributes are left out', () => {
    const typed = { name: ' Nguye\u0302\u0303n  Thị Lan ', given_name: '', locale: 'vi', zoneinfo: 'Asia/Ho_Chi_Minh' };
    expect(readProfile(typed, today)).toEqual({
      kind: 'valid',
      profile: { name: 'Nguyễn Thị Lan', locale: 'vi', zoneinfo: 'Asia/Ho_Chi_Minh' },
    });
  });

  it.each([
    ['1965', '1965'],
    ['1965-10', '1965-10'],
    ['1965-10-03', '1965-10-03'],
    ['1965-00-00', '1965'],
    ['1965-10-00', '1965-10'],
    ['2024-02-29', '2024-02-29'],
  ])('keeps the precision of a birth date: %s', (birthdate, kept) => {
    expect(readProfile({ birthdate }, today)).toEqual({ kind: 'valid', profile: { birthdate: kept } });
  });

  it.each(['65', '1965-13', '1965-02-30', '2025-02-29', '1965-00-03', '2026-11-23', '1500-01-01', '03/10/1965'])(
    'refuses the birth date %s',
    (birthdate) => {
      expect(readProfile({ birthdate }, today)).toEqual({ kind: 'invalid', attributes: ['birthdate'] });
    },
  );

  it.each([
    ['0912 345 678', '+84912345678'],
    ['+33 1 23 45 67 89', '+33123456789'],
  ])('stores a phone number as E.164: %s', (phone_number, stored) => {
    expect(readProfile({ phone_number }, today)).toEqual({ kind: 'valid', profile: { phone_number: stored } });
  });

  it('tells every fault at once', () => {
    const typed = {
      name: '<b>',
      phone_number: '113',
      gender: 'x',
      zoneinfo: 'Mars/Base',
      locale: 'xx',
      address: 'a\u0000',
    };
    expect(readProfile(typed, today)).toEqual({
      kind: 'invalid',
      attributes: ['name', 'gender', 'address', 'phone_number', 'locale', 'zoneinfo'],
    });
  });
});
