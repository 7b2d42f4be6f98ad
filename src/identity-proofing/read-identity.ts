import type { IdentityAttributes } from '../accounts/verified-identity.ts';
import {
  type ClaimMap,
  type ClaimPath,
  type ClaimsDocument,
  claimAt,
  type MappedAttribute,
  mappedAttributes,
} from './claim-map.ts';
import type { EidDistrust } from './eid-connector.ts';
import { readBirthdate } from './read-birthdate.ts';

/** What the claims of somebody who signed in say. */
export type IdentityReading =
  | {
      readonly kind: 'person';
      readonly subject: string;
      readonly level: string;
      readonly attributes: IdentityAttributes;
      /** What the source did send, well-formed as text, and what isn't what it should be: a date that can't be. */
      readonly leftOut: readonly MappedAttribute[];
    }
  | { readonly kind: 'withdrawn'; readonly subject: string }
  | { readonly kind: 'enterprise-account' }
  | { readonly kind: 'not-trusted'; readonly reason: EidDistrust };

type Texts = Readonly<Partial<Record<MappedAttribute, string>>>;

const malformed = Symbol('malformed');
type Text = string | undefined | typeof malformed;

const nameMaxCharacters = 200;
const addressMaxCharacters = 500;
const wordMaxCharacters = 100;

const maxCharacters: Readonly<Record<MappedAttribute, number>> = {
  family_name: nameMaxCharacters,
  middle_name: nameMaxCharacters,
  given_name: nameMaxCharacters,
  birthdate: wordMaxCharacters,
  gender: wordMaxCharacters,
  national_id: wordMaxCharacters,
  address: addressMaxCharacters,
  birth_country: wordMaxCharacters,
  birth_locality: nameMaxCharacters,
};

// Controls, halves of a character, line and paragraph separators, and the marks that turn the reading direction.
const forbidden = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

// Compared byte by byte for ever, so nothing of it is normalised away; spaces would be, somewhere. @see OIDC Core §8
const subjectPattern = /^[\x21-\x7e]{1,255}$/;

// Whoever configures VN gets the rule of VN; elsewhere what numbers of persons look like in general.
const personalNumbers: Readonly<Record<string, RegExp>> = { VN: /^\d{12}$/ };
const anyPersonalNumber = /^[\p{L}\p{N}](?:[\p{L}\p{N} ./-]{0,62}[\p{L}\p{N}])?$/u;

/**
 * Reads a person out of what a source sent: NFC, trimmed, bounded. A value of the wrong type, too long, or with
 * characters that no name has makes the whole answer `malformed`; a text that merely doesn't fit its attribute (a date
 * that can't be, a number that is none) is left out, as its absence can't be mistaken for anything. Never throws.
 * @param documents in order of trust: a claim is read from the first that has it
 */
export function readIdentity(
  documents: readonly ClaimsDocument[],
  { claims, country, today }: { readonly claims: ClaimMap; readonly country: string; readonly today: Date },
): IdentityReading {
  const at = (path: ClaimPath): unknown =>
    documents.map((document) => claimAt(document, path) ?? undefined).find((value) => value !== undefined);
  const word = (path: ClaimPath): Text => readText(at(path), wordMaxCharacters);

  const subject = at(claims.subject) ?? '';
  if (subject === '') return notTrusted('incomplete');
  if (typeof subject !== 'string' || !subjectPattern.test(subject)) return notTrusted('malformed');

  const standing = readStanding({ subject, claims, word });
  if (standing) return standing;

  const level = word(claims.level);
  const name = joined(claims.name.map((path) => readText(at(path), nameMaxCharacters)));
  const entries = mappedAttributes.map((attribute) => {
    const path = claims.attributes[attribute];
    return [attribute, path && readText(at(path), maxCharacters[attribute], attribute === 'address')] as const;
  });
  if ([level, name, ...entries.map(([, text]) => text)].includes(malformed)) return notTrusted('malformed');
  if (typeof name !== 'string') return notTrusted('incomplete');
  const texts: Texts = Object.fromEntries(entries.filter(([, text]) => text !== undefined));
  return {
    kind: 'person',
    subject,
    level: typeof level === 'string' ? level : '',
    ...readAttributes({ name, texts }, { claims, country, today }),
  };
}

/** Why the account, whoever it is, isn't that of a person now; undefined where it is. */
function readStanding({
  subject,
  claims: { accountKind, status },
  word,
}: {
  readonly subject: string;
  readonly claims: ClaimMap;
  readonly word: (path: ClaimPath) => Text;
}): IdentityReading | undefined {
  if (accountKind) {
    const kind = word(accountKind.claim);
    if (isAmong(accountKind.enterprise, kind)) return { kind: 'enterprise-account' };
    if (!isAmong(accountKind.person, kind)) return notTrusted('account-kind');
  }
  const state = status && word(status.claim);
  if (state === malformed) return notTrusted('malformed');
  return status && isAmong(status.withdrawn, state) ? { kind: 'withdrawn', subject } : undefined;
}

function readAttributes(
  { name, texts }: { readonly name: string; readonly texts: Texts },
  { claims, country, today }: { readonly claims: ClaimMap; readonly country: string; readonly today: Date },
): { readonly attributes: IdentityAttributes; readonly leftOut: readonly MappedAttribute[] } {
  const { family_name, middle_name, given_name, address, birth_locality: locality } = texts;
  const birthdate = texts.birthdate && readBirthdate(texts.birthdate, { format: claims.birthdateFormat, today });
  const gender = texts.gender && ownValue(claims.genders, texts.gender.toLowerCase());
  const birthCountry = texts.birth_country && readCountry(texts.birth_country, claims);
  const number = texts.national_id?.match(personalNumbers[country] ?? anyPersonalNumber)?.[0];
  const read = { birthdate, gender, birth_country: birthCountry, national_id: number };
  return {
    attributes: {
      name,
      ...(family_name && { family_name }),
      ...(middle_name && { middle_name }),
      ...(given_name && { given_name }),
      ...(birthdate && { birthdate }),
      ...(gender && { gender }),
      ...((birthCountry || locality) && {
        place_of_birth: { ...(birthCountry && { country: birthCountry }), ...(locality && { locality }) },
      }),
      ...(number && { national_id: { country, type: 'personal-number', value: number } }),
      ...(address && { address }),
    },
    leftOut: (Object.keys(read) as (keyof typeof read)[]).filter(
      (attribute) => texts[attribute] !== undefined && read[attribute] === undefined,
    ),
  };
}

/** A text as it is kept; an empty one is no text. */
function readText(value: unknown, max: number, severalLines = false): Text {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return malformed;
  const lines = severalLines ? value.split(/\r?\n/) : [value];
  const text = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
    .normalize('NFC');
  if (forbidden.test(text.replaceAll('\n', ' ')) || (!severalLines && text.includes('\n'))) return malformed;
  if ([...text].length > max) return malformed;
  return text === '' ? undefined : text;
}

function joined(parts: readonly Text[]): Text {
  if (parts.includes(malformed)) return malformed;
  return readText(parts.filter((part) => part !== undefined).join(' '), nameMaxCharacters);
}

function isAmong(words: readonly string[], text: Text): boolean {
  return typeof text === 'string' && words.includes(text);
}

function readCountry(written: string, { birthCountries }: ClaimMap): string | undefined {
  if (birthCountries) return ownValue(birthCountries, written);
  return /^[A-Z]{2}$/.test(written) ? written : undefined;
}

function ownValue<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function notTrusted(reason: EidDistrust): IdentityReading {
  return { kind: 'not-trusted', reason };
}
