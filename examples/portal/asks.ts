/** What one sign-in asks for beyond the portal's usual request. */
export type Ask = {
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxAgeSeconds: number | undefined;
  readonly demandedAcr: readonly string[] | undefined;
};

/** The parameters a link to `/sign-in` may carry; all others are the portal's own business. */
const passedOn = ['prompt', 'max_age', 'acr_values', 'claims', 'login_hint', 'organization_hint', 'powers'] as const;

type AcrRequest = { readonly essential?: boolean; readonly value?: string; readonly values?: readonly string[] };

/** Links of the signed-in page, in order; `key` is the word that names the link. */
export const demonstrations = [
  { key: 'askAgain', query: { prompt: 'login' } },
  { key: 'askRecent', query: { max_age: '60' } },
  { key: 'askSecondFactor', query: { acr_values: 'aal2' } },
  { key: 'askPhishingResistant', query: { acr_values: 'phr' } },
  {
    key: 'askSubstantial',
    query: { claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['substantial', 'high'] } } }) },
  },
  { key: 'askNationalId', query: { scope: 'national_id' } },
  {
    key: 'askVerifiedClaims',
    query: {
      claims: JSON.stringify({
        userinfo: {
          verified_claims: {
            verification: { trust_framework: null, assurance_level: null, time: null },
            claims: { name: null, birthdate: null },
          },
        },
      }),
    },
  },
  { key: 'askConsent', query: { prompt: 'consent' } },
  { key: 'askOrganization', query: { prompt: 'select_organization', scope: 'organization' } },
  { key: 'askSilent', query: { prompt: 'none' } },
] as const;

function demandedAcr(claims: string): readonly string[] | undefined {
  const request: unknown = JSON.parse(claims);
  const acr = (request as { id_token?: { acr?: AcrRequest | null } | null } | null)?.id_token?.acr;
  if (!acr?.essential) return undefined;
  return acr.values ?? (acr.value === undefined ? undefined : [acr.value]);
}

/**
 * Reads what a link to `/sign-in` asks for. `scope` adds to the portal's scopes.
 * @returns undefined when a parameter can't be read.
 */
export function parseAsk(query: URLSearchParams, scopes: readonly string[]): Ask | undefined {
  const parameters: Record<string, string> = {};
  for (const name of passedOn) {
    const value = query.get(name);
    if (value) parameters[name] = value;
  }
  const more = (query.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  parameters['scope'] = [...new Set([...scopes, ...more])].join(' ');
  const maxAge = parameters['max_age'];
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) return undefined;
  try {
    return {
      parameters,
      maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
      demandedAcr: parameters['claims'] === undefined ? undefined : demandedAcr(parameters['claims']),
    };
  } catch {
    return undefined;
  }
}
