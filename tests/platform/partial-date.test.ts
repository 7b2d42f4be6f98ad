import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatCalendarDate } from '../../src/platform/display-format.ts';
import { compareDates, type PartialDate, readPartialDate } from '../../src/platform/partial-date.ts';

const anyDay = fc
  .date({ min: new Date('1850-01-01'), max: new Date('2400-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const read = (text: string) => readPartialDate(text) as PartialDate;

describe('a date as precise as it is known', () => {
  it.each([
    ['1965', '1965', '1965'],
    ['1965-10', '1965-10', '10/1965'],
    ['1965-10-03', '1965-10-03', '03/10/1965'],
    ['1965-00-00', '1965', '1965'],
    ['1965-10-00', '1965-10', '10/1965'],
    ['1850', '1850', '1850'],
    ['2024-02-29', '2024-02-29', '29/02/2024'],
  ])('keeps what is known of %s: %s, shown as %s', (text, kept, shown) => {
    expect(readPartialDate(text)).toBe(kept);
    expect(formatCalendarDate(read(text))).toBe(shown);
  });

  it.each([
    '',
    '65',
    '1849',
    '0000-00-00',
    '1965-13',
    '1965-00-03',
    '1965-02-30',
    '1965-04-31',
    '2025-02-29',
    '1900-02-29',
    '1965-1-3',
    '19651003',
    '03/10/1965',
    '1965-10-03T00:00:00Z',
    ' 1965',
    '1965\n',
    '１９６５',
  ])('isn’t read from %j', (text) => {
    expect(readPartialDate(text)).toBeUndefined();
  });

  it('is every day of the calendar, as it stands', () => {
    fc.assert(fc.property(anyDay, (day) => readPartialDate(day) === day));
  });
});

describe('two dates', () => {
  it.each([
    ['1965', '1965', 'equal'],
    ['1965', '1965-10', 'compatible'],
    ['1965', '1965-10-03', 'compatible'],
    ['1965-10', '1965-10-03', 'compatible'],
    ['1965', '1965-00-00', 'equal'],
    ['1965', '1966-10', 'different'],
    ['1965-10', '1965-11-03', 'different'],
    ['1965-10-03', '1965-03-10', 'different'],
    ['1965', '1965-01-01', 'compatible'],
  ])('%s and %s are %s, whichever comes first', (one, other, comparison) => {
    expect(compareDates(read(one), read(other))).toBe(comparison);
    expect(compareDates(read(other), read(one))).toBe(comparison);
  });
});
