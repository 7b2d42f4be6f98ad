import type { RegistrationNumber } from '../registries/legal-entity.ts';

/** A company whose president is a company whose president is … : as far as this from the one that was asked for. */
export const maxChainDepth = 3;

/** Companies that are asked for in all, however many officers are companies. */
export const maxChainWidth = 8;

export type ChainReviewReason = 'chain-without-number' | 'chain-in-circle' | 'chain-too-long' | 'chain-too-wide';

export type ChainStep =
  | { readonly kind: 'follow'; readonly number: RegistrationNumber }
  | { readonly kind: 'review'; readonly reason: ChainReviewReason };

/** Two writings of one number of one kind. */
export function sameNumber(one: RegistrationNumber, other: RegistrationNumber): boolean {
  return one.scheme === other.scheme && one.value === other.value;
}

/**
 * Whether an organization that binds another is asked for its own representatives. Pure.
 * @param path from the organization that the person named to the one that lists `next`
 * @param next undefined where the register gives no number
 * @param visited how many organizations were asked for already
 */
export function followChain(
  path: readonly RegistrationNumber[],
  { next, visited }: { readonly next: RegistrationNumber | undefined; readonly visited: number },
): ChainStep {
  if (next === undefined) return { kind: 'review', reason: 'chain-without-number' };
  if (path.some((number) => sameNumber(number, next))) return { kind: 'review', reason: 'chain-in-circle' };
  if (path.length > maxChainDepth) return { kind: 'review', reason: 'chain-too-long' };
  return visited >= maxChainWidth ? { kind: 'review', reason: 'chain-too-wide' } : { kind: 'follow', number: next };
}
