import type { PartialDate } from '../platform/partial-date.ts';

/** How a source writes a date: `1965-10-03` (OIDC Core §5.1), or `19651003` as Vietnamese sources do. */
export type BirthdateFormat = 'iso' | 'yyyymmdd';

const patterns: Readonly<Record<BirthdateFormat, RegExp>> = {
  iso: /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/,
  yyyymmdd: /^(\d{4})(?:(\d{2})(\d{2})?)?$/,
};

const oldestYear = 1850;
const dayMs = 24 * 3600 * 1000;

/**
 * A birth date as precisely as the source knows it: zeros (`1965-00-00`, `19651000`) and missing parts are both how
 * registers say "unknown". Nothing is ever rounded to the first of January.
 *
 * A date that can't be (31 April, a day without a month, year 0000, tomorrow's tomorrow) is undefined: registers do
 * hold such dates, and it isn't the fault of the person who is signing in. Without the date they match less, not wrongly.
 */
export function readBirthdate(
  written: string,
  { format, today }: { readonly format: BirthdateFormat; readonly today: Date },
): PartialDate | undefined {
  const [, year, month = '00', day = '00'] = patterns[format].exec(written) ?? [];
  if (year === undefined || Number(year) < oldestYear || (month === '00' && day !== '00')) return undefined;
  const known = [year, month, day].filter((part) => part !== '00');
  const [, knownMonth = '01', knownDay = '01'] = known;
  const earliest = new Date(`${year}-${knownMonth}-${knownDay}T00:00:00Z`);
  // Some parsers take 31 April for 1 May: the day must come back as it went in.
  if (Number.isNaN(earliest.getTime()) || earliest.getUTCDate() !== Number(knownDay)) return undefined;
  // The day has begun somewhere before it has in UTC.
  return earliest.getTime() <= today.getTime() + dayMs ? (known.join('-') as PartialDate) : undefined;
}
