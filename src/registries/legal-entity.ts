import type { PartialDate } from '../platform/partial-date.ts';

/** Which kind of number of which country; `value` has been checked and is in the form in which it is compared. */
export type RegistrationNumber = {
  /** `vn-enterprise` is a tax code too; `vn-household` is its owner's personal number; `lei` belongs to no country. */
  readonly scheme: 'vn-enterprise' | 'vn-household' | 'fr-siren' | 'lei';
  readonly value: string;
};

/** What a register calls an organization's kind, by its own code, and what that means for who binds it. */
export type LegalForm = {
  /** As the register writes it (INSEE `5710`, `CTTNHH1TV`). */
  readonly code: string;
  /** As people read it, in the register's language. */
  readonly label: string;
};

export type LegalEntityState =
  | 'active'
  /** It exists, and only a liquidator binds it. */
  | 'in-liquidation'
  /** Its business rests; it still exists. */
  | 'suspended'
  | 'closed'
  | 'unknown';

/** One organization as one register knows it. */
export type LegalEntity = {
  readonly number: RegistrationNumber;
  /** The register's own number breaks its check digit: kept, and said. */
  readonly numberIsFaulty: boolean;
  readonly name: string;
  readonly tradeName?: string | undefined;
  readonly legalForm: LegalForm | undefined;
  readonly state: LegalEntityState;
  /** One natural person's own business, without a legal personality of its own: its number may be theirs. */
  readonly isNaturalPerson: boolean;
  readonly country: string;
  readonly address?: string | undefined;
  /** Its text speaks of insolvency, whatever its state says: for a person to read. */
  readonly mentionsInsolvency?: boolean | undefined;
  /** What its national register knows it by, where this one has another number. */
  readonly nationalNumber?: RegistrationNumber | undefined;
};

/** Somebody listed. Being listed is not a power: what the role means is for the table of binding roles. */
export type ListedPerson = {
  readonly kind: 'person';
  /** The register's code of the role; undefined where it gives none. */
  readonly roleCode: string | undefined;
  /** As the register writes it. */
  readonly roleLabel: string | undefined;
  /** Undefined where the register doesn't say. */
  readonly isActive: boolean | undefined;
  /** The whole name where the register gives only that. */
  readonly name?: string | undefined;
  readonly birthName?: string | undefined;
  readonly usageName?: string | undefined;
  /** In the register's order. */
  readonly givenNames: readonly string[];
  readonly birthdate?: PartialDate | undefined;
  readonly birthPlace?: { readonly country?: string | undefined; readonly locality?: string | undefined } | undefined;
  readonly nationality?: string | undefined;
  /** A unique number of the person, where the register has it. Never shown. */
  readonly personalNumber?: { readonly country: string; readonly value: string } | undefined;
  /** The register has it and keeps it to itself. */
  readonly isMasked: boolean;
};

/** An organization that is listed: its own representatives have to be asked for. */
export type ListedOrganization = {
  readonly kind: 'organization';
  readonly roleCode: string | undefined;
  readonly roleLabel: string | undefined;
  readonly isActive: boolean | undefined;
  readonly name: string | undefined;
  /** Undefined where the register gives none ("L'ETAT"). */
  readonly number: RegistrationNumber | undefined;
  /** The register's own number breaks its check digit: kept, and said. */
  readonly numberIsFaulty?: boolean | undefined;
};

export type Listed = ListedPerson | ListedOrganization;

/** Why a register's word and when: kept with every decision that rests on it. */
export type RegisterEvidence = {
  /** The key of the connector. */
  readonly source: string;
  /** How old the word is: when the register says it is from, else when it answered. */
  readonly asOf: Date;
  /** SHA-256 of the answer as it came, in hexadecimal. */
  readonly responseHash: string;
  /** The register can't be asked now: this is its last word, as old as `asOf` says. */
  readonly isStale?: boolean | undefined;
};

/**
 * What a register answers. `masked`: there is one, and the register may not say who. `unavailable` is never "no": nobody
 * was asked, or nobody answered.
 */
export type RegisterAnswer<Value> =
  | ({ readonly kind: 'found'; readonly value: Value } & RegisterEvidence)
  | ({ readonly kind: 'not-found' | 'masked' } & RegisterEvidence)
  | { readonly kind: 'unavailable'; readonly source: string };

/** One business register. Nothing here throws for what the register does. */
export type Register = {
  readonly key: string;
  /** Which numbers it knows. */
  readonly schemes: readonly RegistrationNumber['scheme'][];
  readonly findLegalEntity: (number: RegistrationNumber) => Promise<RegisterAnswer<LegalEntity>>;
  /** Absent where the register knows of none: an empty list would say that there are none. */
  readonly listRepresentatives?: (number: RegistrationNumber) => Promise<RegisterAnswer<readonly Listed[]>>;
};
