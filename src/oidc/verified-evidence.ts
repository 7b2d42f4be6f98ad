import type { IdentityRecord } from '../accounts/verified-identity.ts';
import { claimBirthdate } from './claim-birthdate.ts';

/** What is said of an eID source to portals. */
export type DescribedSource = {
  /** As portals may show it. */
  readonly name: string;
  /** ISO 3166-1 alpha-2 of the state behind it. */
  readonly country: string;
  /** The rules under which it proves people; its levels are read by them. */
  readonly trustFramework: string;
};

/** A part of a `verification`: a leaf is text. */
export type VerificationPart = string | readonly VerificationPart[] | { readonly [name: string]: VerificationPart };

/** Everything that could be said of one evidence. What was not asked for is taken away from it. */
export type VerifiedEvidence = {
  readonly verification: Readonly<Record<string, VerificationPart>>;
  readonly claims: Readonly<Record<string, unknown>>;
};

/** @see the predefined values of the eKYC & IDA working group: evidence, electronic records, check methods */
const evidenceType = 'electronic_record';
const recordType = 'population_register';
/** The person authenticated at the source. */
const checkMethod = 'auth';

/** Every claim that an evidence may verify, by its name in OIDC Core §5.1 and in Claims Registration 1.0 §4. */
export const verifiableClaims = [
  'name',
  'family_name',
  'middle_name',
  'given_name',
  'birthdate',
  'gender',
  'place_of_birth',
  'national_id',
  'address',
] as const;

function verifiedClaimsOf({ attributes }: IdentityRecord): VerifiedEvidence['claims'] {
  const { birthdate, address, ...others } = attributes;
  return {
    ...others,
    ...(birthdate && { birthdate: claimBirthdate(birthdate) }),
    ...(address !== undefined && { address: { formatted: address } }),
  };
}

// Whole seconds in UTC: more would tell nothing but which two portals look at the same person.
function timeStamp(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/**
 * A record as an evidence of type `electronic_record`. No reference of ours is in it (`verification_process`,
 * `check_id`): it would be the same at every portal, and so join what pairwise subjects keep apart.
 * @see OpenID Identity Assurance Schema Definition 1.0 §4.2, §4.2.3.4
 */
export function verifiedEvidenceOf(record: IdentityRecord, source: DescribedSource): VerifiedEvidence {
  const time = timeStamp(record.verifiedAt);
  return {
    verification: {
      trust_framework: source.trustFramework,
      ...(record.level !== '' && { assurance_level: record.level }),
      time,
      evidence: [
        {
          type: evidenceType,
          check_details: [{ check_method: checkMethod, organization: source.name, time }],
          record: { type: recordType, source: { name: source.name, country_code: source.country } },
        },
      ],
    },
    claims: verifiedClaimsOf(record),
  };
}

/**
 * What discovery says of verified claims, where there is a source at all.
 * @see OpenID Connect for Identity Assurance 1.0 §8
 */
export function verifiedClaimsMetadata(sources: Iterable<DescribedSource>): Readonly<Record<string, unknown>> {
  const trustFrameworks = new Set([...sources].map(({ trustFramework }) => trustFramework));
  if (trustFrameworks.size === 0) return {};
  return {
    verified_claims_supported: true,
    trust_frameworks_supported: [...trustFrameworks].sort(),
    claims_in_verified_claims_supported: [...verifiableClaims],
    evidence_supported: [evidenceType],
    electronic_records_supported: [recordType],
  };
}
