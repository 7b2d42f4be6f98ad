import { wasUsedSince } from '../audit/was-used-since.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { Account } from './account.ts';
import { createBeginAnew } from './begin-anew.ts';
import type { AttemptMark } from './mailed-codes.ts';
import { type AccountsContext, askedFor, eventFrame, type Origin } from './ports.ts';
import { idleDays, type ReclaimNeed, type ReclaimSituation, reclaimNeed } from './reclaim-rules.ts';
import {
  type Claimant,
  endWaiting,
  findAttempts,
  findClaim,
  type WaitingRecovery,
} from './recovery-attempt-repository.ts';
import { isRecoveryGuarded } from './recovery-guard.ts';
import { createRecoveryNotices } from './recovery-notices.ts';
import { findVerifiedAddresses } from './verified-address-repository.ts';

/** An account, in whatever state, and an eID whose person has the same national number. */
export type Claim = Pick<ReclaimSituation, 'asserted' | 'onFile' | 'contradicts'> & {
  readonly account: Account;
  readonly claimant: Claimant;
};

export type ClaimStanding = { readonly need: ReclaimNeed; readonly waiting: WaitingRecovery | undefined };

export type Reclaim = ReturnType<typeof createReclaim>;

type ByEid = {
  readonly claim: Claim;
  readonly source: string;
  /** Of the eID, in the language of the account. */
  readonly eidName: string;
  readonly origin: Origin;
};

const dayMs = 86_400_000;

/**
 * A lost account comes back to whoever proves the same identity by an eID, with its handle and so with every `sub`. Who
 * calls holds the lock of the account, but for looking where it stands. @see reclaim-rules.ts
 */
export function createReclaim(context: AccountsContext) {
  const { audit, enqueue, encryption, suspendAuthenticators, clock } = context;
  const notices = createRecoveryNotices(context);
  const beginAnew = createBeginAnew(context);

  /** Changes nothing. */
  async function find(tx: Transaction, claim: Claim): Promise<ClaimStanding> {
    const { account, claimant } = claim;
    const { id: accountId, createdAt } = account;
    const at = clock.now();
    const since = new Date(at.getTime() - idleDays * dayMs);
    const waiting = await findClaim(tx, { accountId, claimant, at });
    const { stops } = await findAttempts(tx, { accountId, at });
    const { hasSecondFactor, hasMandate } = await context.findRecoverySituation(tx, accountId);
    const need = reclaimNeed({
      ...claim,
      accountState: account.state,
      hasSecondFactor: hasSecondFactor || (await isRecoveryGuarded(tx, { accountId, at })),
      hasMandate,
      // One that was imported the other day has no events yet.
      usedLately: createdAt >= since || (await wasUsedSince(tx, { accountId, since })),
      stops,
      hasWaited: waiting !== undefined && waiting.readyAt <= at,
    });
    return { need, waiting };
  }

  /** Begins the wait that the claim needs; one that is running goes on. */
  async function wait(
    tx: Transaction,
    { claim, eidName, origin, prepared }: ByEid & { readonly prepared: ReturnType<typeof notices.prepare> },
  ): Promise<void> {
    const { account, claimant } = claim;
    await notices.begin(tx, { account, wait: prepared, proofs: ['eid'], eid: { claimant, name: eidName }, origin });
  }

  /** Everything the account signed in with is suspended, every session ends, every address is told. */
  async function take(tx: Transaction, reclaimed: ByEid & { readonly mark: AttemptMark }): Promise<void> {
    const { claim, source, eidName, origin, mark } = reclaimed;
    const { account, claimant } = claim;
    const { id: accountId, locale } = account;
    const at = clock.now();
    const { wasReady: waited } = await endWaiting(tx, { accountId, claimant, mark, at });
    const suspended = await suspendAuthenticators(tx, { accountId, at });
    const details = { source, waited, suspended };
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'account-reclaimed', details });
    await beginAnew(tx, { account, origin });
    const letter = { locale, asked: askedFor(origin, at), template: 'account-reclaimed', eidName } as const;
    for (const address of await findVerifiedAddresses(tx, { account, encryption })) {
      await enqueue(tx, { kind: 'mail', letter: { ...letter, to: { address } } });
    }
  }

  return { find, prepareWait: notices.prepare, wait, take };
}
