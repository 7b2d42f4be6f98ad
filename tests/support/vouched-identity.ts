import { randomUUID } from 'node:crypto';
import type { IdentityAttributes, IdentityRecord } from '../../src/accounts/verified-identity.ts';
import type { DescribedSource } from '../../src/oidc/verified-evidence.ts';
import type { PartialDate } from '../../src/platform/partial-date.ts';

/** A national eID nobody has. */
export const testSource: DescribedSource = {
  name: 'Căn cước thử nghiệm',
  country: 'VN',
  trustFramework: 'vn-test-eid',
};

export const partialDate = (date: string): PartialDate => date as PartialDate;

/** Somebody invented, as a source vouches for her. */
export function anIdentity(
  changes: Partial<Omit<IdentityRecord, 'attributes'>> & { readonly attributes?: Partial<IdentityAttributes> } = {},
): IdentityRecord {
  return {
    id: randomUUID(),
    evidenceId: randomUUID(),
    source: 'test-eid',
    level: '2',
    verifiedAt: new Date('2026-11-20T03:04:05.678Z'),
    ...changes,
    attributes: {
      name: 'Nguyễn Thị Lan',
      family_name: 'Nguyễn',
      middle_name: 'Thị',
      given_name: 'Lan',
      birthdate: partialDate('1990-05-17'),
      gender: 'female',
      place_of_birth: { country: 'VN', locality: 'An Hòa' },
      national_id: { country: 'VN', type: 'personal-number', value: '099190000123' },
      address: '1 Trần Hưng Đạo, An Hòa',
      ...changes.attributes,
    },
  };
}
