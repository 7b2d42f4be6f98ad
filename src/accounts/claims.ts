import type { Account } from './account.ts';
import type { ProfileAttribute } from './profile.ts';

/** What is known of a person, by the names of OIDC Core §5.1; which of it goes to whom is decided elsewhere. */
export type AccountClaims = { readonly [claim in Exclude<ProfileAttribute, 'address'>]?: string } & {
  readonly address?: { readonly formatted: string };
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly phone_number_verified?: false;
  /** Seconds since 1970 UTC. */
  readonly updated_at: number;
};

/** The claims of an opened account. @see OIDC Core §5.1, §5.1.1 */
export function claimsOf({ email, profile, profileUpdatedAt, createdAt, locale }: Account): AccountClaims {
  const { address, ...attributes } = profile;
  return {
    locale,
    ...attributes,
    ...(address === undefined ? {} : { address: { formatted: address } }),
    ...(profile.phone_number === undefined ? {} : { phone_number_verified: false }),
    ...(email === null ? {} : { email: email.address, email_verified: email.verified }),
    updated_at: Math.floor((profileUpdatedAt ?? createdAt).getTime() / 1000),
  };
}
