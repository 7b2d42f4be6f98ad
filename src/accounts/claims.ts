import type { Account } from './account.ts';
import type { Profile, ProfileAttribute } from './profile.ts';
import type { IdentityAttributes, IdentityRecord } from './verified-identity.ts';

/** What is known of a person, by the names of OIDC Core §5.1; which of it goes to whom is decided elsewhere. */
export type AccountClaims = { readonly [claim in Exclude<ProfileAttribute, 'address'>]?: string } & Pick<
  IdentityAttributes,
  'place_of_birth' | 'national_id'
> & {
    readonly address?: { readonly formatted: string };
    readonly email?: string;
    readonly email_verified?: boolean;
    readonly phone_number_verified?: false;
    /** Seconds since 1970 UTC. */
    readonly updated_at: number;
  };

/**
 * The claims of an opened account. Who the person is comes from one record of a source or, where there is none, from
 * what they say themselves: never from both. @see OIDC Core §5.1, §5.1.1
 */
export function claimsOf(account: Account, identity: IdentityRecord | undefined): AccountClaims {
  const { email, profileUpdatedAt, createdAt, locale } = account;
  const profile = identity === undefined ? account.profile : withIdentity(account.profile, identity);
  const { address, ...attributes } = profile;
  return {
    locale,
    ...attributes,
    ...vouchedOnly(identity),
    ...(address === undefined ? {} : { address: { formatted: address } }),
    ...(profile.phone_number === undefined ? {} : { phone_number_verified: false }),
    ...(email === null ? {} : { email: email.address, email_verified: email.verified }),
    updated_at: Math.floor((identity?.verifiedAt ?? profileUpdatedAt ?? createdAt).getTime() / 1000),
  };
}

/** What nobody says of themselves. */
function vouchedOnly(identity: IdentityRecord | undefined): Pick<AccountClaims, 'place_of_birth' | 'national_id'> {
  const { place_of_birth, national_id } = identity?.attributes ?? {};
  return { ...(place_of_birth && { place_of_birth }), ...(national_id && { national_id }) };
}

const identifying = ['name', 'family_name', 'middle_name', 'given_name', 'birthdate', 'gender'] as const;

function withIdentity(profile: Profile, { attributes }: IdentityRecord): Profile {
  const own = Object.entries(profile).filter(([attribute]) => !identifying.some((one) => one === attribute));
  const proved = identifying.flatMap((attribute) => {
    const value = attributes[attribute];
    return value === undefined ? [] : [[attribute, value]];
  });
  return Object.fromEntries([...own, ...proved]);
}
