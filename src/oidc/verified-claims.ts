import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, readVerifiedClaims, type VerifiedClaimsRequest } from './verified-claims-request.ts';
import type { VerificationPart, VerifiedEvidence } from './verified-evidence.ts';

/** One `verified_claims` element. @see OpenID Identity Assurance Schema Definition 1.0 §4 */
export type VerifiedClaims = {
  readonly verification: VerificationPart;
  readonly claims: Readonly<Record<string, unknown>>;
};

export type VerifiedClaimsAnswer = VerifiedClaims | readonly VerifiedClaims[];

/** A constraint that isn't met leaves nothing; a part that isn't asked for, or isn't known, has no value. */
type Selection = { readonly kind: 'unmet' } | { readonly kind: 'met'; readonly value?: VerificationPart | undefined };

const unmet: Selection = { kind: 'unmet' };

/** Without these a part says nothing by the schema, and is left out with all that is in it. */
const requiredMembers: ReadonlyMap<string, string> = new Map([
  ['verification', 'trust_framework'],
  ['evidence', 'type'],
  ['check_details', 'check_method'],
  ['record', 'type'],
]);

const constraints = ['value', 'values', 'max_age'] as const;

/** The end of the year, month, day or second that a text names, in milliseconds since 1970. */
function endOf(date: string): number {
  const [, year = '', month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date) ?? [];
  if (year === '') return Date.parse(date);
  if (month === undefined) return Date.UTC(Number(year) + 1, 0) - 1000;
  if (day === undefined) return Date.UTC(Number(year), Number(month)) - 1000;
  return Date.UTC(Number(year), Number(month) - 1, Number(day) + 1) - 1000;
}

function isYoungEnough(value: unknown, { maxAge, now }: { readonly maxAge: unknown; readonly now: Date }): boolean {
  if (typeof value !== 'string' || typeof maxAge !== 'number' || maxAge < 0) return false;
  // Not a date at all: NaN, which is within no age.
  return now.getTime() - endOf(value) <= maxAge * 1000;
}

/** @see OIDC Core §5.5.1; OpenID Connect for Identity Assurance 1.0 §5.5 */
function isMet(wanted: unknown, { value, now }: { readonly value: unknown; readonly now: Date }): boolean {
  if (wanted === null) return true;
  if (!isJsonObject(wanted)) return false;
  if (Object.hasOwn(wanted, 'value') && !isDeepStrictEqual(wanted['value'], value)) return false;
  if (Object.hasOwn(wanted, 'values')) {
    const { values } = wanted;
    if (!Array.isArray(values) || !values.some((one) => isDeepStrictEqual(one, value))) return false;
  }
  return !Object.hasOwn(wanted, 'max_age') || isYoungEnough(value, { maxAge: wanted['max_age'], now });
}

/** Whether something of a part that we don't know is demanded: that can't be met, and must not be passed over. */
function demands(wanted: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.some(demands);
  if (!isJsonObject(wanted)) return wanted !== null;
  if (constraints.some((constraint) => Object.hasOwn(wanted, constraint))) return true;
  return Object.entries(wanted).some(([name, inner]) => name !== 'essential' && name !== 'purpose' && demands(inner));
}

type At = { readonly name: string; readonly now: Date };

/** Of each entry there is, what the first filter that it passes asks for. Filters are alternatives. */
function selectEntries(wanted: unknown, entries: readonly VerificationPart[], at: At): Selection {
  if (wanted === null) return { kind: 'met' };
  if (!Array.isArray(wanted)) return unmet;
  const passed = entries.flatMap((entry) => {
    const first = wanted.map((filter) => select(filter, entry, at)).find(({ kind }) => kind === 'met');
    return first ?? [];
  });
  if (passed.length === 0) return unmet;
  const values = passed.flatMap((selection) => (selection.kind === 'met' ? (selection.value ?? []) : []));
  return { kind: 'met', value: values.length > 0 ? values : undefined };
}

function selectMembers(wanted: unknown, part: Readonly<Record<string, VerificationPart>>, at: At): Selection {
  if (wanted === null) return { kind: 'met' };
  if (!isJsonObject(wanted)) return unmet;
  const selected: Record<string, VerificationPart> = {};
  for (const [name, inner] of Object.entries(wanted)) {
    const own = Object.hasOwn(part, name) ? part[name] : undefined;
    const selection = select(inner, own, { ...at, name });
    if (selection.kind === 'unmet') return unmet;
    if (selection.value !== undefined) selected[name] = selection.value;
  }
  const required = requiredMembers.get(at.name);
  const isWhole = required === undefined ? Object.keys(selected).length > 0 : Object.hasOwn(selected, required);
  return { kind: 'met', value: isWhole ? selected : undefined };
}

/** What is asked for of a part, and nothing else. A part is asked for member by member: null means a leaf. */
function select(wanted: unknown, part: VerificationPart | undefined, at: At): Selection {
  if (part === undefined) return demands(wanted) ? unmet : { kind: 'met' };
  if (typeof part === 'string')
    return isMet(wanted, { value: part, now: at.now }) ? { kind: 'met', value: part } : unmet;
  if (Array.isArray(part)) return selectEntries(wanted, part, at);
  return selectMembers(wanted, part as Readonly<Record<string, VerificationPart>>, at);
}

export type VerifiedClaimsSituation = {
  readonly evidence: VerifiedEvidence;
  /** Names of the claims that may be released to this portal. */
  readonly permitted: ReadonlySet<string>;
  readonly now: Date;
};

function answerOne(
  { verification, claims }: VerifiedClaimsRequest,
  { evidence, permitted, now }: VerifiedClaimsSituation,
): VerifiedClaims | undefined {
  const proof = select(verification, evidence.verification, { name: 'verification', now });
  if (proof.kind === 'unmet' || proof.value === undefined) return undefined;
  const released = Object.entries(claims ?? {}).flatMap(([name, wanted]) => {
    const value = permitted.has(name) && Object.hasOwn(evidence.claims, name) ? evidence.claims[name] : undefined;
    return value !== undefined && isMet(wanted, { value, now }) ? [[name, value]] : [];
  });
  return released.length === 0 ? undefined : { verification: proof.value, claims: Object.fromEntries(released) };
}

/**
 * What a portal gets for a `verified_claims` request. Whatever can't be had is left out without a word, so that nobody
 * learns why: a constraint on the verification that isn't met takes the element with it, one on a claim only the claim;
 * an element without claims says nothing of a person, and is none. `essential` changes nothing.
 * @returns a list for a list, without the elements that can't be had; undefined where nothing is left
 * @see OpenID Connect for Identity Assurance 1.0 §5.5 – §5.7
 */
export function answerVerifiedClaims(
  request: unknown,
  situation: VerifiedClaimsSituation,
): VerifiedClaimsAnswer | undefined {
  const read = readVerifiedClaims(request);
  if (!read) return undefined;
  const answers = read.elements.map((element) => answerOne(element, situation)).filter((one) => one !== undefined);
  if (answers.length === 0) return undefined;
  return read.isList ? answers : answers[0];
}
