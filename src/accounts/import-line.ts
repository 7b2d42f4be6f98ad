import { z } from 'zod';
import { isLocale, type Locale } from '../platform/i18n.ts';
import { type EmailAddress, parseEmailAddress } from './email-address.ts';
import { type Profile, readProfile } from './profile.ts';

/** One existing account, as another system hands it over: a line of JSON. */
const lineForm = z.strictObject({
  email: z.string(),
  /** When the other system proved the address. Only proved addresses are taken over. */
  email_verified_at: z.iso.datetime({ offset: true }),
  created_at: z.iso.datetime({ offset: true }),
  locale: z.string(),
  /** A PHC or crypt string; absent for somebody who signs in by recovery first. */
  password_hash: z.string().max(1_024).optional(),
  /** By the names of OIDC Core §5.1; `address` as one text. */
  profile: z
    .strictObject({
      name: z.string(),
      given_name: z.string(),
      family_name: z.string(),
      middle_name: z.string(),
      birthdate: z.string(),
      gender: z.string(),
      address: z.string(),
      phone_number: z.string(),
      zoneinfo: z.string(),
    })
    .partial()
    .default({}),
  /** Who the person already is to portals: the `sub` each sector knows. */
  subjects: z
    .array(
      z.strictObject({
        sector: z.string(),
        sub: z
          .string()
          .min(1)
          .max(255)
          .regex(/^[\x21-\x7e]+$/),
      }),
    )
    .max(100)
    .default([]),
});

export type ImportRefusal =
  | 'not-json'
  | 'fields-invalid'
  | 'email-invalid'
  | 'locale-unknown'
  | 'profile-invalid'
  | 'password-hash-refused'
  | 'sector-unknown'
  | 'sector-twice'
  | 'address-twice'
  | 'subject-taken';

export type ImportedPerson = {
  readonly email: EmailAddress;
  readonly verifiedAt: Date;
  readonly createdAt: Date;
  readonly locale: Locale;
  readonly passwordHash: string | null;
  readonly profile: Profile;
  readonly subjects: readonly { readonly sectorId: string; readonly sub: string }[];
};

export type ImportLineReading =
  | { readonly kind: 'person'; readonly person: ImportedPerson }
  | { readonly kind: 'refused'; readonly reason: ImportRefusal };

export type ImportRules = {
  readonly sectorIds: ReadonlyMap<string, string>;
  /** Whether passwords hashed like this can be verified here. */
  readonly acceptsHash: (hash: string) => boolean;
  readonly today: Date;
};

/** Reads one line. Never throws: a bad line is refused with the first reason found, and the rest goes on. */
export function readImportLine(line: string, rules: ImportRules): ImportLineReading {
  const parsed = lineForm.safeParse(jsonOf(line));
  if (!parsed.success) {
    return refused(jsonOf(line) === undefined ? 'not-json' : 'fields-invalid');
  }
  const { email: typed, locale, password_hash: passwordHash = null, subjects: named, ...rest } = parsed.data;
  const email = parseEmailAddress(typed);
  if (email === undefined) {
    return refused('email-invalid');
  }
  if (!isLocale(locale)) {
    return refused('locale-unknown');
  }
  const reading = readProfile(definedOf(rest.profile), rules.today);
  if (reading.kind === 'invalid') {
    return refused('profile-invalid');
  }
  if (passwordHash !== null && !rules.acceptsHash(passwordHash)) {
    return refused('password-hash-refused');
  }
  if (new Set(named.map(({ sector }) => sector)).size !== named.length) {
    return refused('sector-twice');
  }
  const subjects = named.flatMap(({ sector, sub }) => {
    const sectorId = rules.sectorIds.get(sector);
    return sectorId === undefined ? [] : [{ sectorId, sub }];
  });
  if (subjects.length !== named.length) {
    return refused('sector-unknown');
  }
  const [verifiedAt, createdAt] = [new Date(rest.email_verified_at), new Date(rest.created_at)];
  const { profile } = reading;
  return { kind: 'person', person: { email, verifiedAt, createdAt, locale, passwordHash, profile, subjects } };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function definedOf(profile: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(profile).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function refused(reason: ImportRefusal): ImportLineReading {
  return { kind: 'refused', reason };
}
