import type { CodeGuesses } from '../accounts/ports.ts';
import type { PasswordHasher } from '../authenticators/password.ts';
import { createCodeGuesses } from './code-guesses.ts';
import { removeExpired } from './expiry-repository.ts';
import { createKnownDevices, type KnownDevices } from './known-device.ts';
import {
  cancelLogin,
  chooseAccount,
  createFindLogin,
  createFinishLogin,
  declineEnrolment,
  declineIdentity,
  dropIdentity,
  type FindLogin,
  type FinishLogin,
  holdIdentity,
  openLogin,
  recordEvidence,
  setActing,
  setConsent,
  setMailedCode,
  setRecovered,
} from './login-transaction-repository.ts';
import { createMailAllowance, type MailAllowance } from './mail-allowance.ts';
import { createProvePasskey, type PasskeyDependencies, type ProvePasskey } from './prove-passkey.ts';
import {
  createProvePassword,
  type LoginAccount,
  type PasswordDependencies,
  type ProvePassword,
} from './prove-password.ts';
import {
  createProveSecondFactor,
  type ProveSecondFactor,
  type SecondFactorDependencies,
} from './prove-second-factor.ts';
import {
  type AllowRequest,
  type AnswerAllowance,
  createAnswerAllowance,
  createSourceAllowance,
} from './source-allowance.ts';
import { createReturnAllowance, createTakeAllowance, type TakeAllowance } from './take-allowance.ts';
import { createThrottleKeys } from './throttle.ts';

// What the hub does to a login; the rules are in login-transaction.ts.
const changes = {
  open: openLogin,
  recordEvidence,
  chooseAccount,
  setMailedCode,
  setRecovered,
  setConsent,
  setActing,
  declineEnrolment,
  declineIdentity,
  dropIdentity,
  holdIdentity,
  cancel: cancelLogin,
} as const;

export type Authentication = {
  readonly provePassword: ProvePassword;
  readonly proveSecondFactor: ProveSecondFactor;
  readonly provePasskey: ProvePasskey;
  /** Whether a password could not even wait for its turn now. */
  readonly overload: PasswordHasher['overload'];
  readonly logins: typeof changes & { readonly find: FindLogin; readonly finish: FinishLogin };
  readonly mailAllowance: MailAllowance;
  readonly takeAllowance: TakeAllowance;
  readonly allowRequest: AllowRequest;
  readonly answerAllowance: AnswerAllowance;
  /** For the further proof of a recovery. */
  readonly recoveryGuesses: CodeGuesses;
  readonly secondFactorGuesses: CodeGuesses;
  readonly knownDevices: KnownDevices;
  /** For the worker. */
  readonly removeExpired: typeof removeExpired;
};

/** One login and its limits, independent of OpenID Connect. */
export function createAuthentication<Account extends LoginAccount>(
  dependencies: Omit<PasswordDependencies<Account>, 'knownDevices' | 'throttleKeys'> & {
    readonly secondFactor: Pick<SecondFactorDependencies, 'totp' | 'recoveryCodes' | 'recordAttempt'>;
    readonly passkey: Pick<PasskeyDependencies, 'passkeys' | 'findAccount' | 'recordAttempt'>;
    /** At least 32 bytes each, shared by all instances. */
    readonly secrets: { readonly throttle: Uint8Array; readonly knownDevice: Uint8Array };
  },
): Authentication {
  const { secrets, clock, runStatement: run } = dependencies;
  const knownDevices = createKnownDevices(secrets.knownDevice);
  const throttleKeys = createThrottleKeys(secrets.throttle);
  const throttle = { run, clock, throttleKeys };
  const takeAllowance = createTakeAllowance({ run, clock });
  const secondFactorGuesses = createCodeGuesses('second-factor', throttle);
  return {
    provePassword: createProvePassword({ ...dependencies, knownDevices, throttleKeys }),
    proveSecondFactor: createProveSecondFactor({
      ...dependencies,
      ...dependencies.secondFactor,
      guesses: secondFactorGuesses,
    }),
    provePasskey: createProvePasskey({ ...dependencies, ...dependencies.passkey }),
    overload: dependencies.hasher.overload,
    logins: { ...changes, find: createFindLogin(run), finish: createFinishLogin(run) },
    mailAllowance: createMailAllowance(secrets.throttle),
    takeAllowance,
    allowRequest: createSourceAllowance({ take: takeAllowance, throttleKeys }),
    answerAllowance: createAnswerAllowance({
      take: takeAllowance,
      giveBack: createReturnAllowance({ run }),
      throttleKeys,
    }),
    recoveryGuesses: createCodeGuesses('recovery-proof', throttle),
    secondFactorGuesses,
    knownDevices,
    removeExpired,
  };
}
