import { readRegistrationNumber } from '../organizations/registration-number.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import { isPowerCode } from '../representation/powers.ts';
import type { RequestParams } from './requested-login.ts';

/** What a portal asks of the person it receives, beyond who they are. @see docs/claims.md */
export type ActingRequest = {
  /** The organization it has in mind. */
  readonly hint: OrganizationHint | undefined;
  /** What the person must be able to do for it; none where the portal is content with whatever there is. */
  readonly powers: readonly string[];
  /** `prompt=select_organization`. */
  readonly asksAgain: boolean;
};

/** An organization by its number; or one natural person's business, which outside has a name of the sector only. */
export type OrganizationHint =
  | { readonly kind: 'number'; readonly number: RegistrationNumber }
  | { readonly kind: 'pseudonym'; readonly pseudonym: string };

const pseudonymForm = /^(?:vn-household|fr-individual):[A-Za-z0-9_-]{43}$/;
const maxPowers = 20;

const countries = { vn: 'VN', fr: 'FR' } as const;

/** The organization of a hint as `organization.id` writes it; undefined for what is none. */
export function readOrganizationHint(hint: string): OrganizationHint | undefined {
  if (pseudonymForm.test(hint)) return { kind: 'pseudonym', pseudonym: hint };
  const [, prefix, value = ''] = /^(vn|fr|lei):([A-Z0-9]{9,20})$/.exec(hint) ?? [];
  if (prefix === undefined) return undefined;
  const read = readRegistrationNumber(value, prefix === 'lei' ? undefined : countries[prefix as 'vn' | 'fr']);
  // A personal number has no place in an address: such an organization is hinted at by its pseudonym.
  if (read.kind !== 'valid' || read.number.value !== value || read.number.scheme === 'vn-household') return undefined;
  return (prefix === 'lei') === (read.number.scheme === 'lei') ? { kind: 'number', number: read.number } : undefined;
}

/** The codes of a `powers` parameter; undefined for what is no such list. */
export function readPowers(powers: string): readonly string[] | undefined {
  const codes = powers.split(' ');
  const isList = codes.length <= maxPowers && new Set(codes).size === codes.length && codes.every(isPowerCode);
  return isList ? codes : undefined;
}

function words(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : [];
}

/** @returns undefined where the portal doesn't ask for whom the person acts. The parameters were checked when they came. */
export function actingRequestOf(params: RequestParams): ActingRequest | undefined {
  if (!words(params['scope']).includes('organization')) return undefined;
  const { organization_hint: hint } = params;
  return {
    hint: typeof hint === 'string' ? readOrganizationHint(hint) : undefined,
    powers: words(params['powers']),
    asksAgain: words(params['prompt']).includes('select_organization'),
  };
}
