import type { RecoveryNotice } from '../jobs/job.ts';
import { maskEmailAddress } from './email-address.ts';
import { lockAccount } from './lock-account.ts';
import { type AccountsContext, eventFrame, type Origin } from './ports.ts';
import {
  claimNotice,
  findAttempts,
  findByStopToken,
  type StoppableRecovery,
  stopByToken,
} from './recovery-attempt-repository.ts';
import { createRecoveryNotices } from './recovery-notices.ts';
import { stopCountsDays } from './recovery-rules.ts';
import { createRecoveryStanding, proofsOf } from './recovery-standing.ts';

/** What the link of a notice would do. */
export type StopPreview =
  | { readonly kind: 'waiting'; readonly by: StoppableRecovery['by']; readonly email: string }
  | { readonly kind: 'stopped'; readonly by: StoppableRecovery['by'] }
  | { readonly kind: 'over' };

const purpose = 'recovery';
const dayMs = 86_400_000;

/**
 * Time in the place of a second proof: whoever has one waits 72 hours, every address of the account is told at once,
 * halfway and at the end, and each of these mails stops it with one click. @see NIST SP 800-63B-4 §4.2
 */
export function createRecoveryWaiting(context: AccountsContext) {
  const { inTransaction, accounts, mailedCodes, audit, clock } = context;
  const { findStanding } = createRecoveryStanding(context);
  const notices = createRecoveryNotices(context);

  /** Begins the wait of a request whose code is proved; where somebody waits already, theirs goes on unchanged. */
  async function start({ handle, origin }: { readonly handle: string; readonly origin: Origin }): Promise<void> {
    const wait = notices.prepare();
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
      await notices.begin(tx, { account, wait, proofs: proofsOf(request), origin });
    });
  }

  /** A later notice, unless nobody waits any more. Safe to repeat: each is sent once. */
  async function remind({ attemptId, notice, ...words }: RecoveryNotice): Promise<void> {
    await inTransaction(async (tx) => {
      const claimed = await claimNotice(tx, { attemptId, notice, at: clock.now() });
      const account = claimed && (await accounts.findActive(tx, claimed.accountId));
      if (claimed === undefined || account === undefined) {
        return;
      }
      await notices.tell(tx, { ...words, ...claimed, account, stage: notice });
    });
  }

  /** What the button will do, for the page a GET shows. Changes nothing. */
  function previewStop(token: string): Promise<StopPreview> {
    return inTransaction(async (tx) => {
      const found = await findByStopToken(tx, { token, at: clock.now() });
      const account = found && (await accounts.findActive(tx, found.accountId));
      if (found === undefined || !account?.email) {
        return { kind: 'over' };
      }
      const { state, by } = found;
      return state === 'waiting'
        ? { kind: 'waiting', by, email: maskEmailAddress(account.email.address) }
        : { kind: 'stopped', by };
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
