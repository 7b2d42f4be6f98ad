import { maskNationalNumber } from '../accounts/personal-number.ts';
import type { IdentityAttributes } from '../accounts/verified-identity.ts';
import type { ShownIdentity } from '../http/identity-pages.ts';
import { countryName, formatCalendarDate } from '../platform/display-format.ts';
import type { Locale } from '../platform/i18n.ts';

/** What a source said of a person, as its owner reads it. */
export function shownIdentity(
  attributes: IdentityAttributes,
  { sourceName, locale }: { readonly sourceName: string; readonly locale: Locale },
): ShownIdentity {
  const { name, birthdate, gender, place_of_birth: place, national_id: number, address } = attributes;
  const country = place?.country && countryName(place.country, locale);
  const birthplace = [place?.locality, country].filter((part) => part !== undefined).join(', ');
  return {
    sourceName,
    name,
    birthdate: birthdate && formatCalendarDate(birthdate),
    gender,
    birthplace: birthplace === '' ? undefined : birthplace,
    nationalNumber: number && maskNationalNumber(number),
    address,
  };
}
