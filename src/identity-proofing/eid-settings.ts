import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ials } from '../accounts/ial.ts';
import { OperatorError } from '../platform/operator-error.ts';
import type { ClaimMap } from './claim-map.ts';
import type { EidSource, LevelWorth } from './eid-connector.ts';
import { type EidPreset, franceconnect, standardGenders, vnconnect } from './eid-presets.ts';
import { lowerIal } from './ial-of.ts';

/** A private key for `private_key_jwt` (ES256). @see OIDC Core §9; RFC 7518 §6.2 */
export type PrivateSigningJwk = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly d: string;
  readonly kid?: string | undefined;
};

/** How we prove at the source that we are its client. */
export type EidCredentials = { readonly clientSecret: string } | { readonly privateKeyJwk: PrivateSigningJwk };

/** An eID as the operator configured it, presets filled in and levels capped. */
export type ConfiguredEid = {
  readonly source: EidSource;
  readonly issuer: URL;
  readonly clientId: string;
  readonly credentials: EidCredentials;
  /** Separated by spaces, `openid` among them. */
  readonly scope: string;
  /** Sent as `acr_values` where set. */
  readonly acrValues?: string | undefined;
  readonly claims: ClaimMap;
  /** Whether people may be sent to the source to sign out there as well. */
  readonly logout: boolean;
};

const maxSources = 50;
const setting = 'DINHDANH_EIDS_FILE';

// Control characters and direction overrides could make one name look like another.
const displayText = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .normalize('NFC')
  .regex(/^\P{C}*$/u, 'a text without control characters');

// In clear only to this machine: there is nothing on the way that could listen.
const issuer = z
  .url()
  .transform((text) => new URL(text))
  .refine(
    ({ protocol, hostname }) =>
      protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)),
    'an https address',
  )
  .refine(
    ({ search, hash, username, password }) => search + hash + username + password === '',
    'an address without query, fragment or password',
  );

const word = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'printable ASCII without spaces');
const words = z.string().regex(/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/, 'words separated by single spaces');
const scope = words.refine((text) => text.split(' ').includes('openid'), 'openid is missing');
const claimValues = z.array(z.string().min(1).max(100)).min(1).max(20).readonly();
const claimPath = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?:[^/~].*|(?:\/(?:[^/~]|~[01])+)+)$/, 'the name of a claim or a JSON Pointer');

const levelWorth = z.strictObject({ ial: z.enum(ials), factors: z.union([z.literal(1), z.literal(2)]) }).readonly();
// zod leaves `__proto__` out of a record without a word.
const levels = z
  .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'an object')
  .refine((value) => !Object.keys(value).some((level) => level in Object.prototype), 'a level has an impossible name')
  .pipe(z.record(z.string().min(1).max(100), levelWorth))
  .refine((value) => Object.keys(value).length > 0, 'at least one level');

const base64url = z.string().regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url');
const privateKeyJwk = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url,
  y: base64url,
  d: base64url,
  kid: word.optional(),
  alg: z.literal('ES256').optional(),
  use: z.literal('sig').optional(),
});

const everySource = {
  key: z.string().regex(/^[a-z0-9-]{1,32}$/, '1 to 32 of a–z, 0–9 and -'),
  name: z.strictObject({ vi: displayText, en: displayText, fr: displayText }).readonly(),
  issuer,
  client_id: word,
  client_secret: z.string().min(1).max(1000).optional(),
  private_key_jwk: privateKeyJwk.optional(),
  highest_ial: z.enum(ials).default('ial2'),
  logout: z.boolean().default(false),
};
const country = z.string().regex(/^[A-Z]{2}$/, 'two capital letters');

const trustFramework = z.string().regex(/^[A-Za-z0-9_.:/-]{1,100}$/, 'a name of letters, digits and _.:/-');

const ofPreset = (preset: EidPreset) => ({
  ...everySource,
  country: country.default(preset.country),
  trust_framework: trustFramework.default(preset.trustFramework),
  scope: scope.default(preset.scope),
  acr_values: words.default(preset.acrValues),
  levels: levels.default(preset.levels),
});

const claimsForm = z
  .strictObject({
    subject: claimPath.default('sub'),
    name: z.union([claimPath.transform((path) => [path]), z.array(claimPath).min(1).max(4)]).default(['name']),
    family_name: claimPath.optional(),
    middle_name: claimPath.optional(),
    given_name: claimPath.optional(),
    birthdate: claimPath.optional(),
    birthdate_format: z.enum(['iso', 'yyyymmdd']).default('iso'),
    gender: claimPath.optional(),
    national_id: claimPath.optional(),
    address: claimPath.optional(),
    birth_country: claimPath.optional(),
    birth_locality: claimPath.optional(),
    level: claimPath.default('acr'),
    account_kind: z.strictObject({ claim: claimPath, person: claimValues, enterprise: claimValues }).optional(),
    status: z.strictObject({ claim: claimPath, withdrawn: claimValues }).optional(),
  })
  .transform((form): ClaimMap => {
    const { subject, name, level, account_kind, status, birthdate_format, ...attributes } = form;
    return {
      subject,
      name,
      level,
      attributes: Object.fromEntries(Object.entries(attributes).filter(([, path]) => path !== undefined)),
      birthdateFormat: birthdate_format,
      genders: standardGenders,
      accountKind: account_kind,
      status,
    };
  });

const sourceForm = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('vnconnect'),
    ...ofPreset(vnconnect),
    withdrawn_values: claimValues.optional(),
  }),
  z.strictObject({ type: z.literal('franceconnect'), ...ofPreset(franceconnect) }),
  z.strictObject({
    type: z.literal('openid'),
    ...everySource,
    country,
    trust_framework: trustFramework.optional(),
    scope: scope.default('openid profile'),
    acr_values: words.optional(),
    levels,
    claims: claimsForm,
  }),
]);
type SourceForm = z.output<typeof sourceForm>;

const eidsForm = z
  .array(
    sourceForm.refine(
      ({ client_secret: secret, private_key_jwk: key }) => (secret === undefined) !== (key === undefined),
      'either client_secret or private_key_jwk',
    ),
  )
  .max(maxSources)
  .refine((forms) => new Set(forms.map(({ key }) => key)).size === forms.length, 'two sources have the same key')
  .transform((forms) => forms.map(configured));

/**
 * Reads the sources of upstream eIDs. @param text a JSON array
 * @throws OperatorError `eids-refused`, one sentence with every fault, quoting no value
 * @see docs/settings.md
 */
export function readEidSources(text: string): readonly ConfiguredEid[] {
  const parsed = eidsForm.safeParse(decodedJson(text));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  throw refused(`doesn't fit: ${[...new Set(faults)].join('; ')}`);
}

/** The same from the file of `DINHDANH_EIDS_FILE`, which holds secrets. @throws OperatorError `eids-refused` */
export function loadEidSources({ file }: { readonly file: string }): readonly ConfiguredEid[] {
  return readEidSources(textOf(file));
}

function configured(form: SourceForm): ConfiguredEid {
  const { key, name, country: state, highest_ial: cap } = form;
  const capped = Object.entries(form.levels).map(([level, { ial, factors }]): [string, LevelWorth] => [
    level,
    { ial: lowerIal(ial, cap), factors },
  ]);
  return {
    source: { key, name, country: state, trustFramework: form.trust_framework, levels: Object.fromEntries(capped) },
    issuer: form.issuer,
    clientId: form.client_id,
    credentials: credentialsOf(form),
    scope: form.scope,
    acrValues: form.acr_values,
    claims: claimsOf(form),
    logout: form.logout,
  };
}

function credentialsOf({ client_secret: clientSecret, private_key_jwk: jwk }: SourceForm): EidCredentials {
  if (jwk === undefined) return { clientSecret: clientSecret ?? '' };
  const { kty, crv, x, y, d, kid } = jwk;
  return { privateKeyJwk: { kty, crv, x, y, d, ...(kid !== undefined && { kid }) } };
}

function claimsOf(form: SourceForm): ClaimMap {
  if (form.type === 'openid') return form.claims;
  if (form.type === 'franceconnect') return franceconnect.claims;
  const { status } = vnconnect.claims;
  const withdrawn = form.withdrawn_values;
  return status && withdrawn ? { ...vnconnect.claims, status: { ...status, withdrawn } } : vnconnect.claims;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OperatorError('eids-refused', `The file of ${setting} can't be read: ${path}.`, { cause });
  }
}

function decodedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without its cause, which would quote the text.
    throw refused('is no JSON');
  }
}

function refused(fault: string): OperatorError<'eids-refused'> {
  return new OperatorError('eids-refused', `The file of ${setting} ${fault}.`);
}
