import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readBirthdate } from '../../src/identity-proofing/read-birthdate.ts';

const today = new Date('2026-11-22T20:00:00Z');

describe('a birth date', () => {
  it.each([
    ['1965-10-03', '19651003', '1965-10-03'],
    ['1965-10-00', '19651000', '1965-10'],
    ['1965-10', '196510', '1965-10'],
    ['1965-00-00', '19650000', '1965'],
    ['1965', '1965', '1965'],
    ['1965-00', '196500', '1965'],
    ['2024-02-29', '20240229', '2024-02-29'],
    // It is tomorrow in Hà Nội already.
    ['2026-11-23', '20261123', '2026-11-23'],
  ])('%s and %s are %s, as precise as they are known', (iso, digits, read) => {
    expect(readBirthdate(iso, { format: 'iso', today })).toBe(read);
    expect(readBirthdate(digits, { format: 'yyyymmdd', today })).toBe(read);
  });

  it.each([
    ['1965-04-31', '19650431'],
    ['2023-02-29', '20230229'],
    ['1965-13-01', '19651301'],
    ['1965-00-03', '19650003'],
    ['0000-10-03', '00001003'],
    ['1849-10-03', '18491003'],
    ['2026-11-24', '20261124'],
    ['2027', '2027'],
    ['', ''],
    ['03/10/1965', '03101965'],
    ['1965-10-03T00:00:00Z', '1965-10-03'],
    ['19651003', '1965-10'],
    [' 1965', '1965 '],
    ['١٩٦٥', '１９６５'],
  ])('%s and %s are none', (iso, digits) => {
    expect(readBirthdate(iso, { format: 'iso', today })).toBeUndefined();
    expect(readBirthdate(digits, { format: 'yyyymmdd', today })).toBeUndefined();
  });

  it('that exists comes back as it is, however it is written', () => {
    const day = fc.date({ min: new Date('1850-01-01'), max: today, noInvalidDate: true });
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString().slice(0, 10);
        expect(readBirthdate(iso, { format: 'iso', today })).toBe(iso);
        expect(readBirthdate(iso.replaceAll('-', ''), { format: 'yyyymmdd', today })).toBe(iso);
      }),
    );
  });

  it('is never made of anything else', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('iso' as const, 'yyyymmdd' as const), (text, format) => {
        expect(readBirthdate(text, { format, today }) ?? '1965').toMatch(/^\d{4}(-\d\d(-\d\d)?)?$/);
      }),
    );
  });
});
