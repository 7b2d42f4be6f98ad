import type { Locale } from './i18n.ts';

// Shown times are Vietnam's, whatever the server's or the browser's zone.
const timeZone = 'Asia/Ho_Chi_Minh';

// One pattern, spelled out: the default short style of vi prints a two-digit year.
const instantParts = new Intl.DateTimeFormat('en-GB', {
  timeZone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

// One per language and unit: to make one costs as much as to render half a page.
const unitFormats = new Map<string, Intl.NumberFormat>();

/** `dd/MM/yyyy` in Vietnam's zone. */
export function formatDate(date: Date): string {
  const parts = partsOf(date);
  return `${parts.day}/${parts.month}/${parts.year}`;
}

/** `HH:mm dd/MM/yyyy (GMT+7)` in Vietnam's zone. */
export function formatDateTime(date: Date): string {
  const parts = partsOf(date);
  return `${parts.hour}:${parts.minute} ${parts.day}/${parts.month}/${parts.year} (GMT+7)`;
}

/** A calendar date as precise as it was given: `1965-10-02` → `02/10/1965`, `1965-10` → `10/1965`, `1965-00-00` → `1965`. */
export function formatCalendarDate(isoDate: string): string {
  return isoDate
    .split('-')
    .filter((part) => part !== '00')
    .reverse()
    .join('/');
}

/** A state by its name, whatever can be made of its code. @param code ISO 3166-1 alpha-2 */
export function countryName(code: string, locale: Locale): string {
  return new Intl.DisplayNames(locale, { type: 'region' }).of(code) ?? code;
}

/** A length of time in words, never shorter than it is: minutes from 60 s, hours from 120 min, each rounded up. */
export function formatDuration(locale: Locale, seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return inUnit(locale, whole, 'second');
  const minutes = Math.ceil(whole / 60);
  return minutes < 120 ? inUnit(locale, minutes, 'minute') : inUnit(locale, Math.ceil(minutes / 60), 'hour');
}

/** A number with the language's grouping: vi `1.234`, en `1,234`, fr `1 234`. */
export function formatNumber(locale: Locale, value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}

function inUnit(locale: Locale, value: number, unit: 'second' | 'minute' | 'hour'): string {
  const kept = unitFormats.get(`${locale} ${unit}`);
  const format = kept ?? new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
  unitFormats.set(`${locale} ${unit}`, format);
  return format.format(value);
}

function partsOf(date: Date): Readonly<Partial<Record<Intl.DateTimeFormatPartTypes, string>>> {
  return Object.fromEntries(instantParts.formatToParts(date).map(({ type, value }) => [type, value]));
}
