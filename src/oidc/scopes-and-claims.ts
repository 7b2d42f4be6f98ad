/** Which claims a scope asks for. @see OIDC Core §5.4; docs/claims.md */
export const claimsByScope = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'aal', 'ial'],
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
} as const;

export const scopesSupported = [...Object.keys(claimsByScope), 'offline_access'];

/** Claims that say how the person was authenticated: every portal gets them, nobody is asked. */
export const protocolClaims: ReadonlySet<string> = new Set([...claimsByScope.openid, 'sid', 'iss']);

// Facts that mean nothing by themselves and follow the claim they describe.
const companions: Readonly<Record<string, string>> = {
  email_verified: 'email',
  phone_number_verified: 'phone_number',
  updated_at: 'name',
};

/** The claim whose release decides over `claim`: `email` for `email_verified`. */
export function decidingClaim(claim: string): string {
  return companions[claim] ?? claim;
}

/** Personal claims that a request asks for by scope or by name, without those every portal gets. */
export function requestedPersonalClaims({
  scopes,
  named,
}: {
  readonly scopes: Iterable<string>;
  readonly named: Iterable<string>;
}): readonly string[] {
  const byScope: Readonly<Record<string, readonly string[] | undefined>> = claimsByScope;
  const requested = new Set([...scopes].flatMap((scope) => byScope[scope] ?? []));
  for (const claim of named) requested.add(claim);
  return [...requested].filter((claim) => !protocolClaims.has(claim));
}
