import { describe, expect, it } from '@jest/globals';
import { isFrenchVatNumber, isLei, isSiren, isSiret, isVietnameseTaxCode } from '../../src/registries/check-digits.ts';

/** Every number that differs in one digit. */
function neighbours(value: string): readonly string[] {
  return [...value].flatMap((digit, at) =>
    [...'0123456789']
      .filter((other) => /\d/.test(digit) && other !== digit)
      .map((other) => value.slice(0, at) + other + value.slice(at + 1)),
  );
}

const sirens = ['552032534', '356000000', '005880034', '006003560', '775726417', '130025265', '302474648'];
const sirets = ['55203253400646', '00588003400011', '30247464800664', '35600000000048'];
const ofLaPoste = ['35600000016414', '35600000024221', '35600000024230', '35600000024249', '35600000053008'];
const taxCodes = `0300588569 0101248141 0100112437 0100109106 0100684378 0303217354 0100150619 0101245486 0100681592
  0100107370 0900189284 0100283873 0100107518 0100111948 0100686174 0100230800 0301452948 0102641429 0102721191
  0311916028 0312687878`.split(/\s+/);
const leis = ['529900T8BM49AURSDO55', '549300LBI3LRIZ2V8V66', '254900LNRYNOQ9YPU758', '984500983AD71E4FBC41'];

describe('domain.md §6: check digits', () => {
  it.each([
    ['SIREN', isSiren, sirens],
    ['SIRET', isSiret, [...sirets, ...ofLaPoste]],
    ['French VAT', isFrenchVatNumber, ['FR27552032534']],
    ['Vietnamese tax code', isVietnameseTaxCode, taxCodes],
    ['LEI', isLei, leis],
  ] as const)('%s: real numbers pass', (_, passes, numbers) => {
    expect(numbers.filter((number) => !passes(number))).toEqual([]);
  });

  it.each([
    ['SIREN', isSiren, sirens],
    ['SIRET', isSiret, sirets.filter((siret) => !siret.startsWith('356'))],
    ['French VAT', isFrenchVatNumber, ['FR27552032534']],
    ['Vietnamese tax code', isVietnameseTaxCode, taxCodes],
    ['LEI', isLei, leis],
  ] as const)('%s: no number passes that differs in one digit', (_, passes, numbers) => {
    expect(numbers.flatMap(neighbours).filter((number) => passes(number))).toEqual([]);
  });

  it.each(['795361917', '0100233480', '', ' ', '5520325340', 'FR28552032534'])('%j is none of them', (number) => {
    for (const passes of [isSiren, isSiret, isFrenchVatNumber, isVietnameseTaxCode, isLei]) {
      expect(passes(number)).toBe(false);
    }
  });

  it('La Poste’s rule holds for La Poste only', () => {
    expect(isSiret('35600000016415')).toBe(false);
    expect(isSiret('55203253400642')).toBe(false);
  });

  it('Σ mod 11 = 0 has no tax code', () => {
    const heads = Array.from({ length: 2_000 }, (_, index) => String(990_000_000 + index));
    const without = heads.filter((head) => ![...'0123456789'].some((digit) => isVietnameseTaxCode(head + digit)));
    expect(without.length / heads.length).toBeCloseTo(1 / 11, 1);
  });
});
