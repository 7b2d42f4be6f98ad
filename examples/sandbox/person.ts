/**
 * Somebody whom a pretend eID knows. Names of OIDC Core §5.1 where there is one; spelled as the eID writes them, which
 * in Vietnam is in capitals with all tones.
 */
export type EidPerson = {
  /** The stable key of the person at this eID. */
  readonly subject: string;
  /** The best they can sign in with, as the eID writes it. */
  readonly level: string;
  /** The whole name in the order of its country. */
  readonly name: string;
  readonly family_name: string;
  readonly middle_name?: string | undefined;
  readonly given_name: string;
  /** What a French civil status calls the usage name. */
  readonly preferred_username?: string | undefined;
  /** `YYYY-MM-DD`; a part that nobody knows is `00`. */
  readonly birthdate: string;
  readonly gender: 'female' | 'male';
  readonly national_id?: string | undefined;
  readonly address?: string | undefined;
  /** As the eID writes it: `0` and nine digits in Vietnam. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  /** INSEE codes of the commune and of the country; 99100 is France. */
  readonly birthplace?: string | undefined;
  readonly birthcountry?: string | undefined;
};

/** Enough to tell two people apart, and no more: a page may be looked at over a shoulder. */
export function maskedNumber(number: string): string {
  return `${'•'.repeat(number.length - 4)}${number.slice(-4)}`;
}
