import { describe, expect, it } from '@jest/globals';
import {
  formatCalendarDate,
  formatDate,
  formatDateTime,
  formatDuration,
  formatNumber,
} from '../../src/platform/display-format.ts';

describe('dates', () => {
  const lateEvening = new Date('2026-02-03T18:30:00Z');

  it('show four-digit years in Vietnam’s zone', () => {
    expect(formatDate(lateEvening)).toBe('04/02/2026');
    expect(formatDateTime(lateEvening)).toBe('01:30 04/02/2026 (GMT+7)');
  });

  it('start a day at 00, not 24', () => {
    expect(formatDateTime(new Date('2026-02-03T17:00:00Z'))).toBe('00:00 04/02/2026 (GMT+7)');
  });

  it.each([
    ['1965-10-02', '02/10/1965'],
    ['1965-10', '10/1965'],
    ['1965', '1965'],
    ['1965-00-00', '1965'],
  ])('keep the precision they came with: %s', (isoDate, shown) => {
    expect(formatCalendarDate(isoDate)).toBe(shown);
  });
});

describe('durations', () => {
  it.each([
    [0, 'vi', '1 giây'],
    [59.2, 'en', '1 minute'],
    [61, 'vi', '2 phút'],
    [900, 'fr', '15 minutes'],
    [7200, 'en', '2 hours'],
  ] as const)('are never shorter than %d s (%s)', (seconds, locale, shown) => {
    expect(formatDuration(locale, seconds)).toBe(shown);
  });
});

describe('numbers', () => {
  it('are grouped as the language does', () => {
    expect(formatNumber('vi', 1234567)).toBe('1.234.567');
    expect(formatNumber('en', 1234567)).toBe('1,234,567');
  });
});
