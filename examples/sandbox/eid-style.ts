import type { LoginFault } from './faults.ts';
import type { EidPerson } from './person.ts';

export type EidType = 'vnconnect' | 'franceconnect';

/** How one country's eID speaks OpenID Connect. */
export type EidStyle = {
  readonly type: EidType;
  /** Of ID tokens, and of userinfo where that is signed. */
  readonly algorithm: 'RS256' | 'ES256';
  /** Userinfo is a JWT. @see OIDC Core §5.3.2 */
  readonly signsUserinfo: boolean;
  /** The levels people sign in with here, lowest first. */
  readonly levels: readonly [string, ...string[]];
  /** A level that no relying party has heard of. */
  readonly unknownLevel: string;
  readonly faults: readonly LoginFault[];
  /** A name that somebody may come to bear; written as this eID writes names. */
  readonly otherFamilyName: string;
  readonly claimsByScope: Readonly<Record<string, readonly string[]>>;
  /** What a login says of a person, besides `sub`. */
  readonly claimsOf: (person: EidPerson, fault: LoginFault) => Readonly<Record<string, string | undefined>>;
};

/**
 * The level a login reaches: what was chosen, but no more than the person has. The lower of two levels is the one that
 * stands earlier in the style's list.
 */
export function reachedLevel(
  { levels, unknownLevel }: EidStyle,
  login: { readonly best: string; readonly chosen: string; readonly asked: string; readonly fault: LoginFault },
): string {
  const rank = (level: string): number => levels.indexOf(level);
  const reached = Math.min(rank(login.best), rank(login.chosen));
  const lower = Math.min(reached, rank(login.asked)) - 1;
  return levels[login.fault === 'lower-level' ? lower : reached] ?? unknownLevel;
}
