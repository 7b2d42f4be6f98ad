/** Text that people read, in the three languages of the service. */
export type LocalizedText = { readonly vi: string; readonly en: string; readonly fr: string };

export type SecurityProfile = 'standard' | 'native' | 'fapi2';

export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials';

export type ClientAuthenticationMethod = 'private_key_jwt' | 'client_secret_basic' | 'client_secret_post' | 'none';

export type SigningAlgorithm = 'ES256' | 'RS256';

/** A public key as a client registers it. @see RFC 7517 §4; RFC 7518 §6 */
export type PublicJwk = {
  readonly kty: 'EC' | 'OKP' | 'RSA';
  readonly kid?: string | undefined;
  readonly use?: 'sig' | undefined;
  readonly alg?: string | undefined;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
};

/** @see RFC 7517 §5 */
export type PublicJwks = { readonly keys: readonly PublicJwk[] };

/** What a portal registers, under the names of the standard. @see OIDC Dynamic Client Registration 1.0 §2 */
export type RelyingPartyMetadata = {
  readonly redirect_uris: readonly string[];
  readonly post_logout_redirect_uris: readonly string[];
  readonly grant_types: readonly GrantType[];
  /** The scopes the portal may ask for, separated by spaces. */
  readonly scope: string;
  readonly token_endpoint_auth_method: ClientAuthenticationMethod;
  readonly token_endpoint_auth_signing_alg?: 'ES256' | 'PS256' | 'RS256' | 'EdDSA' | undefined;
  readonly id_token_signed_response_alg: SigningAlgorithm;
  /** Set where the portal wants userinfo as a signed JWT. */
  readonly userinfo_signed_response_alg?: SigningAlgorithm | undefined;
  readonly jwks?: PublicJwks | undefined;
  readonly jwks_uri?: string | undefined;
  readonly backchannel_logout_uri?: string | undefined;
  readonly backchannel_logout_session_required?: boolean | undefined;
  readonly initiate_login_uri?: string | undefined;
  readonly client_uri?: string | undefined;
  readonly logo_uri?: string | undefined;
  readonly policy_uri?: string | undefined;
  readonly tos_uri?: string | undefined;
};

/** Why a claim may leave: the person agreed, or a law orders it and the person is told which. */
export type ReleaseBasis = { readonly kind: 'consent' } | { readonly kind: 'law'; readonly citation: LocalizedText };

/** Claims that leave only where a law orders it: nobody may be asked to agree. */
export const claimsByLawOnly: ReadonlySet<string> = new Set(['national_id']);

/** A claim that the portal declared to need. Claims that aren't declared are never released to it. */
export type ReleasedClaim = {
  readonly claim: string;
  readonly purpose: LocalizedText;
  readonly basis: ReleaseBasis;
  /** Without it the portal can't serve the person. */
  readonly required: boolean;
};

/** Every value of `acr` a portal may demand or name otherwise. @see OIDC Core §2 acr */
export const acrNames = ['self', 'low', 'substantial', 'high', 'aal2', 'phr'] as const;
export type AcrName = (typeof acrNames)[number];

/** What a portal demands of how its people are authenticated, and its own words for it. */
export type AssuranceDemands = {
  /** Nobody reaches the portal with less, whatever a request asks for. */
  readonly minimumAcr?: AcrName | undefined;
  /** Nobody reaches the portal by an authentication that a look-alike page could have relayed. */
  readonly phishingResistant: boolean;
  /** Names the portal uses in `acr_values` (`eidas2`), each with the value it stands for; none is itself such a value. */
  readonly acrAliases: Readonly<Record<string, AcrName>>;
  /** For how long after a source vouched for an identity the portal takes it for proved; without it, for ever. */
  readonly identityMaxAgeDays?: number | undefined;
};

/** How a portal takes people who act for an organization. */
export type ActingDemands = {
  /** People may act as themselves there; else nobody gets in who doesn't act for an organization. */
  readonly asSelf: boolean;
  /** The portal knows what to do with a power that several have to exercise together. */
  readonly joint: boolean;
};

/** Names under which a portal that was made for another identity provider expects its claims. @see docs/claims.md */
export const claimsPresets = ['vnconnect', 'franceconnect'] as const;
export type ClaimsPreset = (typeof claimsPresets)[number];

/** A portal that relies on us, of one agency; its people have one `sub` per sector. */
export type RelyingParty = {
  readonly clientId: string;
  readonly agencyId: string;
  readonly sectorId: string;
  readonly profile: SecurityProfile;
  /** Lifts PKCE for a confidential client that can't do it yet; such a client must send a nonce. */
  readonly legacy: boolean;
  readonly name: LocalizedText;
  readonly metadata: RelyingPartyMetadata;
  /** SHA-256 of the client secret, set exactly where the client authenticates with one. */
  readonly secretHash?: Buffer | undefined;
  readonly assurance: AssuranceDemands;
  readonly acting: ActingDemands;
  /** The portal gets its claims under these names, and no others. */
  readonly claimsPreset?: ClaimsPreset | undefined;
  readonly release: readonly ReleasedClaim[];
  /** Version of the texts and bases of `release`: who agreed to another one is asked again. */
  readonly releaseVersion: string;
  /** Identifiers of the resource servers it may ask tokens for. @see RFC 8707 */
  readonly resources: readonly string[];
  readonly disabledAt?: Date | undefined;
};

/** A portal as people find it in a list. */
export type Portal = {
  readonly clientId: string;
  readonly name: LocalizedText;
  readonly homeUri: string;
  readonly logoUri?: string | undefined;
};

export type Agency = { readonly id: string; readonly key: string; readonly name: LocalizedText };

export type Sector = { readonly id: string; readonly agencyId: string; readonly key: string };

/** An API of an agency that accepts our access tokens. @see RFC 8707 */
export type ResourceServer = {
  readonly identifier: string;
  readonly agencyId: string;
  readonly sectorId: string;
  readonly scopes: readonly string[];
  readonly accessTokenFormat: 'opaque' | 'jwt';
  readonly accessTokenTtlSeconds: number;
  /** Takes no opaque token of somebody who acts for an organization: JWTs of at most a minute, which outlive a revocation. */
  readonly representationAsJwt: boolean;
};

/** Whether the client authenticates with a secret. @see OIDC Core §9 */
export function usesSecret(metadata: Pick<RelyingPartyMetadata, 'token_endpoint_auth_method'>): boolean {
  return metadata.token_endpoint_auth_method.startsWith('client_secret_');
}
