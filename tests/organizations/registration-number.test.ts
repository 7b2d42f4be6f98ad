import { describe, expect, it } from '@jest/globals';
import {
  displayRegistrationNumber,
  type NumberReading,
  organizationIdOf,
  readRegistrationNumber,
} from '../../src/organizations/registration-number.ts';

const enterprise = (value: string, establishment?: string): NumberReading => ({
  kind: 'valid',
  number: { scheme: 'vn-enterprise', value },
  ...(establishment !== undefined && { establishment }),
});
const siren = (value: string, establishment?: string): NumberReading => ({
  kind: 'valid',
  number: { scheme: 'fr-siren', value },
  ...(establishment !== undefined && { establishment }),
});

describe('domain.md §6: a number that somebody typed', () => {
  it.each<[string, 'VN' | 'FR', NumberReading]>([
    ['0300588569', 'VN', enterprise('0300588569')],
    ['01.00.112.437', 'VN', enterprise('0100112437')],
    ['0311 916 028', 'VN', enterprise('0311916028')],
    ['0100112437-011', 'VN', enterprise('0100112437', '0100112437-011')],
    ['0312 68 78 78 – 001', 'VN', enterprise('0312687878', '0312687878-001')],
    ['0102721191001', 'VN', enterprise('0102721191', '0102721191-001')],
    ['\u200b0300588569\u00a0', 'VN', enterprise('0300588569')],
    ['０３００５８８５６９', 'VN', enterprise('0300588569')],
    ['087169372805', 'VN', { kind: 'valid', number: { scheme: 'vn-household', value: '087169372805' } }],
    ['552 032 534', 'FR', siren('552032534')],
    ['005880034', 'FR', siren('005880034')],
    ['552 032 534 00646', 'FR', siren('552032534', '55203253400646')],
    ['35600000016414', 'FR', siren('356000000', '35600000016414')],
    ['fr 27 552032534', 'FR', siren('552032534')],
    ['5299 00T8 bm49 AURS DO55', 'FR', { kind: 'valid', number: { scheme: 'lei', value: '529900T8BM49AURSDO55' } }],
    ['529900T8BM49AURSDO55', 'VN', { kind: 'valid', number: { scheme: 'lei', value: '529900T8BM49AURSDO55' } }],
  ])('%s in %s', (typed, country, reading) => {
    expect(readRegistrationNumber(typed, country)).toEqual(reading);
    expect(readRegistrationNumber(typed)).toEqual(reading);
  });

  it.each([
    ['0100233480', 'VN'],
    ['0100112438-011', 'VN'],
    ['0100112437-000', 'VN'],
    ['0000000000', 'VN'],
    ['000000000', 'FR'],
    ['552032535', 'FR'],
    ['55203253400647', 'FR'],
    ['FR28552032534', 'FR'],
    ['529900T8BM49AURSDO56', 'FR'],
  ] as const)('%s looks like a typo', (typed, country) => {
    expect(readRegistrationNumber(typed, country)).toEqual({ kind: 'typo' });
  });

  it.each([
    ['', 'VN'],
    ['5880034', 'FR'],
    ['552032534', 'VN'],
    ['0300588569', 'FR'],
    ['03005885691', 'VN'],
    ['0300588569 (head office)', 'VN'],
    ['FRXX552032534', 'FR'],
    ['٠٣٠٠٥٨٨٥٦٩', 'VN'],
    [`0300588569${' '.repeat(100)}`, 'VN'],
  ] as const)('%j is no number of %s', (typed, country) => {
    expect(readRegistrationNumber(typed, country)).toEqual({ kind: 'unknown-format' });
  });

  it.each([
    [{ scheme: 'vn-enterprise', value: '0300588569' }, 'vn:0300588569', '0300588569'],
    [{ scheme: 'vn-household', value: '087169372805' }, 'vn:087169372805', '•••805'],
    [{ scheme: 'fr-siren', value: '552032534' }, 'fr:552032534', '552\u00a0032\u00a0534'],
    [{ scheme: 'lei', value: '529900T8BM49AURSDO55' }, 'lei:529900T8BM49AURSDO55', '529900T8BM49AURSDO55'],
  ] as const)('%j has an id and a look', (number, id, display) => {
    expect(organizationIdOf(number)).toBe(id);
    expect(displayRegistrationNumber(number)).toBe(display);
  });
});
