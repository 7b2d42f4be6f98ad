import { newSecretToken } from '../platform/secret-token.ts';
import type {
  AcrName,
  AssuranceDemands,
  ClaimsPreset,
  LocalizedText,
  ReleasedClaim,
  RelyingParty,
  RelyingPartyMetadata,
  SecurityProfile,
} from './relying-party.ts';

/** The demands of a portal, under the names in which they are registered and shown. */
export type AssuranceMetadata = {
  readonly minimum_acr?: AcrName;
  readonly phishing_resistant: boolean;
  readonly acr_aliases: AssuranceDemands['acrAliases'];
  readonly identity_max_age_days?: number;
};

/** What the engine keeps of a client beyond the standard; JSON only, as the engine hashes and caches it. */
export type ExtraClientMetadata = AssuranceMetadata & {
  readonly sector_id: string;
  readonly agency_id: string;
  readonly security_profile: SecurityProfile;
  /** PKCE isn't asked of it; a nonce is. */
  readonly legacy_pkce: boolean;
  readonly names: LocalizedText;
  readonly acting_as_self: boolean;
  readonly joint_powers: boolean;
  readonly claims_preset?: ClaimsPreset;
  readonly release: readonly ReleasedClaim[];
  readonly release_version: string;
  readonly resources: readonly string[];
  /** Base64url of the SHA-256 of the client secret. */
  readonly secret_hash?: string;
};

/** Names of the properties above, for the engine's `extraClientMetadata.properties`. */
export const extraClientMetadata: readonly (keyof ExtraClientMetadata)[] = [
  'sector_id',
  'agency_id',
  'security_profile',
  'legacy_pkce',
  'names',
  'release',
  'release_version',
  'resources',
  'secret_hash',
  'minimum_acr',
  'phishing_resistant',
  'acr_aliases',
  'identity_max_age_days',
  'claims_preset',
  'acting_as_self',
  'joint_powers',
];

/** What the engine is given; every property has the name and type of the standard. */
export type ClientMetadata = RelyingPartyMetadata &
  ExtraClientMetadata & {
    readonly client_id: string;
    readonly client_name: string;
    readonly client_secret?: string;
    readonly application_type: 'web' | 'native';
    readonly response_types: readonly 'code'[];
    readonly subject_type: 'pairwise';
    readonly sector_identifier_uri: string;
    readonly require_auth_time: boolean;
    readonly require_pushed_authorization_requests?: boolean;
    readonly dpop_bound_access_tokens?: boolean;
  };

type ProfileDemands = Pick<ClientMetadata, 'application_type' | 'legacy_pkce'> & Partial<ClientMetadata>;

// The engine insists on a secret in clear. It gets one nobody knows, so that without our comparison nothing matches.
const secretNobodyKnows = newSecretToken();

/** The profile's demands; they overrule what was registered. @see FAPI 2.0 Security Profile §5.3; RFC 8252 §8 */
function profileDemands({ profile, legacy, metadata }: RelyingParty): ProfileDemands {
  switch (profile) {
    case 'standard':
      return { application_type: 'web', legacy_pkce: legacy };
    case 'native':
      return {
        application_type: 'native',
        legacy_pkce: false,
        token_endpoint_auth_method: 'none',
        dpop_bound_access_tokens: true,
      };
    case 'fapi2':
      return {
        application_type: 'web',
        legacy_pkce: false,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: metadata.token_endpoint_auth_signing_alg ?? 'ES256',
        id_token_signed_response_alg: 'ES256',
        require_pushed_authorization_requests: true,
        dpop_bound_access_tokens: true,
      };
  }
}

export function toAssuranceMetadata({
  minimumAcr,
  phishingResistant,
  acrAliases,
  identityMaxAgeDays,
}: AssuranceDemands): AssuranceMetadata {
  return {
    ...(minimumAcr && { minimum_acr: minimumAcr }),
    phishing_resistant: phishingResistant,
    acr_aliases: acrAliases,
    ...(identityMaxAgeDays !== undefined && { identity_max_age_days: identityMaxAgeDays }),
  };
}

/**
 * The engine's metadata of a relying party: what it registered, bound by its security profile. Code flow only,
 * pairwise subjects. The sector is named by a URI that is never fetched (`.invalid`, RFC 2606 §2), one host per sector,
 * so that portals keep their people when their own hosts change.
 */
export function toClientMetadata(relyingParty: RelyingParty): ClientMetadata {
  const { clientId, metadata, secretHash, sectorId, claimsPreset } = relyingParty;
  return {
    ...metadata,
    client_id: clientId,
    client_name: relyingParty.name.vi,
    response_types: metadata.grant_types.includes('authorization_code') ? ['code'] : [],
    subject_type: 'pairwise',
    sector_identifier_uri: `https://${sectorId}.sector.invalid/`,
    require_auth_time: true,
    names: relyingParty.name,
    sector_id: sectorId,
    agency_id: relyingParty.agencyId,
    security_profile: relyingParty.profile,
    ...(claimsPreset && { claims_preset: claimsPreset }),
    acting_as_self: relyingParty.acting.asSelf,
    joint_powers: relyingParty.acting.joint,
    release: relyingParty.release,
    release_version: relyingParty.releaseVersion,
    resources: relyingParty.resources,
    ...toAssuranceMetadata(relyingParty.assurance),
    ...(secretHash && { client_secret: secretNobodyKnows, secret_hash: secretHash.toString('base64url') }),
    ...profileDemands(relyingParty),
  };
}
