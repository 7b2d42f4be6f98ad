import type { SignIn } from '../accounts/sign-ins.ts';
import type { HashingOverload, PasswordHash, PasswordHasher, VerifyPassword } from '../authenticators/password.ts';
import { isLongEnough } from '../authenticators/password-policy.ts';
import { replaceHash } from '../authenticators/password-repository.ts';
import { AppError } from '../platform/app-error.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { type Evidence, newLocalEvidence } from './evidence.ts';
import type { KnownDevice, KnownDevices } from './known-device.ts';
import { judgeReservation, sourceOf, spentRetryAfterSeconds, type ThrottleKeys } from './throttle.ts';
import { type CountedAttempt, clearFailures, type Reserved, reserveAttempt } from './throttle-repository.ts';

/** An account that can sign in, as this folder needs it; what else the finder knows passes through to the record. */
export type LoginAccount = {
  readonly accountId: string;
  /** Undefined where the account has no password. */
  readonly credential: PasswordHash | undefined;
};

/** An identifier as it was read: `lookup` is the form in which two spellings are the same. */
export type LoginIdentifier = { readonly display: string; readonly lookup: string };

/** One password attempt that was looked at, for the record. */
export type PasswordAttempt<Account> = {
  /** Undefined where no account has this identifier. */
  readonly account: Account | undefined;
  readonly identifier: LoginIdentifier;
  readonly result: 'proved' | 'wrong-password' | 'needs-second-factor';
  /** Where the browser has signed in with this identifier before. */
  readonly device: KnownDevice | undefined;
  readonly signIn: SignIn | undefined;
  readonly ip: string;
  readonly referenceId: string;
};

export type PasswordDependencies<Account extends LoginAccount> = {
  readonly clock: Clock;
  readonly inTransaction: InTransaction;
  readonly runStatement: RunStatement;
  /** The pool, for one statement. */
  readonly pool: Transaction;
  readonly hasher: PasswordHasher;
  /** Active accounts only; one and the same statement whether there is one or not. */
  readonly findLoginAccount: (tx: Transaction, identifier: LoginIdentifier) => Promise<Account | undefined>;
  /** Whether something stands beside a password that is too short to stand alone. */
  readonly hasSecondFactor: (tx: Transaction, accountId: string) => Promise<boolean>;
  /** Writes the event; as many statements without an account as with one. */
  readonly recordAttempt: (tx: Transaction, attempt: PasswordAttempt<Account>) => Promise<void>;
  readonly knownDevices: KnownDevices;
  readonly throttleKeys: ThrottleKeys;
};

export type PasswordSubmission = {
  readonly identifier: LoginIdentifier;
  readonly password: string;
  /** The known-device cookie as it came. */
  readonly deviceCookie: string | undefined;
  /** The `identifierKey` of an earlier `mailed-code-needed` whose code was typed since, in this login. */
  readonly mailedCodeProvedFor: string | undefined;
  readonly ip: string;
  readonly referenceId: string;
  /** The login this belongs to; absent where somebody signed in proves their password once more. */
  readonly signIn?: SignIn;
  /** What else belongs into the transaction of a success: the evidence of the login. Runs again if the transaction does. */
  readonly whenProved: (
    tx: Transaction,
    proved: { readonly accountId: string; readonly evidence: Evidence },
  ) => Promise<void>;
};

export type PasswordOutcome =
  | {
      readonly kind: 'proved';
      readonly accountId: string;
      readonly evidence: Evidence;
      /** The known-device cookie to set, unless the device is shared. */
      readonly deviceCookie: string;
    }
  /** Wrong password or no such account: the same to everybody. */
  | { readonly kind: 'rejected' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  /** Too many strangers have guessed; the password wasn't looked at. `identifierKey` belongs to the code to be mailed. */
  | { readonly kind: 'mailed-code-needed'; readonly identifierKey: string }
  | HashingOverload
  /** The right password, but an imported one that is too short to stand alone. */
  | { readonly kind: 'needs-second-factor'; readonly accountId: string };

export type ProvePassword = (submission: PasswordSubmission) => Promise<PasswordOutcome>;

type Admission =
  | { readonly kind: 'admitted'; readonly reserved: Reserved }
  | Extract<PasswordOutcome, { kind: 'throttled' | 'mailed-code-needed' }>;

/**
 * Throttle, look up, verify, record. The same number of hashes and statements whether the account exists or not, and no
 * transaction is open while hashing. A success costs the throttle two statements, a failure one.
 */
export function createProvePassword<Account extends LoginAccount>(
  dependencies: PasswordDependencies<Account>,
): ProvePassword {
  const { clock, inTransaction, runStatement: run, pool, hasher, knownDevices, throttleKeys: keys } = dependencies;

  async function admit(submission: PasswordSubmission, device: KnownDevice | undefined): Promise<Admission> {
    const identifier = keys.identifier(submission.identifier.lookup);
    const identifierKey = identifier.toString('base64url');
    const now = clock.now();
    const reserve = async (attempt: Omit<CountedAttempt, 'identifier'>) => {
      const reserved = await reserveAttempt(run, { attempt: { ...attempt, identifier }, now });
      return { reserved, decision: judgeReservation(reserved, now) };
    };
    const own = ownBucket({ device, mailedCodeProved: submission.mailedCodeProvedFor === identifierKey });
    if (own) {
      const bucket = keys.bucket(identifier, own);
      const { reserved, decision } = await reserve({ bucket, kind: own.kind, source: undefined });
      if (decision.kind === 'go-on') return { kind: 'admitted', reserved };
      if (own.kind === 'mailed-code') return { kind: 'throttled', retryAfterSeconds: spentRetryAfterSeconds };
      // A device that spent its own hundred is a stranger like any other.
    }
    const source = sourceOf(submission.ip);
    const { reserved, decision } = await reserve({
      bucket: keys.bucket(identifier, { kind: 'anyone' }),
      kind: 'anyone',
      source: { key: keys.source(source), mostIdentifiers: source.mostIdentifiers },
    });
    switch (decision.kind) {
      case 'go-on':
        return { kind: 'admitted', reserved };
      case 'wait':
        return { kind: 'throttled', retryAfterSeconds: decision.retryAfterSeconds };
      case 'spent':
        return { kind: 'mailed-code-needed', identifierKey };
    }
  }

  async function prove(submission: PasswordSubmission, verify: VerifyPassword): Promise<PasswordOutcome> {
    const { identifier, password, deviceCookie, ip, referenceId, signIn } = submission;
    const provedAt = epochSeconds(clock);
    const device = knownDevices.recognize(deviceCookie, { identifier: identifier.lookup, now: provedAt });
    const admission = await admit(submission, device);
    if (admission.kind !== 'admitted') return admission;
    const { reserved } = admission;

    const account = await dependencies.findLoginAccount(pool, identifier);
    const verification = await verify(account?.credential, password);
    const attempt = { account, identifier, device, signIn, ip, referenceId };
    if (verification.kind === 'rejected' || !account) {
      await inTransaction((tx) => dependencies.recordAttempt(tx, { ...attempt, result: 'wrong-password' }));
      return { kind: 'rejected' };
    }

    const { accountId, credential } = account;
    const longEnough = isLongEnough(password);
    const newHash = verification.rehash ? await hashIfThereIsRoom(hasher, password) : undefined;
    const evidence = newLocalEvidence('password', provedAt);
    const isEnough = longEnough || (await dependencies.hasSecondFactor(pool, accountId));
    await inTransaction(async (tx) => {
      // Only where it signs in: else the waiting that stops would tell that a short password is the right one.
      if (isEnough) await clearFailures(tx, reserved.attempt);
      if (newHash && credential) await replaceHash(tx, { accountId, from: credential.hash, to: newHash, longEnough });
      await dependencies.recordAttempt(tx, { ...attempt, result: isEnough ? 'proved' : 'needs-second-factor' });
      if (isEnough) await submission.whenProved(tx, { accountId, evidence });
    });
    if (!isEnough) return { kind: 'needs-second-factor', accountId };
    const about = { identifier: identifier.lookup, now: provedAt };
    return { kind: 'proved', accountId, evidence, deviceCookie: knownDevices.remember(deviceCookie, about) };
  }

  // Room is taken before the first statement: in a flood of logins, a refusal must cost next to nothing.
  return (submission) => hasher.withRoom((verify) => prove(submission, verify));
}

/** The allowance no stranger can use up, where this attempt has one. */
function ownBucket(known: {
  readonly device: KnownDevice | undefined;
  readonly mailedCodeProved: boolean;
}): { readonly kind: 'known-device'; readonly device: string } | { readonly kind: 'mailed-code' } | undefined {
  if (known.mailedCodeProved) return { kind: 'mailed-code' };
  return known.device && { kind: 'known-device', device: known.device.id };
}

/** A better hash can wait for the next sign-in; this one can't. */
async function hashIfThereIsRoom(hasher: PasswordHasher, password: string): Promise<PasswordHash | undefined> {
  try {
    return await hasher.hash(password);
  } catch (error) {
    if (error instanceof AppError && error.code === 'hashing-overloaded') return undefined;
    throw error;
  }
}
