/** Somebody whom a pretend register lists; spelled as the eID of their country spells them. */
export type ListedPerson = {
  /** The register's code: `dai-dien-phap-luat`, or one of INPI's. */
  readonly role: string;
  /** The whole name in the order of its country. */
  readonly name: string;
  /** At birth. */
  readonly family_name: string;
  readonly usage_name?: string | undefined;
  /** All of them, separated by spaces. */
  readonly given_name: string;
  readonly birthdate: string;
  readonly national_id?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly nationality: string;
  /** INSEE code of the commune. */
  readonly birthplace?: string | undefined;
  /** False: was, and is no longer. */
  readonly active: boolean;
};

/** An organization in a role at another; without a number, like the state. */
export type ListedOrganization = {
  readonly role: string;
  readonly name: string;
  readonly number?: string | undefined;
};

export type Listed = ListedPerson | ListedOrganization;

/** An organization that a pretend register knows. */
export type SandboxOrganization = {
  readonly register: 'vn' | 'fr';
  /** A household business has its owner's personal number. */
  readonly kind: 'enterprise' | 'household';
  readonly number: string;
  readonly name: string;
  readonly legal_form: { readonly code: string; readonly label: string };
  readonly state: 'active' | 'in-liquidation' | 'suspended' | 'closed';
  readonly address: string;
  readonly representatives: readonly Listed[];
};

export function isPerson(listed: Listed): listed is ListedPerson {
  return 'birthdate' in listed;
}
