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
  /** By the level as the source writes it; an unknown level is worth `ial0` and one factor. Already capped. */
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
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** The person must sign in there anew, whoever is signed in. */
  readonly fresh: boolean;
  readonly startedAt: Date;
};

export type EidDeparture = { readonly kind: 'go'; readonly url: URL } | { readonly kind: 'unavailable' };

export type EidAnswer =
  | { readonly kind: 'asserted'; readonly identity: AssertedIdentity }
  /** The source says that this identity is no longer valid. */
  | { readonly kind: 'withdrawn'; readonly subject: string }
  /** The person, or the source, said no. */
  | { readonly kind: 'declined' }
  /** Somebody signed in as a company: that never is a person. */
  | { readonly kind: 'enterprise-account' }
  /** A fresh sign-in was asked for and none happened. */
  | { readonly kind: 'not-fresh' }
  /** Something in the answer isn't as it must be: nonce, issuer, signature, subject of userinfo, a missing name. */
  | { readonly kind: 'not-trusted'; readonly reason: string }
  | { readonly kind: 'unavailable' };

/** One upstream eID. Nothing here throws for what the source does: every outcome is a value. */
export type EidConnector = {
  readonly source: EidSource;
  /** Whether its last word was recent enough and good; never waits. */
  readonly isUp: () => boolean;
  /** Where the browser goes. */
  readonly depart: (trip: EidTrip & { readonly locale: string }) => Promise<EidDeparture>;
  /** @param answer the query the browser came back with */
  readonly receive: (trip: EidTrip, answer: URLSearchParams) => Promise<EidAnswer>;
  /** Where the browser would go to sign out there as well; undefined where the source has none. */
  readonly signOutUrl: () => URL | undefined;
};
