/** What an operation asks of the sign-in behind it. */
export type Demand = {
  /** Any of these will do. They are what the challenge asks for. */
  readonly acrValues: readonly string[];
  /** Values of the provider's `aal` claim that are as good, whatever `acr` the token was asked for with. */
  readonly aals: readonly string[];
  readonly maxAgeSeconds: number | undefined;
};

/** What an access token says, of the sign-in it came from among others: `acr`, `aal`, `auth_time`. @see RFC 9470 §6 */
type TokenClaims = Readonly<Record<string, unknown>>;

const unmetError = 'insufficient_user_authentication';

/** Whether a sign-in meets the demand now, in whole seconds since 1970. What a token doesn't say isn't met. */
export function isEnough({ acrValues, aals, maxAgeSeconds }: Demand, token: TokenClaims, now: number): boolean {
  const { acr: tokenAcr, aal: tokenAal, auth_time: authTime } = token;
  const isStrong = acrValues.some((acr) => acr === tokenAcr) || aals.some((aal) => aal === tokenAal);
  if (maxAgeSeconds === undefined) return isStrong;
  return isStrong && typeof authTime === 'number' && now - authTime <= maxAgeSeconds;
}

/** The `WWW-Authenticate` header of a 401 that asks for more. @see RFC 9470 §3 */
export function stepUpChallenge({ acrValues, maxAgeSeconds }: Demand): string {
  const parts = [
    `error="${unmetError}"`,
    'error_description="A stronger or more recent sign-in is needed"',
    `acr_values="${acrValues.join(' ')}"`,
    ...(maxAgeSeconds === undefined ? [] : [`max_age="${maxAgeSeconds}"`]),
  ];
  return `Bearer ${parts.join(', ')}`;
}

/**
 * What a challenge asks the next authorization request for: nothing beyond the usual, where a new token will do.
 * @see RFC 9470 §4
 */
export function parametersOf(challenge: string): URLSearchParams {
  const given = new Map(
    [...challenge.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const asked = new URLSearchParams();
  if (given.get('error') !== unmetError) return asked;
  for (const name of ['acr_values', 'max_age']) {
    const value = given.get(name);
    if (value !== undefined) asked.set(name, value);
  }
  return asked;
}
