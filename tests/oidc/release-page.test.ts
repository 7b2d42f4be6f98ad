import { describe, expect, it } from '@jest/globals';
import { shownClaims } from '../../src/oidc/release-page.ts';
import type { LawClaim } from '../../src/relying-parties/consent-record.ts';
import { releasedByLaw } from '../support/relying-party.ts';

function shown(claim: string, value: unknown): string | undefined {
  const lawClaims = [releasedByLaw(claim) as LawClaim];
  const asked = { kind: 'ask', lawClaims, consentClaims: [], agreedClaims: [] } as const;
  return shownClaims(asked, { values: { [claim]: value }, locale: 'vi' })[0]?.value;
}

describe('what the release page shows of a value', () => {
  it('the last three digits of a personal number, under the law it is released by', () => {
    const national = { country: 'VN', type: 'personal-number', value: '099190000123' };
    expect(shown('national_id', national)).toBe('•••••••••123');
    const [line] = shownClaims(
      { kind: 'ask', lawClaims: [releasedByLaw('national_id') as LawClaim], consentClaims: [], agreedClaims: [] },
      { values: { national_id: national }, locale: 'en' },
    );
    expect(line).toMatchObject({ claim: 'national_id', basis: { kind: 'law', citation: 'an act (en)' } });
    expect(JSON.stringify(line)).not.toContain('099190000');
  });

  it.each<[string, unknown, string]>([
    ['name', 'Nguyễn Thị Lan', 'Nguyễn Thị Lan'],
    ['address', { formatted: '1 Trần Hưng Đạo' }, '1 Trần Hưng Đạo'],
    ['place_of_birth', { country: 'VN', locality: 'An Hòa' }, 'An Hòa, Việt Nam'],
    ['birthdate', '1984-03-12', '12/03/1984'],
    ['birthdate', '1965', '1965'],
    ['place_of_birth', { country: 'VN' }, 'Việt Nam'],
    ['national_id', undefined, ''],
  ])('%s', (claim, value, expected) => {
    expect(shown(claim, value)).toBe(expected);
  });
});
