import type { RelyingParty } from './relying-party.ts';

export type RelyingPartyRow = {
  readonly client_id: string;
  readonly agency_id: string;
  readonly sector_id: string;
  readonly profile: RelyingParty['profile'];
  readonly legacy: boolean;
  readonly name: RelyingParty['name'];
  readonly metadata: RelyingParty['metadata'];
  readonly secret_hash: Buffer | null;
  readonly minimum_acr: RelyingParty['assurance']['minimumAcr'] | null;
  readonly phishing_resistant: boolean;
  readonly acr_aliases: RelyingParty['assurance']['acrAliases'];
  readonly identity_max_age_days: number | null;
  readonly acting_as_self: boolean;
  readonly joint_powers: boolean;
  readonly claims_preset: RelyingParty['claimsPreset'] | null;
  readonly release: RelyingParty['release'];
  readonly release_version: string;
  readonly resources: readonly string[];
};

/** The columns of such a row. */
export const relyingPartyColumns = `
  client_id, agency_id, sector_id, profile, legacy, name, metadata, secret_hash, minimum_acr, phishing_resistant,
  acr_aliases, identity_max_age_days, acting_as_self, joint_powers, claims_preset, release, release_version, resources`;

/** The relying party of a row, whether it is disabled or not. */
export function toRelyingParty(row: RelyingPartyRow): RelyingParty {
  return {
    clientId: row.client_id,
    agencyId: row.agency_id,
    sectorId: row.sector_id,
    profile: row.profile,
    legacy: row.legacy,
    name: row.name,
    metadata: row.metadata,
    ...(row.secret_hash && { secretHash: row.secret_hash }),
    assurance: {
      ...(row.minimum_acr && { minimumAcr: row.minimum_acr }),
      phishingResistant: row.phishing_resistant,
      acrAliases: row.acr_aliases,
      ...(row.identity_max_age_days !== null && { identityMaxAgeDays: row.identity_max_age_days }),
    },
    acting: { asSelf: row.acting_as_self, joint: row.joint_powers },
    ...(row.claims_preset && { claimsPreset: row.claims_preset }),
    release: row.release,
    releaseVersion: row.release_version,
    resources: row.resources,
  };
}
