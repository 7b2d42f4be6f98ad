import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/**
 * Whose attempts are counted together. A device that has signed in to this account before (`known-device`), or a person
 * who just proved the address by a mailed code, has an allowance of its own: no stranger can use it up. Codes
 * typed as second factor (`second-factor`), or as further proof of a recovery (`recovery-proof`), are counted by account:
 * who gets that far knew its password, or read its mailbox.
 */
export type BucketKind = 'anyone' | 'known-device' | 'mailed-code' | 'second-factor' | 'recovery-proof';

/** Failures one after the other before an allowance is spent. @see SP 800-63B-4 §3.2.2 */
export const failuresInARow = 100;
/** Failures of anyone's that cost no waiting. */
export const freeFailures = 5;
const longestWaitSeconds = 15 * 60;

/** How many identifiers may fail from one source within the window: an IPv4 address may be a whole carrier's. */
export const identifiersPerSource = { ipv4: 100, ipv6: 50 } as const;
export const sourceWindowSeconds = 60 * 60;

/** A few failures are forgotten in a day; more are remembered, so that waiting doesn't buy a fresh start. */
export const rememberFewSeconds = 24 * 60 * 60;
export const rememberManySeconds = 30 * rememberFewSeconds;

// A second factor's codes are short: who guesses them has guessed a password already.
const waiting: readonly BucketKind[] = ['anyone', 'second-factor', 'recovery-proof'];

/** What stands in the way after so many failures in a row, where attempts wait: 1 s, 2 s, 4 s … 15 minutes. */
export function waitSecondsAfter(failures: number, kind: BucketKind): number {
  if (!waiting.includes(kind) || failures < freeFailures) return 0;
  return Math.min(2 ** (failures - freeFailures), longestWaitSeconds);
}

/** Where an attempt comes from, as it is counted: an IPv4 address, or the /64 an IPv6 host can move about in. */
export type Source = {
  readonly network: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly mostIdentifiers: number;
};

/** @throws where `ip` is no address: it comes from the socket, never from a person. */
export function sourceOf(ip: string): Source {
  const address = ipaddr.process(ip);
  const family = address.kind();
  const network =
    family === 'ipv4' ? address.toString() : Buffer.from(address.toByteArray().slice(0, 8)).toString('hex');
  return { network, family, mostIdentifiers: identifiersPerSource[family] };
}

/** Names of what is counted: keyed hashes, so that the tables tell neither who was tried nor from where. */
export type ThrottleKeys = {
  /** The identifier itself, whether an account exists or not. */
  readonly identifier: (identifier: string) => Buffer;
  readonly bucket: (identifierKey: Buffer, bucket: { readonly kind: BucketKind; readonly device?: string }) => Buffer;
  readonly source: (source: Source) => Buffer;
  /** The same source as one that asks for mailed codes. */
  readonly requests: (source: Source) => Buffer;
  /** The same source as one that brings answers of an eID. */
  readonly answers: (source: Source) => Buffer;
};

/** @param secret at least 32 bytes, shared by all instances; another one forgets every failure */
export function createThrottleKeys(secret: Uint8Array): ThrottleKeys {
  const keyed = (label: string, ...parts: readonly (string | Buffer)[]): Buffer => {
    const hmac = createHmac('sha256', secret).update(`throttle/${label}\0`);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  };
  return {
    identifier: (identifier) => keyed('identifier', identifier),
    bucket: (identifierKey, { kind, device = '' }) => keyed(`bucket/${kind}`, identifierKey, device),
    source: ({ network }) => keyed('source', network),
    requests: ({ network }) => keyed('requests', network),
    answers: ({ network }) => keyed('answers', network),
  };
}

/** What one reserving statement found; see `throttle-repository.ts`. */
export type Reservation = {
  readonly reserved: boolean;
  readonly sourceIsFull: boolean;
  readonly sourceFreesAt: Date | null;
  readonly failures: number;
  readonly blockedUntil: Date | null;
};

export type ThrottleDecision =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'wait'; readonly retryAfterSeconds: number }
  /** The allowance is spent. */
  | { readonly kind: 'spent' };

/** Reads the answer of the database. Whatever isn't clearly reserved is a refusal. */
export function judgeReservation(found: Reservation, now: Date): ThrottleDecision {
  if (found.reserved) return { kind: 'go-on' };
  if (found.sourceIsFull) return waitUntil(found.sourceFreesAt, now);
  if (found.failures >= failuresInARow) return { kind: 'spent' };
  // An attempt at the same moment took the place: the look at the bucket was older than that.
  return waitUntil(found.blockedUntil, now);
}

/** When somebody who has spent even the allowance of a mailed code may ask again. */
export const spentRetryAfterSeconds = longestWaitSeconds;

function waitUntil(until: Date | null, now: Date): ThrottleDecision {
  const seconds = until ? Math.ceil((until.getTime() - now.getTime()) / 1000) : 0;
  return { kind: 'wait', retryAfterSeconds: Math.max(1, seconds) };
}
