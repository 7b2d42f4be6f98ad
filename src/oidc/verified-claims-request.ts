/** An object of a JSON text: nothing is known of its members. */
export type JsonObject = { readonly [member: string]: unknown };

/** One set of claims that a portal wants verified. What is inside is the portal's word: never more than compared. */
export type VerifiedClaimsRequest = {
  readonly verification: JsonObject;
  /** Null asks for no claim at all. */
  readonly claims: JsonObject | null;
};

/** What a request holds: one element, or a list of which each is answered for itself. */
export type VerifiedClaimsRequests = {
  readonly isList: boolean;
  readonly elements: readonly VerifiedClaimsRequest[];
};

const maxElements = 10;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEvidenceFilter(entry: unknown): boolean {
  if (!isJsonObject(entry) || !isJsonObject(entry['type'])) return false;
  return typeof entry['type']['value'] === 'string' && !Object.hasOwn(entry['type'], 'values');
}

function readElement(element: unknown): VerifiedClaimsRequest | undefined {
  if (!isJsonObject(element)) return undefined;
  const { verification, claims, ...others } = element;
  if (Object.keys(others).length > 0 || !isJsonObject(verification)) return undefined;
  if (claims !== null && !isJsonObject(claims)) return undefined;
  if (!Object.hasOwn(verification, 'trust_framework')) return undefined;
  const { evidence } = verification;
  const isFilter = evidence === undefined || (Array.isArray(evidence) && evidence.length > 0);
  if (!isFilter || !(evidence ?? []).every(isEvidenceFilter)) return undefined;
  return { verification, claims };
}

/**
 * A `verified_claims` member of the `claims` parameter. Only its frame is judged: what a deeper constraint may mean, or
 * that nobody can meet it, is seen when it is compared, and then it is not met.
 * @returns undefined where it hasn't the form of the specification
 * @see OpenID Connect for Identity Assurance 1.0 §5.3, §5.4
 */
export function readVerifiedClaims(value: unknown): VerifiedClaimsRequests | undefined {
  const isList = Array.isArray(value);
  const sent: readonly unknown[] = isList ? value : [value];
  if (sent.length === 0 || sent.length > maxElements) return undefined;
  const elements = sent.map(readElement).filter((element) => element !== undefined);
  return elements.length === sent.length ? { isList, elements } : undefined;
}

/** The claims that such a request names, in whichever element. */
export function claimsInVerifiedClaims(value: unknown): readonly string[] {
  return (readVerifiedClaims(value)?.elements ?? []).flatMap(({ claims }) => Object.keys(claims ?? {}));
}
