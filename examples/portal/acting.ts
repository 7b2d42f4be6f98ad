/** For whom a person acts and by what right, as the provider said it. */
export type Acting = {
  readonly organization: Company & { readonly country: string; readonly status: string };
  readonly representation: {
    readonly basis: string;
    readonly powers: readonly string[];
    /** Alone, or together with others. Whatever isn't plainly `sole` is joint. */
    readonly isJoint: boolean;
    /** How old the register's word is: `current`, `stale` or `unavailable`. */
    readonly status: string;
  };
};

/** `id` is what `organization_hint` takes; `number` is what people know. */
export type Company = { readonly id: string; readonly name: string; readonly number: string };

type Claims = Readonly<Record<string, unknown>>;

function objectIn(claims: Claims, name: string): Claims | undefined {
  const value = claims[name];
  return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
}

function textIn(claims: Claims, name: string): string {
  const value = claims[name];
  return typeof value === 'string' ? value : '';
}

/**
 * Reads the claims `organization` and `representation`. What they don't say is empty, and empty is never good enough.
 * @returns undefined for a person who acts as themselves: then there is neither claim.
 */
export function actingOf(claims: Claims): Acting | undefined {
  const organization = objectIn(claims, 'organization');
  const representation = objectIn(claims, 'representation');
  if (!organization || !representation || textIn(organization, 'id') === '') return undefined;
  const { powers } = representation;
  return {
    organization: {
      id: textIn(organization, 'id'),
      name: textIn(organization, 'name') || textIn(organization, 'id'),
      number: textIn(organization, 'registration_number'),
      country: textIn(organization, 'country'),
      status: textIn(organization, 'status'),
    },
    representation: {
      basis: textIn(representation, 'basis'),
      powers: Array.isArray(powers) ? powers.filter((power) => typeof power === 'string') : [],
      isJoint: representation['exercise'] !== 'sole',
      status: textIn(representation, 'status'),
    },
  };
}
