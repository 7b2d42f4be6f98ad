import type { RecoveryNotice } from '../jobs/job.ts';
import { newSecretToken } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { Account } from './account.ts';
import { maskEmailAddress } from './email-address.ts';
import { lockAccount } from './lock-account.ts';
import { type AccountsContext, askedFor, eventFrame, type Origin } from './ports.ts';
import {
  claimNotice,
  findAttempts,
  findByStopToken,
  insertAttempt,
  stopByToken,
  type WaitingRecovery,
} from './recovery-attempt-repository.ts';
import { attemptDays, stopCountsDays, waitSeconds } from './recovery-rules.ts';
import { createRecoveryStanding, proofsOf } from './recovery-standing.ts';
import { findVerifiedAddresses } from './verified-address-repository.ts';

/** What the link of a notice would do. */
export type StopPreview =
  | { readonly kind: 'waiting'; readonly email: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'over' };

export type RecoveryWaiting = ReturnType<typeof createRecoveryWaiting>;

type Notice = Pick<RecoveryNotice, 'stopToken' | 'asked'> &
  WaitingRecovery & {
    readonly account: Account;
    readonly template: 'recovery-waiting' | 'recovery-reminder' | 'recovery-ready';
  };

const purpose = 'recovery';
const dayMs = 86_400_000;

/**
 * Time in the place of a second proof: whoever has one waits 72 hours, every address of the account is told at once,
 * halfway and at the end, and each of these mails stops it with one click. @see NIST SP 800-63B-4 §4.2
 */
export function createRecoveryWaiting(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, encryption, audit, enqueue, clock } = context;
  const { findStanding } = createRecoveryStanding(context);

  /** Begins the wait of a request whose code is proved; where somebody waits already, theirs goes on unchanged. */
  async function start({ handle, origin }: { readonly handle: string; readonly origin: Origin }): Promise<void> {
    const id = newUuid(clock);
    const stopToken = newSecretToken();
    const startedAt = clock.now();
    const readyAt = new Date(startedAt.getTime() + waitSeconds * 1000);
    const halfway = new Date(startedAt.getTime() + waitSeconds * 500);
    const endsAt = new Date(startedAt.getTime() + attemptDays * dayMs);
    await inTransaction(async (tx) => {
      const request = await mailedCodes.find(tx, { purpose, handle });
      const account =
        request?.proved && request.accountId ? await accounts.findActive(tx, request.accountId) : undefined;
      if (request === undefined || account === undefined) {
        return;
      }
      const { need } = await findStanding(tx, { accountId: account.id, furtherProof: request.furtherProof });
      if (need.kind !== 'needs-one-more' && need.kind !== 'may-wait') {
        return;
      }
      const proofs = proofsOf(request);
      const attempt = { id, accountId: account.id, proofs, stopToken, startedAt, readyAt, endsAt };
      if (!(await insertAttempt(tx, attempt))) {
        return;
      }
      const details = { proofs, waitHours: waitSeconds / 3600 };
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'recovery-waiting-started', details });
      const asked = askedFor(origin, startedAt);
      await tellEverywhere(tx, { account, template: 'recovery-waiting', readyAt, endsAt, stopToken, asked });
      const later = { kind: 'recovery-notice', attemptId: id, stopToken, asked } as const;
      await enqueue(tx, { ...later, notice: 'reminder' }, { notBefore: halfway });
      await enqueue(tx, { ...later, notice: 'ready' }, { notBefore: readyAt });
    });
  }

  /** A later notice, unless nobody waits any more. Safe to repeat: each is sent once. */
  async function remind({ attemptId, notice, stopToken, asked }: RecoveryNotice): Promise<void> {
    await inTransaction(async (tx) => {
      const claimed = await claimNotice(tx, { attemptId, notice, at: clock.now() });
      const account = claimed && (await accounts.findActive(tx, claimed.accountId));
      if (claimed === undefined || account === undefined) {
        return;
      }
      const { readyAt, endsAt } = claimed;
      await tellEverywhere(tx, { account, template: `recovery-${notice}`, readyAt, endsAt, stopToken, asked });
    });
  }

  async function tellEverywhere(tx: Transaction, { account, readyAt, endsAt, ...notice }: Notice): Promise<void> {
    const words = { ...notice, locale: account.locale, readyAt: readyAt.toISOString(), endsAt: endsAt.toISOString() };
    for (const address of await findVerifiedAddresses(tx, { account, encryption })) {
      await enqueue(tx, { kind: 'mail', letter: { to: { address }, ...words } });
    }
  }

  /** What the button will do, for the page a GET shows. Changes nothing. */
  function previewStop(token: string): Promise<StopPreview> {
    return inTransaction(async (tx) => {
      const found = await findByStopToken(tx, { token, at: clock.now() });
      const account = found && (await accounts.findActive(tx, found.accountId));
      if (!account?.email) {
        return { kind: 'over' };
      }
      return found?.state === 'waiting'
        ? { kind: 'waiting', email: maskEmailAddress(account.email.address) }
        : { kind: 'stopped' };
    });
  }

  /** Stops it, once; a second click finds it stopped. The password and the sessions stay as they are. */
  async function stop({ token, origin }: { readonly token: string; readonly origin: Origin }): Promise<StopPreview> {
    const at = clock.now();
    const countsUntil = new Date(at.getTime() + stopCountsDays * dayMs);
    await inTransaction(async (tx) => {
      const found = await findByStopToken(tx, { token, at });
      if (found === undefined) {
        return;
      }
      await lockAccount(tx, found.accountId);
      const account = await accounts.findActive(tx, found.accountId);
      if (account === undefined || !(await stopByToken(tx, { token, at, countsUntil }))) {
        return;
      }
      await mailedCodes.voidAll(tx, account.id);
      const { stops } = await findAttempts(tx, { accountId: account.id, at });
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'recovery-stopped', details: { stops } });
    });
    return previewStop(token);
  }

  return { start, remind, previewStop, stop };
}
