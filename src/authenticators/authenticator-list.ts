import { type Account, isCoolingDown } from '../accounts/account.ts';
import { lockAccount } from '../accounts/lock-account.ts';
import { eventFrame, type Origin } from '../accounts/ports.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Clock } from '../platform/clock.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { findEnrolled } from './enrolled-repository.ts';
import type { Enrolment } from './enrolment.ts';
import type { Passkeys } from './passkey.ts';
import type { RecoveryCodes } from './recovery-code.ts';
import { findSuspendedAt } from './suspended-repository.ts';
import type { Totp } from './totp.ts';

/** One thing a person signs in with, recovery codes and the password apart. */
export type ListedMethod = {
  /** As it stands in an address: unique within the account. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
} & (
  | { readonly method: 'totp' | 'security-key' }
  /** Kept by a password manager on all devices of the person, or on one device only. */
  | { readonly method: 'passkey'; readonly synced: boolean }
);

/** Why it has to stay: without it nothing signs the person in, or the account was recovered only just now. */
export type Obstacle = 'last' | 'cooling-down';

export type RemovalOutcome =
  | { readonly kind: 'removed' }
  | { readonly kind: 'not-removable'; readonly because: Obstacle };

export type RenewalOutcome =
  | { readonly kind: 'renewed'; readonly codes: readonly string[] }
  | { readonly kind: 'cooling-down' };

type Change = { readonly account: Account; readonly method: ListedMethod; readonly origin: Origin };

export type AuthenticatorList = ReturnType<typeof createAuthenticatorList>;

/** What an account signs in with, named and taken away. The caller has asked for fresh proof before any change. */
export function createAuthenticatorList(dependencies: {
  readonly inTransaction: InTransaction;
  readonly totp: Totp;
  readonly recoveryCodes: RecoveryCodes;
  readonly passkeys: Passkeys;
  readonly enrolment: Pick<Enrolment, 'tell' | 'issueCodes'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
}) {
  const { inTransaction, totp, recoveryCodes, passkeys, enrolment, audit, clock } = dependencies;

  async function methodsOf(tx: Transaction, accountId: string): Promise<readonly ListedMethod[]> {
    const apps = await totp.list(tx, accountId);
    const keys = await passkeys.list(tx, accountId);
    return [
      ...keys.map(({ kind, ...key }): ListedMethod => ({ ...key, method: kind })),
      ...apps.map((app): ListedMethod => ({ ...app, method: 'totp' })),
    ];
  }

  /** Everything the page of sign-in methods shows. */
  function of(accountId: string) {
    return inTransaction(async (tx) => {
      const codes = await recoveryCodes.remaining(tx, accountId);
      return {
        methods: await methodsOf(tx, accountId),
        hasPassword: (await findEnrolled(tx, accountId)).password,
        suspendedAt: await findSuspendedAt(tx, accountId),
        recoveryCodes: codes && { unused: codes.unused, total: codes.total },
      };
    });
  }

  async function obstacleOf(
    tx: Transaction,
    { account, method }: Pick<Change, 'account' | 'method'>,
  ): Promise<Obstacle | undefined> {
    if (isCoolingDown(account, clock.now())) return 'cooling-down';
    if (method.method !== 'passkey' || (await findEnrolled(tx, account.id)).password) return undefined;
    const passkeysLeft = (await methodsOf(tx, account.id)).filter(
      (one) => one.method === 'passkey' && one.id !== method.id,
    );
    return passkeysLeft.length === 0 ? 'last' : undefined;
  }

  async function removeRow(tx: Transaction, { account, method }: Change): Promise<boolean> {
    return method.method === 'totp'
      ? totp.remove(tx, { accountId: account.id, id: method.id })
      : passkeys.remove(tx, { accountId: account.id, credentialId: method.id });
  }

  /** Once no second factor is left, codes in place of it are worth nothing. */
  async function dropIdleCodes(tx: Transaction, accountId: string): Promise<void> {
    const { totp: app, securityKey } = await findEnrolled(tx, accountId);
    if (!app && !securityKey) await recoveryCodes.removeAll(tx, accountId);
  }

  return {
    of,
    findObstacle: (account: Account, method: ListedMethod): Promise<Obstacle | undefined> =>
      inTransaction((tx) => obstacleOf(tx, { account, method })),

    rename: ({ account, method, name, origin }: Change & { readonly name: string }): Promise<void> =>
      inTransaction(async (tx) => {
        const accountId = account.id;
        await (method.method === 'totp'
          ? totp.rename(tx, { accountId, id: method.id, name })
          : passkeys.rename(tx, { accountId, credentialId: method.id, name }));
        const details = { method: method.method };
        await audit.record(tx, { ...eventFrame(account, origin), kind: 'authenticator-renamed', details });
      }),

    /** Of two removals in the same moment the second finds what the first left. */
    remove: (change: Change): Promise<RemovalOutcome> =>
      inTransaction(async (tx): Promise<RemovalOutcome> => {
        await lockAccount(tx, change.account.id);
        const because = await obstacleOf(tx, change);
        if (because !== undefined) return { kind: 'not-removable', because };
        if (await removeRow(tx, change)) {
          await enrolment.tell(tx, change, { kind: 'authenticator-removed', method: change.method.method });
          await dropIdleCodes(tx, change.account.id);
        }
        return { kind: 'removed' };
      }),

    renewRecoveryCodes: ({ account, origin }: Omit<Change, 'method'>): Promise<RenewalOutcome> =>
      inTransaction(async (tx): Promise<RenewalOutcome> => {
        // New codes end the old ones, which is a removal.
        if (isCoolingDown(account, clock.now())) return { kind: 'cooling-down' };
        const codes = await enrolment.issueCodes(tx, { account, origin });
        await enrolment.tell(tx, { account, origin }, { kind: 'authenticator-added', method: 'recovery-code' });
        return { kind: 'renewed', codes };
      }),
  };
}
