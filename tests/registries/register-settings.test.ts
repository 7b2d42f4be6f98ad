import { describe, expect, it } from '@jest/globals';
import { loadRegisters, readRegisters } from '../../src/registries/register-settings.ts';

const sirene = { type: 'fr-sirene', api_key: 'the-secret-key' };
const faultOf = (registers: unknown): string => {
  try {
    readRegisters(typeof registers === 'string' ? registers : JSON.stringify(registers));
    return '';
  } catch (fault) {
    return fault instanceof Error ? fault.message : '';
  }
};

describe('DINHDANH_REGISTERS_FILE', () => {
  it('needs no more than a type and its key', () => {
    expect(readRegisters(JSON.stringify([sirene, { type: 'gleif' }]))).toEqual([
      {
        ...sirene,
        key: 'fr-sirene',
        base_url: new URL('https://api.insee.fr/api-sirene/3.11'),
        requests_per_second: 0.5,
        fresh_for_seconds: 3600,
        keep_for_seconds: 604_800,
      },
      expect.objectContaining({ key: 'gleif', base_url: new URL('https://api.gleif.org/api/v1') }),
    ]);
  });

  it.each<[string, unknown]>([
    ['no JSON', '[{'],
    ['no array', {}],
    ['an unknown type', [{ type: 'us-edgar' }]],
    ['no key to the register', [{ type: 'fr-sirene' }]],
    ['a key that no header takes', [{ ...sirene, api_key: 'the-secret-key\n' }]],
    ['an unknown setting', [{ ...sirene, apikey: 'the-secret-key' }]],
    ['the same key twice', [sirene, sirene]],
    ['http', [{ ...sirene, base_url: 'http://register.example' }]],
    ['a password in the address', [{ ...sirene, base_url: 'https://a:the-secret-key@register.example' }]],
    ['a query in the address', [{ ...sirene, base_url: 'https://register.example/?key=the-secret-key' }]],
    ['a pretend register nowhere', [{ type: 'sandbox' }]],
    ['a pretend register elsewhere', [{ type: 'sandbox', base_url: 'https://register.example' }]],
    ['no pace', [{ ...sirene, requests_per_second: 0 }]],
    ['a year', [{ ...sirene, keep_for_seconds: 31_536_000 }]],
  ])('refuses %s without quoting it', (_, registers) => {
    expect(faultOf(registers)).toMatch(/^The file of DINHDANH_REGISTERS_FILE .+\.$/);
    expect(faultOf(registers)).not.toContain('the-secret-key');
  });

  it('says which file it couldn’t read', () => {
    expect(() => loadRegisters({ file: '/nowhere/registers.json' })).toThrow(
      "The file of DINHDANH_REGISTERS_FILE can't be read: /nowhere/registers.json.",
    );
  });
});
