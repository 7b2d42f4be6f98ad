/** A date as precisely as it is known: `1965`, `1965-10` or `1965-10-03`. */
export type PartialDate = string & { readonly __brand: 'PartialDate' };

const oldestYear = 1850;

/**
 * Reads a date of the calendar; `1965-00-00` and `1965-10-00` are how registers write what they don't know: the
 * precision is kept, not the zeros, and never filled up to a first of January.
 * @returns undefined for what is no date, or one before 1850
 */
export function readPartialDate(text: string): PartialDate | undefined {
  const [, year = '', month = '00', day = '00'] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  if (Number(year) < oldestYear || (month === '00' && day !== '00')) return undefined;
  const date = [year, month, day].filter((part) => part !== '00').join('-');
  const instant = Date.parse(date);
  // Date.parse takes 31 April for 1 May: the day must come back as it went in.
  const exists = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(date);
  return exists ? (date as PartialDate) : undefined;
}

/** `compatible`: one is a less precise form of the other. */
export function compareDates(one: PartialDate, other: PartialDate): 'equal' | 'compatible' | 'different' {
  if (one === other) return 'equal';
  return one.startsWith(`${other}-`) || other.startsWith(`${one}-`) ? 'compatible' : 'different';
}
