import type { BirthdateFormat } from './read-birthdate.ts';

/** Where a value stands in a claims document: the name of a claim, or a JSON Pointer (`/address/formatted`, RFC 6901). */
export type ClaimPath = string;

/** The attributes that a source may send as one text each, `name` apart. */
export const mappedAttributes = [
  'family_name',
  'middle_name',
  'given_name',
  'birthdate',
  'gender',
  'national_id',
  'address',
  'birth_country',
  'birth_locality',
] as const;
export type MappedAttribute = (typeof mappedAttributes)[number];

/** How a source writes what we call a person. It names what is read; everything else that a source sends is left alone. */
export type ClaimMap = {
  /** The stable key of the person at the source. */
  readonly subject: ClaimPath;
  /** The whole name; of several claims they are joined by a space, in this order. Joining is not splitting. */
  readonly name: readonly ClaimPath[];
  readonly attributes: Readonly<Partial<Record<MappedAttribute, ClaimPath>>>;
  readonly birthdateFormat: BirthdateFormat;
  /** By the word of the source, in lower case. */
  readonly genders: Readonly<Record<string, 'female' | 'male' | 'other'>>;
  /** By the word of the source; a word that isn't here is no country we know. ISO 3166-1 alpha-2 where undefined. */
  readonly birthCountries?: Readonly<Record<string, string>> | undefined;
  readonly level: ClaimPath;
  /** Where set, an answer that says neither a person nor an enterprise isn't trusted. */
  readonly accountKind?:
    | { readonly claim: ClaimPath; readonly person: readonly string[]; readonly enterprise: readonly string[] }
    | undefined;
  readonly status?: { readonly claim: ClaimPath; readonly withdrawn: readonly string[] } | undefined;
};

export type ClaimsDocument = { readonly [claim: string]: unknown };

/** What stands at the path: own properties only, so that `__proto__` and `constructor` are claims like any other. */
export function claimAt(document: ClaimsDocument, path: ClaimPath): unknown {
  const names = path.startsWith('/') ? path.slice(1).split('/').map(unescaped) : [path];
  let value: unknown = document;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as ClaimsDocument)[name];
  }
  return value;
}

function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
