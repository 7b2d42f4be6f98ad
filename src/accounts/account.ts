import type { DataKey } from '../platform/encryption.ts';
import type { Locale } from '../platform/i18n.ts';
import type { Profile } from './profile.ts';
import type { IdentityRecord } from './verified-identity.ts';

/** Random handle of a person, the root of every `sub`; it outlives the account's row. Never shown. */
export type SubjectRef = string & { readonly __brand: 'SubjectRef' };

/** Only an active account loads, unless another state is asked for by name. */
export type AccountState = 'active' | 'suspended' | 'closed';

/** Whose login address it is, without opening anything. */
export type AddressOwner = { readonly accountId: string; readonly state: AccountState };

/** The address a person signs in with. Null for somebody who came without one. */
export type LoginEmail = { readonly identifierId: string; readonly address: string; readonly verified: boolean };

/** One natural person, opened: sealed values in clear, the data key ready. */
export type Account = {
  readonly id: string;
  readonly subjectRef: SubjectRef;
  readonly state: AccountState;
  readonly locale: Locale;
  readonly dataKey: DataKey;
  readonly email: LoginEmail | null;
  readonly profile: Profile;
  readonly profileUpdatedAt: Date | null;
  /** A session that began before this moment is over. */
  readonly sessionsValidFrom: Date;
  /** After a recovery nothing is removed and no contact changes until then. */
  readonly coolDownUntil: Date | null;
  /** Somebody waits for it with an eID, and its owner wasn't told since that they still sign in to it. */
  readonly isReclaimed: boolean;
  /** What eID sources vouch for now, one record a source. */
  readonly identities: readonly IdentityRecord[];
  readonly createdAt: Date;
};

/** Whether a recovery was so recent that contacts and factors stay as they are. */
export function isCoolingDown(account: Account, now: Date): boolean {
  return coolDownSecondsLeft(account, now) !== undefined;
}

/** How much longer that lasts, in whole seconds; undefined where it is over. */
export function coolDownSecondsLeft({ coolDownUntil }: Account, now: Date): number | undefined {
  if (coolDownUntil === null || coolDownUntil <= now) return undefined;
  return Math.ceil((coolDownUntil.getTime() - now.getTime()) / 1000);
}

export function activeAccountOf(owner: AddressOwner | undefined): string | null {
  return owner?.state === 'active' ? owner.accountId : null;
}
