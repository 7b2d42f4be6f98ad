/** Luhn: every second digit from the right doubled, the sum of all digits divisible by 10. @see ISO/IEC 7812-1 annex B */
function passesLuhn(digits: string): boolean {
  const doubled = (digit: number): number => (digit > 4 ? digit * 2 - 9 : digit * 2);
  const sum = [...digits].reverse().reduce((total, text, index) => {
    const digit = Number(text);
    return total + (index % 2 === 1 ? doubled(digit) : digit);
  }, 0);
  return sum % 10 === 0;
}

const laPoste = '356000000';
const taxCodeWeights = [31, 29, 23, 19, 17, 13, 7, 5, 3] as const;

/** Nine digits that a SIREN may be. Zeros alone pass Luhn, and are nobody's. */
export function isSiren(value: string): boolean {
  return /^(?!0+$)\d{9}$/.test(value) && passesLuhn(value);
}

/**
 * Fourteen digits that a SIRET may be. La Poste has more establishments than Luhn leaves room for: theirs need a sum of
 * digits divisible by 5.
 */
export function isSiret(value: string): boolean {
  if (!/^\d{14}$/.test(value) || !isSiren(value.slice(0, 9))) return false;
  const sum = [...value].reduce((total, digit) => total + Number(digit), 0);
  return passesLuhn(value) || (value.startsWith(laPoste) && sum % 5 === 0);
}

/** `FR`, a key of two digits and the SIREN it is computed from. */
export function isFrenchVatNumber(value: string): boolean {
  const [, key = '', siren = ''] = /^FR(\d{2})(\d{9})$/.exec(value) ?? [];
  return isSiren(siren) && Number(key) === (12 + 3 * (Number(siren) % 97)) % 97;
}

/** Ten digits that a Vietnamese tax code, which is the enterprise's number too, may be. */
export function isVietnameseTaxCode(value: string): boolean {
  if (!/^\d{10}$/.test(value)) return false;
  const sum = taxCodeWeights.reduce((total, weight, index) => total + weight * Number(value[index]), 0);
  // A remainder of 0 would need the digit 10: such a number is never given.
  return Number(value[9]) === 10 - (sum % 11);
}

/** Twenty characters that an LEI may be: letters counted from A = 10, modulo 97 it is 1. @see ISO 17442-1; ISO/IEC 7064 */
export function isLei(value: string): boolean {
  if (!/^[A-Z0-9]{18}\d{2}$/.test(value)) return false;
  const remainder = [...value].reduce((rest, character) => {
    const digits = Number.parseInt(character, 36);
    return (rest * (digits > 9 ? 100 : 10) + digits) % 97;
  }, 0);
  return remainder === 1;
}
