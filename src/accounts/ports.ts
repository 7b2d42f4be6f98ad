import type { AuditLog } from '../audit/audit-log.ts';
import type { Asked } from '../jobs/job.ts';
import type { Jobs } from '../jobs/module.ts';
import type { Clock } from '../platform/clock.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { Locale } from '../platform/i18n.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import type { Account } from './account.ts';
import type { AccountRepository } from './account-repository.ts';
import type { AttemptMark, MailedCodes } from './mailed-codes.ts';
import type { FurtherProof, RecoverySituation } from './recovery-rules.ts';

/** Takes one mail to an address out of what may be sent to it. @returns false when nothing is left: stay silent. */
export type AllowMail = (
  tx: Transaction,
  mail: { readonly address: string; readonly kind: 'code' | 'no-account'; readonly at: Date },
) => Promise<boolean>;

/** Ends the sessions of an account at the provider and tells its portals; `except` names the one that goes on. */
export type EndSessions = (
  tx: Transaction,
  end: { readonly accountId: string; readonly at: Date; readonly except?: string },
) => Promise<void>;

/** What the authenticators do with passwords. Refusals are locale keys. */
export type Passwords = {
  readonly judge: (
    password: string,
    about: { readonly email: string | undefined },
  ) => { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly reasons: readonly string[] };
  readonly hash: (password: string) => Promise<PasswordHash>;
  readonly set: (
    tx: Transaction,
    password: PasswordHash & { readonly accountId: string; readonly longEnough: boolean; readonly at: Date },
  ) => Promise<void>;
  /** Whether a hash of another system can be verified here. */
  readonly acceptsHash: (hash: string) => boolean;
  /** The account has no password afterwards: only recovery leads back. */
  readonly remove: (tx: Transaction, accountId: string) => Promise<void>;
};

export type PasswordHash = { readonly hash: string; readonly pepperId: string | null };

/** Stores a credential of the account that this transaction makes. Throws where it can't be: then there is no account. */
export type StoreCredential = (
  tx: Transaction,
  owner: { readonly accountId: string; readonly at: Date },
) => Promise<void>;

/** What the person will sign in with. */
export type FirstCredential =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'passkey'; readonly id: string; readonly store: StoreCredential };

/** Facts about a person on which recovery depends and that live elsewhere. @see recovery-rules.ts */
export type FindRecoverySituation = (tx: Transaction, accountId: string) => Promise<Omit<RecoverySituation, 'stops'>>;

/** What an account could prove besides its mailbox. */
export type FindRecoveryMeans = (tx: Transaction, accountId: string) => Promise<readonly FurtherProof[]>;

type TypedProof<Kind extends string> = (
  tx: Transaction,
  attempt: {
    readonly account: Pick<Account, 'id' | 'dataKey'>;
    readonly code: string;
    /** Marks this call, so that its repetition recognises its own success. */
    readonly attempt: AttemptMark;
  },
) => Promise<{ readonly kind: 'proved' | Kind }>;

/** The proofs that are typed. How often somebody may try is limited here. */
export type TypedProofs = {
  readonly totp: TypedProof<'wrong-code' | 'used-before'>;
  readonly 'recovery-code': TypedProof<'wrong-code'>;
};

/**
 * Guesses at a code of an account: counted before they are looked at, for all browsers and instances together, so that
 * any number of parallel ones gets no more tries than the allowance has.
 */
export type CodeGuesses = {
  readonly reserve: (
    accountId: string,
  ) => Promise<{ readonly kind: 'go-on' } | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }>;
  /** A success: those before it no longer count. */
  readonly forget: (tx: Transaction, accountId: string) => Promise<void>;
};

/** Where a request came from: what its event keeps under the person's key, and the language of its letters. */
export type Origin = {
  readonly ip: string;
  readonly userAgent?: string;
  readonly referenceId: string;
  readonly locale: Locale;
};

/**
 * Takes away every authenticator and eID that was added from this moment on, recovery codes included. @returns how many
 * of them were reasons for a recovery to ask for more than a mailed code
 */
export type RemoveAddedSince = (
  tx: Transaction,
  added: { readonly accountId: string; readonly since: Date },
) => Promise<{ readonly guards: number }>;

/**
 * Takes everything the account signs in with out of use, links to eIDs apart, without losing it.
 * @returns the kinds of what was suspended
 */
export type SuspendAuthenticators = (
  tx: Transaction,
  of: { readonly accountId: string; readonly at: Date },
) => Promise<readonly string[]>;

/** What every use case of this folder works with. */
export type AccountsContext = {
  readonly inTransaction: InTransaction;
  readonly accounts: AccountRepository;
  readonly mailedCodes: MailedCodes;
  readonly encryption: Encryption;
  readonly audit: AuditLog;
  readonly enqueue: Jobs['enqueue'];
  readonly allowMail: AllowMail;
  readonly endSessions: EndSessions;
  readonly passwords: Passwords;
  readonly removeAddedSince: RemoveAddedSince;
  readonly suspendAuthenticators: SuspendAuthenticators;
  readonly findRecoverySituation: FindRecoverySituation;
  readonly findRecoveryMeans: FindRecoveryMeans;
  readonly typedProofs: TypedProofs;
  readonly recoveryGuesses: CodeGuesses;
  /** Whoever guessed at them before a recovery doesn't keep the owner out after it. */
  readonly forgetSecondFactorFailures: CodeGuesses['forget'];
  readonly clock: Clock;
};

/** What a letter tells of the request behind it. */
export function askedFor({ ip, userAgent }: Origin, at: Date): Asked {
  return { at: at.toISOString(), ip, userAgent };
}

/** What every event has that a person causes about their own account. */
export function eventFrame(account: Pick<Account, 'id' | 'dataKey'>, { ip, userAgent, referenceId }: Origin) {
  return {
    version: 1,
    actor: `account:${account.id}`,
    about: { accountId: account.id, dataKey: account.dataKey },
    referenceId,
    personal: { ip, ...(userAgent === undefined ? {} : { userAgent }) },
  } as const;
}
