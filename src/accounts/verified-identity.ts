import type { PartialDate } from '../platform/partial-date.ts';

/** The rules by which an assertion counts as proof; they grow, so each evidence says which it was made under. */
export const identityRuleVersion = 1;

/** A number that a country gives one person. @see docs/claims.md national_id */
export type NationalNumber = {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
  readonly type: 'personal-number';
  readonly value: string;
};

/**
 * What one source said of a person at one time, by the names of OIDC Core §5.1. `name` is authoritative, as the source
 * spells it, in NFC; its parts are there only where the source sent them: nothing is derived by splitting.
 */
export type IdentityAttributes = {
  readonly name: string;
  readonly family_name?: string;
  readonly middle_name?: string;
  readonly given_name?: string;
  readonly birthdate?: PartialDate;
  readonly gender?: 'female' | 'male' | 'other';
  /** @see OpenID Connect for Identity Assurance Claims Registration 1.0 §4.1 */
  readonly place_of_birth?: { readonly country?: string; readonly locality?: string };
  readonly national_id?: NationalNumber;
  /** As written on an envelope. */
  readonly address?: string;
};

/** Where an evidence comes from and what it asserted: enough to say how much it is worth, nothing of the person. */
export type IdentityStanding = {
  /** The key of the eID source. */
  readonly source: string;
  /** The level as the source wrote it. What it is worth is decided when it is asked. */
  readonly level: string;
  /** When the source last asserted exactly this. */
  readonly verifiedAt: Date;
};

/** One link between an account and an identity at a source, with the evidence that stands for it now. */
export type IdentityRecord = IdentityStanding & {
  /** Of the link. */
  readonly id: string;
  readonly evidenceId: string;
  readonly attributes: IdentityAttributes;
};

/** Of several records the one that speaks for the person; undefined where none is worth anything. */
export type ChooseIdentity = <Standing extends IdentityStanding>(records: readonly Standing[]) => Standing | undefined;
