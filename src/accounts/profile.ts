import { isLocale, type Locale } from '../platform/i18n.ts';
import { readPartialDate } from '../platform/partial-date.ts';

/** What a person says about themselves, by the names of OIDC Core §5.1. Absent is absent: nothing is ever empty. */
export type Profile = {
  readonly name?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly middle_name?: string;
  /** `1965`, `1965-10` or `1965-10-03`, as precise as the person knows it. */
  readonly birthdate?: string;
  readonly gender?: string;
  /** As written on an envelope, lines separated by `\n`. */
  readonly address?: string;
  /** E.164. Self-declared: never a verified number. */
  readonly phone_number?: string;
  readonly locale?: Locale;
  /** IANA time zone. */
  readonly zoneinfo?: string;
};

export type ProfileAttribute = keyof Profile;

/** What a form sends: text, where an empty one means "leave it out". */
export type TypedProfile = { readonly [attribute in ProfileAttribute]?: string };

export type ProfileReading =
  | { readonly kind: 'valid'; readonly profile: Profile }
  | { readonly kind: 'invalid'; readonly attributes: readonly ProfileAttribute[] };

type Reader = (typed: string, today: Date) => string | undefined;

const nameMaxCharacters = 200;
const addressMaxCharacters = 500;
const genders: ReadonlySet<string> = new Set(['female', 'male', 'other']);

const readers: Readonly<Record<ProfileAttribute, Reader>> = {
  name: readName,
  given_name: readName,
  family_name: readName,
  middle_name: readName,
  birthdate: readBirthdate,
  gender: (typed) => (genders.has(typed) ? typed : undefined),
  address: readAddress,
  phone_number: readPhoneNumber,
  locale: (typed) => (isLocale(typed) ? typed : undefined),
  zoneinfo: (typed) => (isTimeZone(typed) ? typed : undefined),
};

/** Reads what a person typed about themselves: trimmed, NFC, in the form it is stored in. Tells every fault at once. */
export function readProfile(typed: TypedProfile, today: Date): ProfileReading {
  const attributes: ProfileAttribute[] = [];
  const profile: Partial<Record<ProfileAttribute, string>> = {};
  for (const attribute of Object.keys(readers) as ProfileAttribute[]) {
    const value = (typed[attribute] ?? '').trim().normalize('NFC');
    if (value === '') {
      continue;
    }
    const read = readers[attribute](value, today);
    if (read === undefined) {
      attributes.push(attribute);
    } else {
      profile[attribute] = read;
    }
  }
  return attributes.length === 0 ? { kind: 'valid', profile: profile as Profile } : { kind: 'invalid', attributes };
}

function readName(typed: string): string | undefined {
  const name = typed.replace(/\s+/gu, ' ');
  return [...name].length <= nameMaxCharacters && !/[\p{C}<>]/u.test(name) ? name : undefined;
}

function readAddress(typed: string): string | undefined {
  const lines = typed.split(/\r?\n/).map((line) => line.trim());
  const address = lines.filter((line) => line !== '').join('\n');
  return [...address].length <= addressMaxCharacters && !/[<>]|(?!\n)\p{C}/u.test(address) ? address : undefined;
}

function readBirthdate(typed: string, today: Date): string | undefined {
  const date = readPartialDate(typed);
  return date !== undefined && Date.parse(date) <= today.getTime() ? date : undefined;
}

/** Vietnamese mobile numbers may be written as at home: `0[35789]` and eight digits. @see ITU-T E.164 */
function readPhoneNumber(typed: string): string | undefined {
  const digits = typed.replace(/[\s().-]/g, '');
  if (/^0[35789]\d{8}$/.test(digits)) {
    return `+84${digits.slice(1)}`;
  }
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}

// Asked of the formatter and not of its list, in which some builds have Asia/Saigon for Asia/Ho_Chi_Minh.
function isTimeZone(zone: string): boolean {
  if (zone !== 'UTC' && !/^[A-Za-z]+(?:\/[A-Za-z_-]+){1,2}$/.test(zone)) {
    return false;
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
