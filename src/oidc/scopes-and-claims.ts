import type { ClaimsPreset } from '../relying-parties/relying-party.ts';
import { presetClaimsOfScope, renamedFrom } from './claims-preset.ts';

/** Which claims a scope asks for. @see OIDC Core §5.4; docs/claims.md */
export const claimsByScope = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'aal', 'ial', 'organization', 'representation'],
  profile: [
    'name',
    'family_name',
    'middle_name',
    'given_name',
    'birthdate',
    'gender',
    'locale',
    'zoneinfo',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  national_id: ['national_id'],
  // In the ID token too, where the engine takes those of openid alone; nobody has them who wasn't asked for whom they act.
  organization: ['organization', 'representation'],
  organizations: ['organizations'],
} as const;

/** Claims no scope asks for: only by name. @see OpenID Connect for Identity Assurance Claims Registration 1.0 §4 */
export const claimsByName = ['place_of_birth'] as const;

/** The frame of claims that a source verified: nothing by itself, it holds claims that are each released or not. */
export const verifiedClaimsClaim = 'verified_claims';

export const scopesSupported = [...Object.keys(claimsByScope), 'offline_access'];

/** Claims that say how the person was authenticated and, of their own choice just now, for whom they act: nobody is asked again. */
export const protocolClaims: ReadonlySet<string> = new Set([...claimsByScope.openid, 'sid', 'iss']);

const personalClaims: ReadonlySet<string> = new Set(
  [...Object.values(claimsByScope).flat(), ...claimsByName].filter((claim) => !protocolClaims.has(claim)),
);

// Facts that mean nothing by themselves and follow the claim they describe.
const companions: ReadonlyMap<string, string> = new Map([
  ['email_verified', 'email'],
  ['phone_number_verified', 'phone_number'],
  ['updated_at', 'name'],
]);

/** The claim whose release decides over `claim`: `email` for `email_verified`, `name` for what a preset calls it. */
export function decidingClaim(claim: string, preset: ClaimsPreset | undefined): string {
  return companions.get(claim) ?? renamedFrom(preset, claim) ?? claim;
}

/**
 * Personal claims that a request asks for by scope or by name, under the names it uses; without those every portal gets,
 * and those nobody knows.
 */
export function requestedPersonalClaims({
  scopes,
  named,
  preset,
}: {
  readonly scopes: Iterable<string>;
  readonly named: Iterable<string>;
  readonly preset: ClaimsPreset | undefined;
}): readonly string[] {
  const byScope: Readonly<Record<string, readonly string[] | undefined>> = claimsByScope;
  const asked = [...scopes].flatMap((scope) => [
    ...(Object.hasOwn(byScope, scope) ? (byScope[scope] ?? []) : []),
    ...(preset ? presetClaimsOfScope(preset, scope) : []),
  ]);
  return [...new Set([...asked, ...named])].filter((claim) => personalClaims.has(decidingClaim(claim, preset)));
}
