import type { EidPerson } from './person.ts';

/** What can be wrong with one login. */
export const loginFaults = [
  'none',
  /** The ID token carries a nonce that nobody asked for. */
  'wrong-nonce',
  /** Userinfo speaks of somebody else than the ID token. */
  'other-subject',
  /** A level below the one that was asked for; below the lowest, one that nobody has heard of. */
  'lower-level',
  /** The sign-in is an hour old, whatever was asked for. */
  'stale-sign-in',
  /** The token endpoint answers, but late. */
  'timeout',
  /** The token endpoint answers 500. */
  'server-error',
  /** Family and given names exchanged. */
  'swapped-names',
  /** Only the year of birth is known. */
  'partial-birthdate',
  /** Somebody signed in as a company. */
  'enterprise-account',
  /** The eID says that this identity is no longer valid. */
  'withdrawn-identity',
  /** The same person under another family name. */
  'renamed',
  /** The eID refuses, without asking anybody. */
  'declined',
] as const;

export type LoginFault = (typeof loginFaults)[number];

/** A whole eID that is down: nobody listens, or nobody ever answers. */
export type Outage = 'refusing' | 'hanging';

export function isOutage(fault: LoginFault | Outage): fault is Outage {
  return fault === 'refusing' || fault === 'hanging';
}

/** What the eID's register says of this person, under faults that sit there. Never changes the person it is given. */
export function asRegistered(
  person: EidPerson,
  { fault, otherFamilyName }: { readonly fault: LoginFault; readonly otherFamilyName: string },
): EidPerson {
  const { family_name: family, middle_name: middle, given_name: given, birthdate } = person;
  const named = (first: string, last: string): string =>
    [first, middle, last].filter((part) => part !== undefined).join(' ');
  switch (fault) {
    case 'swapped-names':
      return { ...person, name: named(given, family), family_name: given, given_name: family };
    case 'renamed':
      return { ...person, name: named(otherFamilyName, given), family_name: otherFamilyName };
    case 'partial-birthdate':
      return { ...person, birthdate: `${birthdate.slice(0, 4)}-00-00` };
    default:
      return person;
  }
}
