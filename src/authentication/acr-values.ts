import type { Ial } from '../accounts/ial.ts';
import { isAtLeast } from '../platform/scale.ts';
import { type Aal, type Assurance, aals, compositeAcrs, deriveAssurance, startActivity } from './assurance.ts';
import { type EvidenceMethod, newLocalEvidence } from './evidence.ts';

/** Everything a client may name in `acr_values`: the composites, and two for a second factor without a proven identity. */
export const acrVocabulary = [...compositeAcrs, 'aal2', 'phr'] as const;
export type Acr = (typeof acrVocabulary)[number];

/** A client's own names (`eidas2`, `LoA2`) for values of the vocabulary. They never redefine a word of the vocabulary. */
export type AcrAliases = Readonly<Record<string, Acr>>;

/** What this installation can prove about anybody. */
export type Installation = { readonly methods: readonly EvidenceMethod[]; readonly highestIal: Ial };

/** Whether this assurance makes the named value true. An unknown name is never true. */
export function isAcrTrue(name: string, assurance: Pick<Assurance, 'aal' | 'acr'>, aliases: AcrAliases): boolean {
  const acr = resolveAcr(name, aliases);
  switch (acr) {
    case undefined:
      return false;
    case 'aal2':
      return isAtLeast(aals, assurance.aal, 'aal2');
    case 'phr':
      return isAtLeast(aals, assurance.aal, 'aal2-phr');
    case 'self':
    case 'low':
    case 'substantial':
    case 'high':
      return isAtLeast(compositeAcrs, assurance.acr, acr);
  }
}

// The authentication that each value stands on; what it says of the identity is another matter.
const authenticationOf: Readonly<Record<Acr, Aal>> = {
  self: 'aal1',
  low: 'aal1',
  substantial: 'aal2',
  high: 'aal3',
  aal2: 'aal2',
  phr: 'aal2-phr',
};

/** Whether the person was authenticated as well as the named value asks, whoever they are. An unknown name is never true. */
export function isAuthenticatedFor(name: string, { aal }: Assurance, aliases: AcrAliases): boolean {
  const acr = resolveAcr(name, aliases);
  return acr !== undefined && isAtLeast(aals, aal, authenticationOf[acr]);
}

/** The acr the client is told: the first one it asked for that is true, by the name it used; else the true composite. */
export function returnedAcr(
  requested: readonly string[],
  { assurance, aliases }: { readonly assurance: Pick<Assurance, 'aal' | 'acr'>; readonly aliases: AcrAliases },
): string {
  return requested.find((name) => isAcrTrue(name, assurance, aliases)) ?? assurance.acr;
}

/** What discovery lists as `acr_values_supported`: everything that somebody could reach here, and nothing else. */
export function reachableAcrs({ methods, highestIal }: Installation): readonly Acr[] {
  const best = deriveAssurance({
    evidence: methods.map((method) => newLocalEvidence(method, 0)),
    ial: highestIal,
    now: 0,
    activity: startActivity(0),
  });
  return best ? acrVocabulary.filter((acr) => isAcrTrue(acr, best, {})) : [];
}

/** Those of the named values that can be reached here. */
export function reachableOf(
  names: readonly string[],
  { reachable, aliases }: { readonly reachable: readonly Acr[]; readonly aliases: AcrAliases },
): readonly string[] {
  return names.filter((name) => reachable.some((acr) => acr === resolveAcr(name, aliases)));
}

function resolveAcr(name: string, aliases: AcrAliases): Acr | undefined {
  const own = acrVocabulary.find((acr) => acr === name);
  return own ?? (Object.hasOwn(aliases, name) ? aliases[name] : undefined);
}
