import type { ClaimsPreset } from '../relying-parties/relying-party.ts';
import { paddedBirthdate } from './claim-birthdate.ts';

/** How a claim's value is spelled elsewhere. */
type Spelling = 'same' | 'compact-date' | 'padded-date' | 'formatted' | 'value' | 'country' | 'locality';

/** A claim under another name; `scope` where its own name has none. */
type RenamedClaim = {
  readonly claim: string;
  readonly from: string;
  readonly as: Spelling;
  readonly scope: string;
};

type PresetTable = {
  readonly renamed: readonly RenamedClaim[];
  /** Said of everybody; nothing about the person. */
  readonly constant: Readonly<Record<string, string>>;
};

const tables: Readonly<Record<ClaimsPreset, PresetTable>> = {
  vnconnect: {
    renamed: [
      { claim: 'TechID', from: 'sub', as: 'same', scope: 'openid' },
      { claim: 'HoVaTen', from: 'name', as: 'same', scope: 'profile' },
      { claim: 'NgayThangNamSinh', from: 'birthdate', as: 'compact-date', scope: 'profile' },
      { claim: 'SoDinhDanh', from: 'national_id', as: 'value', scope: 'national_id' },
      { claim: 'DiaChi', from: 'address', as: 'formatted', scope: 'address' },
      { claim: 'SoDienThoai', from: 'phone_number', as: 'same', scope: 'phone' },
      { claim: 'ThuDienTu', from: 'email', as: 'same', scope: 'email' },
    ],
    // A person, not an enterprise.
    constant: { LoaiTaiKhoan: '1' },
  },
  franceconnect: {
    renamed: [
      { claim: 'given_name', from: 'given_name', as: 'same', scope: 'profile' },
      { claim: 'family_name', from: 'family_name', as: 'same', scope: 'profile' },
      { claim: 'birthdate', from: 'birthdate', as: 'padded-date', scope: 'profile' },
      { claim: 'gender', from: 'gender', as: 'same', scope: 'profile' },
      { claim: 'birthplace', from: 'place_of_birth', as: 'locality', scope: 'profile' },
      { claim: 'birthcountry', from: 'place_of_birth', as: 'country', scope: 'profile' },
      { claim: 'email', from: 'email', as: 'same', scope: 'email' },
    ],
    constant: {},
  },
};

function memberOf(value: unknown, member: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
}

function spell(value: unknown, as: Spelling): unknown {
  switch (as) {
    case 'same':
      return value;
    case 'compact-date':
      return typeof value === 'string' ? paddedBirthdate(value).replaceAll('-', '') : undefined;
    case 'padded-date':
      return typeof value === 'string' ? paddedBirthdate(value) : undefined;
    case 'formatted':
    case 'value':
    case 'country':
    case 'locality':
      return memberOf(value, as);
  }
}

/** The claim that a name of the preset stands for; undefined for a name it doesn't have. */
export function renamedFrom(preset: ClaimsPreset | undefined, claim: string): string | undefined {
  return preset && tables[preset].renamed.find((one) => one.claim === claim)?.from;
}

/** What a scope asks for by the names of a preset. */
export function presetClaimsOfScope(preset: ClaimsPreset, scope: string): readonly string[] {
  const { renamed, constant } = tables[preset];
  const constants = scope === 'openid' ? Object.keys(constant) : [];
  return [...renamed.filter((one) => one.scope === scope).map(({ claim }) => claim), ...constants];
}

/**
 * The person's claims under the names of a preset. It renames and never adds: a claim that may not leave leaves under no
 * name. The portal gets no others; what the protocol itself says isn't touched.
 * @param claims with `sub` as the portal knows the person
 */
export function renameClaims(
  claims: Readonly<Record<string, unknown>>,
  { preset, permitted }: { readonly preset: ClaimsPreset; readonly permitted: ReadonlySet<string> },
): Readonly<Record<string, unknown>> {
  const { renamed, constant } = tables[preset];
  const known = renamed
    .filter(({ from }) => from === 'sub' || permitted.has(from))
    .map(({ claim, from, as }) => [claim, spell(claims[from], as)] as const)
    .filter(([, value]) => value !== undefined);
  return { ...constant, ...Object.fromEntries(known) };
}
