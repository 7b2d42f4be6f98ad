import type { IdentityAttributes, NationalNumber } from './verified-identity.ts';

/** Where the number doesn't go with what else is known. Registers do err: it is for a verifier to judge. */
export type NumberWarning = 'century' | 'sex' | 'year';

const numberForms = { VN: /^\d{12}$/ } as const;

/** Reads a personal number, with or without spaces and dots. It has no check digit, so its form is all there is. */
export function readPersonalNumber(country: keyof typeof numberForms, text: string): NationalNumber | undefined {
  const value = text.replace(/[\s.]/gu, '');
  return numberForms[country].test(value) ? { country, type: 'personal-number', value } : undefined;
}

/**
 * Holds a Vietnamese personal number against birth date and sex: three digits of a place (which says nothing, as the
 * codes changed their meaning in 2025), one of century and sex (0 and 1 for the 1900s, 2 and 3 for the 2000s, and so
 * on; even is male), two of the year, six at random. What isn't known is not compared.
 */
export function consistencyWarnings({
  number,
  birthdate,
  gender,
}: Pick<IdentityAttributes, 'birthdate' | 'gender'> & { readonly number: NationalNumber }): readonly NumberWarning[] {
  const [, centuryAndSex = '', yearOfCentury = ''] = /^\d{3}(\d)(\d{2})\d{6}$/.exec(number.value) ?? [];
  const digit = Number(centuryAndSex);
  const [year = ''] = birthdate?.split('-') ?? [];
  const sex = digit % 2 === 0 ? 'male' : 'female';
  const warnings: readonly (NumberWarning | false)[] = [
    birthdate !== undefined && Number(year.slice(0, 2)) !== 19 + Math.floor(digit / 2) && 'century',
    (gender === 'male' || gender === 'female') && gender !== sex && 'sex',
    birthdate !== undefined && year.slice(2) !== yearOfCentury && 'year',
  ];
  return warnings.filter((warning) => warning !== false);
}

/** `•••123`: enough for its owner to recognise. */
export function maskNationalNumber({ value }: NationalNumber): string {
  return `•••${value.slice(-3)}`;
}
