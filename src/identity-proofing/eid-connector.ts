import type { Ial } from '../accounts/ial.ts';
import type { IdentityAttributes } from '../accounts/verified-identity.ts';
import type { LocalizedText } from '../relying-parties/relying-party.ts';

/** What a level that a source asserts is worth here. */
export type LevelWorth = {
  readonly ial: Ial;
  /** With how many factors the source authenticated the person. */
  readonly factors: 1 | 2;
};

/** An eID that is switched on, without its connection. */
export type EidSource = {
  /** In URLs and rows: `^[a-z0-9-]{1,32}$`. Never reused for another source. */
  readonly key: string;
  readonly name: LocalizedText;
  /** ISO 3166-1 alpha-2 of the state behind it. */
  readonly country: string;
  /** The rules under which it proves people, as portals are told; without them it isn't told of. @see OpenID Connect for Identity Assurance 1.0 §5.4.2 */
  readonly trustFramework?: string | undefined;
  /** By the level as the source writes it; read it with `worthOfLevel`. Already capped. */
  readonly levels: Readonly<Record<string, LevelWorth>>;
};

/** What a source said of somebody who has just signed in there. */
export type AssertedIdentity = {
  readonly source: string;
  /** The stable key of the person at the source, never shown. */
  readonly subject: string;
  /** As the source wrote it; empty where it said none. */
  readonly level: string;
  /** When the person signed in at the source: now, where it doesn't say. */
  readonly authenticatedAt: Date;
  readonly attributes: IdentityAttributes;
};

/** Binds an answer to the trip it belongs to. @see RFC 7636 §4.1; OIDC Core §3.1.2.1 */
export type EidTrip = {
  /** The key of the source that the person was sent to. */
  readonly source: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly startedAt: Date;
};

/**
 * Why an answer isn't trusted: a code for logs, never a value of the answer.
 * - `mixed-up`: the trip went to another source. @see RFC 9700 §4.4.2
 * - `invalid-answer`: state, `iss`, signature or the shape of a token or a document isn't as it must be
 * - `code-refused`: the source doesn't take its code back: used before, too old or never issued
 * - `claim-mismatch`: a token's issuer, audience, authorized party or nonce is another one's
 * - `expired`: a token is past its end or not valid yet; `future-sign-in`: `auth_time` has yet to come
 * - `unknown-key`, `unsupported-algorithm`: signed by nobody we know, or not by a signature (`none`, `HS256`)
 * - `subject-mismatch`: userinfo is somebody else's
 * - `account-kind`: neither a person nor an enterprise, or not said
 * - `incomplete`: no subject or no name; `malformed`: a value of the wrong type, too long, or with control characters
 */
export type EidDistrust =
  | 'mixed-up'
  | 'invalid-answer'
  | 'code-refused'
  | 'claim-mismatch'
  | 'expired'
  | 'future-sign-in'
  | 'unknown-key'
  | 'unsupported-algorithm'
  | 'subject-mismatch'
  | 'account-kind'
  | 'incomplete'
  | 'malformed';

export type EidDeparture = { readonly kind: 'go'; readonly url: URL } | { readonly kind: 'unavailable' };

export type EidAnswer =
  | { readonly kind: 'asserted'; readonly identity: AssertedIdentity }
  /** The source says that this identity is no longer valid. */
  | { readonly kind: 'withdrawn'; readonly subject: string }
  /** The person, or the source, said no. */
  | { readonly kind: 'declined' }
  /** Somebody signed in as a company: that never is a person. */
  | { readonly kind: 'enterprise-account' }
  /** Every trip asks for a new sign-in, and none happened. */
  | { readonly kind: 'not-fresh' }
  /** Something in the answer isn't as it must be: nonce, issuer, signature, subject of userinfo, a missing name. */
  | { readonly kind: 'not-trusted'; readonly reason: EidDistrust }
  | { readonly kind: 'unavailable' };

/** One upstream eID. Nothing here throws for what the source does: every outcome is a value. */
export type EidConnector = {
  readonly source: EidSource;
  /** False from a failure until a later look went well; true before the first look. Never waits. */
  readonly isUp: () => boolean;
  /** Where the browser goes. Waits for the source only before the first good look, at most 2.5 seconds. */
  readonly depart: (trip: EidTrip & { readonly locale: string }) => Promise<EidDeparture>;
  /**
   * Asks the source for what its answer stands for: at most four requests of 2.5 seconds each, one by one.
   *
   * Each source has a redirect URI of its own: call the connector of the address that the browser came back to, never
   * the one that the trip names, or the code of one source could be carried to another. @see RFC 9700 §4.4.2
   * @param answer the query the browser came back with
   */
  readonly receive: (trip: EidTrip, answer: URLSearchParams) => Promise<EidAnswer>;
  /** Where the browser would go to sign out there as well; undefined where the source has none or wasn't seen yet. */
  readonly signOutUrl: () => URL | undefined;
};
