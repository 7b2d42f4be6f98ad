import { isPerson, type Listed, type SandboxOrganization } from './organization.ts';

/** What can be wrong with a pretend register, or with what it says of one organization. */
export const registerFaults = [
  'none',
  /** Connections are closed without an answer. */
  'down',
  /** The answer comes late. */
  'slow',
  /** 500. */
  'error',
  /** A page in place of data. */
  'html',
  /** 429 with Retry-After. */
  'too-many',
  /** The answer says that it is more than a year old. */
  'stale',
  /** Everybody who represented the organization has left. */
  'officer-gone',
  'struck-off',
  /** A company listed there has one digit wrong; where there is none, the organization itself. */
  'wrong-number',
  /** The register knows, and may not say. */
  'masked',
] as const;

export type RegisterFault = (typeof registerFaults)[number];

export function isRegisterFault(value: unknown): value is RegisterFault {
  return registerFaults.some((fault) => fault === value);
}

/** The same number with another last digit. */
function mistaken(number: string): string {
  return `${number.slice(0, -1)}${(Number(number.slice(-1)) + 1) % 10}`;
}

function afterLeaving(listed: Listed): Listed {
  return isPerson(listed) ? { ...listed, active: false } : listed;
}

function withMistake(listed: Listed): Listed {
  return isPerson(listed) || listed.number === undefined ? listed : { ...listed, number: mistaken(listed.number) };
}

/** What the register says of it, under faults that sit in its data. Never changes the organization it is given. */
export function asRegistered(organization: SandboxOrganization, fault: RegisterFault): SandboxOrganization {
  const { number, representatives } = organization;
  switch (fault) {
    case 'officer-gone':
      return { ...organization, representatives: representatives.map(afterLeaving) };
    case 'struck-off':
      return { ...organization, state: 'closed' };
    case 'wrong-number':
      return representatives.some((listed) => !isPerson(listed) && listed.number !== undefined)
        ? { ...organization, representatives: representatives.map(withMistake) }
        : { ...organization, number: mistaken(number) };
    default:
      return organization;
  }
}
