/** The composite levels that a power may ask for, weakest first. */
export const powerAcrs = ['self', 'low', 'substantial', 'high'] as const;
export type PowerAcr = (typeof powerAcrs)[number];

/** A power as its agency publishes it. */
export type Power = {
  /** In the agency's namespace: `tax:file`. */
  readonly code: string;
  readonly names: { readonly vi: string; readonly en: string; readonly fr: string };
  readonly minAcr: PowerAcr;
  /** Granted by its own name only, never by `everything`. */
  readonly critical: boolean;
};

/** What all agencies publish now, by code. What isn't in it is nobody's power. */
export type PowerCatalogue = ReadonlyMap<string, Power>;

/** Every power that isn't critical, those included that are published later. */
export const everything = '*';

const codeForm = /^([a-z][a-z0-9-]{0,31}):[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/;
const longestCode = 64;

/** Whether this can be a power's code. */
export function isPowerCode(text: string): boolean {
  return text.length <= longestCode && codeForm.test(text);
}

/** Of `tax:file` the part before the colon; undefined for what is no code. */
export function namespaceOf(code: string): string | undefined {
  return isPowerCode(code) ? codeForm.exec(code)?.[1] : undefined;
}

export function newCatalogue(powers: readonly Power[]): PowerCatalogue {
  return new Map(powers.map((power) => [power.code, power]));
}

/** The published codes that a grant amounts to now, sorted. Never `*`. */
export function expandPowers(granted: readonly string[], catalogue: PowerCatalogue): readonly string[] {
  return [...catalogue.keys()].filter((code) => coversOne(granted, { asked: code, catalogue })).sort();
}

/** Whether a grant holds all that is asked. `*` is held by `*` only: it reaches what isn't published yet. */
export function covers(
  granted: readonly string[],
  { asked, catalogue }: { readonly asked: readonly string[]; readonly catalogue: PowerCatalogue },
): boolean {
  return missingPowers(granted, { asked, catalogue }).length === 0;
}

/** What is asked and not held, in the order in which it was asked. */
export function missingPowers(
  granted: readonly string[],
  { asked, catalogue }: { readonly asked: readonly string[]; readonly catalogue: PowerCatalogue },
): readonly string[] {
  return asked.filter((one) => !coversOne(granted, { asked: one, catalogue }));
}

/** What a portal may see of a grant: published codes of its own namespaces, and of those what it asked for, if it did. */
export function visiblePowers(
  granted: readonly string[],
  {
    namespaces,
    asked,
    catalogue,
  }: {
    readonly namespaces: readonly string[];
    readonly asked: readonly string[] | undefined;
    readonly catalogue: PowerCatalogue;
  },
): readonly string[] {
  return expandPowers(granted, catalogue).filter(
    (code) => namespaces.includes(namespaceOf(code) ?? '') && (asked === undefined || asked.includes(code)),
  );
}

/** The level at which all of these may be used; a power that isn't published asks for the highest. */
export function acrForPowers(codes: readonly string[], catalogue: PowerCatalogue): PowerAcr {
  const named = codes.flatMap((code) => (code === everything ? expandPowers([everything], catalogue) : [code]));
  const ranks = named.map((code) => powerAcrs.indexOf(catalogue.get(code)?.minAcr ?? 'high'));
  return powerAcrs[Math.max(0, ...ranks)] ?? 'high';
}

function coversOne(
  granted: readonly string[],
  { asked, catalogue }: { readonly asked: string; readonly catalogue: PowerCatalogue },
): boolean {
  if (asked === everything) return granted.includes(everything);
  const power = catalogue.get(asked);
  if (power === undefined) return false;
  return granted.includes(asked) || (granted.includes(everything) && !power.critical);
}
