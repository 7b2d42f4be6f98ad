import type { Pages, ReleasedClaim as ShownClaim } from '../http/pages.ts';
import { countryName, formatCalendarDate } from '../platform/display-format.ts';
import type { Locale } from '../platform/i18n.ts';
import type { PendingRelease } from '../relying-parties/consent-record.ts';
import type { ReleasedClaim } from '../relying-parties/relying-party.ts';

type AskedRelease = Extract<PendingRelease, { readonly kind: 'ask' }>;

const shownDigits = 3;

/** Enough to know one's own number by, too little for whoever looks over a shoulder. */
function maskedNumber(number: string): string {
  return number.slice(-shownDigits).padStart(number.length, '•');
}

/** Today's value of a claim as people read it; empty where the person has none. */
function shownValue(claim: string, value: unknown, locale: Locale): string {
  if (typeof value === 'string') return claim === 'birthdate' ? formatCalendarDate(value) : value;
  if (typeof value !== 'object' || value === null) return '';
  const { formatted, value: number, locality, country } = value as Readonly<Record<string, unknown>>;
  if (typeof formatted === 'string') return formatted;
  if (typeof number === 'string') return maskedNumber(number);
  const state = typeof country === 'string' ? countryName(country, locale) : undefined;
  return [locality, state].filter((part) => typeof part === 'string').join(', ');
}

/** What the release page says of each claim, in the person's language. @param values the person's claims today */
export function shownClaims(
  release: AskedRelease,
  { values, locale }: { readonly values: Readonly<Record<string, unknown>>; readonly locale: Locale },
): Pages['oidc/release']['claims'] {
  const show = (released: ReleasedClaim): ShownClaim => ({
    claim: released.claim as ShownClaim['claim'],
    value: shownValue(released.claim, values[released.claim], locale),
    purpose: released.purpose[locale],
    basis:
      released.basis.kind === 'law'
        ? { kind: 'law', citation: released.basis.citation[locale] }
        : { kind: 'consent', required: released.required },
  });
  return [...release.lawClaims, ...release.consentClaims].map(show);
}

/** The claims whose boxes were ticked; a required one has no box: allowing is agreeing to it. */
export function tickedClaims(release: AskedRelease, fields: Readonly<Record<string, unknown>>): readonly string[] {
  return release.consentClaims
    .filter(({ claim, required }) => required || fields[`claim_${claim}`] !== undefined)
    .map(({ claim }) => claim);
}
