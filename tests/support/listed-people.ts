import type { Ial } from '../../src/accounts/ial.ts';
import type { IdentityAttributes } from '../../src/accounts/verified-identity.ts';
import { type PartialDate, readPartialDate } from '../../src/platform/partial-date.ts';
import type {
  LegalEntity,
  Listed,
  ListedOrganization,
  ListedPerson,
  RegisterAnswer,
  RegisterEvidence,
  RegistrationNumber,
} from '../../src/registries/legal-entity.ts';
import { type Claimant, matchingRules } from '../../src/representation/judge-match.ts';
import { matchRepresentative, type RepresentativeMatch } from '../../src/representation/match-representative.ts';

export const date = (text: string): PartialDate => readPartialDate(text) ?? ('' as PartialDate);
export const siren = (value: string): RegistrationNumber => ({ scheme: 'fr-siren', value });

/** A French company; `5710` is a SAS. */
export const frenchCompany = (changes: Partial<LegalEntity> = {}): LegalEntity => ({
  number: siren('552032534'),
  numberIsFaulty: false,
  name: 'ATELIERS DU LAC',
  legalForm: { code: '5710', label: 'SAS, société par actions simplifiée' },
  state: 'active',
  isNaturalPerson: false,
  country: 'FR',
  ...changes,
});

export const vietnameseCompany = (changes: Partial<LegalEntity> = {}): LegalEntity => ({
  number: { scheme: 'vn-enterprise', value: '0300588569' },
  numberIsFaulty: false,
  name: 'Công ty Cổ phần Sông Xanh',
  legalForm: { code: 'CTCP', label: 'Công ty cổ phần' },
  state: 'active',
  isNaturalPerson: false,
  country: 'VN',
  ...changes,
});

export const household = (owner: string, changes: Partial<LegalEntity> = {}): LegalEntity =>
  vietnameseCompany({
    number: { scheme: 'vn-household', value: owner },
    name: 'Hộ kinh doanh Hoa Sen',
    legalForm: { code: 'HKD', label: 'Hộ kinh doanh' },
    isNaturalPerson: true,
    ...changes,
  });

const nobody = { roleCode: undefined, roleLabel: undefined, isActive: true, isMasked: false, givenNames: [] } as const;

/** Margaux Hélène Lacroix, president of a SAS, as a French register lists her. */
export const listedMargaux = (changes: Partial<ListedPerson> = {}): ListedPerson => ({
  ...nobody,
  kind: 'person',
  roleCode: '73',
  birthName: 'LACROIX',
  givenNames: ['MARGAUX', 'HELENE'],
  birthdate: date('1988-08-15'),
  birthPlace: { country: 'FRANCE', locality: 'Marseille' },
  ...changes,
});

export const margaux = (changes: Partial<IdentityAttributes> = {}): IdentityAttributes => ({
  name: 'Margaux Hélène Lacroix',
  family_name: 'Lacroix',
  given_name: 'Margaux Hélène',
  birthdate: date('1988-08-15'),
  place_of_birth: { country: 'FR', locality: 'MARSEILLE' },
  ...changes,
});

/** Nguyễn Thị Hoà, legal representative, as a Vietnamese register lists her. */
export const listedHoa = (changes: Partial<ListedPerson> = {}): ListedPerson => ({
  ...nobody,
  kind: 'person',
  roleCode: 'dai-dien-phap-luat',
  roleLabel: 'Người đại diện theo pháp luật',
  name: 'NGUYỄN THỊ HÒA',
  birthdate: date('1965-10-03'),
  personalNumber: { country: 'VN', value: '046165000123' },
  ...changes,
});

export const hoa = (changes: Partial<IdentityAttributes> = {}): IdentityAttributes => ({
  name: 'Nguyễn Thị Hoà',
  birthdate: date('1965-10-03'),
  national_id: { country: 'VN', type: 'personal-number', value: '046165000123' },
  ...changes,
});

export const listedCompany = (changes: Partial<ListedOrganization> = {}): ListedOrganization => ({
  kind: 'organization',
  roleCode: '73',
  roleLabel: undefined,
  isActive: true,
  name: 'HOLDING DES CIMES',
  number: siren('130025265'),
  ...changes,
});

/** The match of a person whose identity is proved. */
export function match(
  identity: IdentityAttributes,
  {
    listed,
    entity = frenchCompany(),
    ial = 'ial2',
  }: { readonly listed: readonly Listed[]; readonly entity?: LegalEntity; readonly ial?: Ial },
): RepresentativeMatch {
  return matchRepresentative({ person: claimant(identity, ial), entity, listed, rules: matchingRules });
}

export const claimant = (identity: IdentityAttributes, ial: Ial = 'ial2'): Claimant => ({ identity, ial });

/** How one criterion came out; undefined where the match doesn't speak of it. */
export function outcomeOf({ criteria }: RepresentativeMatch, criterion: string): string | undefined {
  return criteria.find((one) => one.criterion === criterion)?.outcome;
}

const evidence: RegisterEvidence = {
  source: 'sandbox',
  asOf: new Date('2026-11-20T00:00:00Z'),
  responseHash: 'a'.repeat(64),
};

export const found = <Value>(value: Value): RegisterAnswer<Value> => ({ kind: 'found', value, ...evidence });
export const notFound = { kind: 'not-found', ...evidence } as const;
export const masked = { kind: 'masked', ...evidence } as const;
export const unavailable = { kind: 'unavailable', source: 'sandbox' } as const;
