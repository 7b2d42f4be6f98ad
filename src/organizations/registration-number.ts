import { isFrenchVatNumber, isLei, isSiren, isSiret, isVietnameseTaxCode } from '../registries/check-digits.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';

/** Countries whose numbers are known here; the LEI belongs to none and is taken everywhere. */
export type NumberingCountry = 'VN' | 'FR';

/**
 * The enterprise's number, and the one of its branch or establishment where that was typed. `typo`: it has the form of
 * a number and breaks its check digit, so no register needs to be asked.
 */
export type NumberReading =
  | { readonly kind: 'valid'; readonly number: RegistrationNumber; readonly establishment?: string }
  | { readonly kind: 'typo' | 'unknown-format' };

type Form = {
  readonly country: NumberingCountry | undefined;
  readonly form: RegExp;
  readonly passes: (compact: string) => boolean;
  readonly scheme: RegistrationNumber['scheme'];
  /** The part that is the enterprise's own number. */
  readonly head: (compact: string) => string;
  readonly establishment?: (compact: string) => string;
};

const longestTyped = 64;
const whole = (compact: string): string => compact;

/** No two of them overlap, so that a number without a country is never two things. */
const forms: readonly Form[] = [
  { country: 'VN', form: /^\d{10}$/, passes: isVietnameseTaxCode, scheme: 'vn-enterprise', head: whole },
  {
    country: 'VN',
    form: /^\d{13}$/,
    // Branches are counted from 001.
    passes: (compact) => isVietnameseTaxCode(compact.slice(0, 10)) && !compact.endsWith('000'),
    scheme: 'vn-enterprise',
    head: (compact) => compact.slice(0, 10),
    establishment: (compact) => `${compact.slice(0, 10)}-${compact.slice(10)}`,
  },
  // A natural person's: place, century and sex, year, random. There is no check digit.
  { country: 'VN', form: /^\d{12}$/, passes: () => true, scheme: 'vn-household', head: whole },
  { country: 'FR', form: /^\d{9}$/, passes: isSiren, scheme: 'fr-siren', head: whole },
  {
    country: 'FR',
    form: /^\d{14}$/,
    passes: isSiret,
    scheme: 'fr-siren',
    head: (compact) => compact.slice(0, 9),
    establishment: whole,
  },
  {
    country: 'FR',
    form: /^FR\d{11}$/,
    passes: isFrenchVatNumber,
    scheme: 'fr-siren',
    head: (compact) => compact.slice(4),
  },
  { country: undefined, form: /^[A-Z0-9]{18}\d{2}$/, passes: isLei, scheme: 'lei', head: whole },
];

/**
 * Reads what a person typed or pasted: spaces, dots, dashes, invisible marks and full-width digits don't count, zeros
 * in front do. Without a country, whichever number it is.
 */
export function readRegistrationNumber(typed: string, country?: NumberingCountry): NumberReading {
  const compact =
    typed.length > longestTyped
      ? ''
      : typed
          .normalize('NFKC')
          .replace(/[\s.\p{Pd}\p{Cf}]/gu, '')
          .toUpperCase();
  const read = forms.find(
    (one) => (one.country === undefined || country === undefined || one.country === country) && one.form.test(compact),
  );
  if (!read) return { kind: 'unknown-format' };
  if (!read.passes(compact)) return { kind: 'typo' };
  const number = { scheme: read.scheme, value: read.head(compact) };
  return { kind: 'valid', number, ...(read.establishment && { establishment: read.establishment(compact) }) };
}

const idPrefixes: Readonly<Record<RegistrationNumber['scheme'], string>> = {
  'vn-enterprise': 'vn',
  'vn-household': 'vn',
  'fr-siren': 'fr',
  lei: 'lei',
};

/** `vn:0300588569`: one organization, for ever. That of a household business holds a personal number: never log it. */
export function organizationIdOf({ scheme, value }: RegistrationNumber): string {
  return `${idPrefixes[scheme]}:${value}`;
}

/** As people read it: `552 032 534`; of a personal number only what its owner recognises, `•••805`. */
export function displayRegistrationNumber({ scheme, value }: RegistrationNumber): string {
  switch (scheme) {
    case 'vn-enterprise':
    case 'lei':
      return value;
    case 'vn-household':
      return `•••${value.slice(-3)}`;
    case 'fr-siren':
      // Joined by spaces that don't break.
      return value.replace(/(\d{3})(?=\d)/g, '$1\u00a0');
  }
}
