import type { RecoveryNotice } from '../jobs/job.ts';
import { newSecretToken } from '../platform/secret-token.ts';
import type { Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { Account } from './account.ts';
import { type AccountsContext, askedFor, eventFrame, type Origin } from './ports.ts';
import {
  type Claimant,
  insertAttempt,
  type UntoldReclaim,
  type WaitingRecovery,
} from './recovery-attempt-repository.ts';
import { attemptDays, type RecoveryProof, waitSeconds } from './recovery-rules.ts';
import { findVerifiedAddresses } from './verified-address-repository.ts';

/** A wait that may begin, the same in every repetition of its transaction. */
export type PreparedWait = WaitingRecovery & {
  readonly id: string;
  readonly stopToken: string;
  readonly startedAt: Date;
};

type Told = Pick<Account, 'id' | 'dataKey' | 'locale'>;

type Notice = WaitingRecovery &
  Pick<RecoveryNotice, 'stopToken' | 'asked'> & { readonly account: Told } & (
    | { readonly stage: 'waiting' | 'reminder' | 'ready'; readonly eidName?: string | undefined }
    | { readonly stage: 'signed-in'; readonly eidName: string }
  );

type SealedNotice = Pick<RecoveryNotice, 'stopToken' | 'asked'> & { readonly eidName: string };

const dayMs = 86_400_000;

/** How a wait begins, and everybody who can stop it is told: at every address, at once, halfway and at the end. */
export function createRecoveryNotices({ encryption, audit, enqueue, clock }: AccountsContext) {
  function prepare(): PreparedWait {
    const startedAt = clock.now();
    return {
      id: newUuid(clock),
      stopToken: newSecretToken(),
      startedAt,
      readyAt: new Date(startedAt.getTime() + waitSeconds * 1000),
      endsAt: new Date(startedAt.getTime() + attemptDays * dayMs),
    };
  }

  /**
   * Where one of the same kind is running it goes on unchanged, and nobody is told again.
   * @param eid by which somebody waits, and its name in the language of the account; undefined for who read the mailbox
   */
  async function begin(
    tx: Transaction,
    begun: {
      readonly account: Account;
      readonly wait: PreparedWait;
      readonly proofs: readonly (RecoveryProof | 'eid')[];
      readonly eid?: { readonly claimant: Claimant; readonly name: string };
      readonly origin: Origin;
    },
  ): Promise<void> {
    const { account, wait, proofs, eid, origin } = begun;
    const { id, stopToken, startedAt, readyAt } = wait;
    const asked = askedFor(origin, startedAt);
    const eidName = eid?.name;
    const claim = eid && {
      claimant: eid.claimant,
      noticeSealed: seal(account, { id, notice: { stopToken, asked, eidName: eid.name } }),
    };
    if (!(await insertAttempt(tx, { ...wait, accountId: account.id, proofs, claim }))) return;
    const details = { proofs, waitHours: waitSeconds / 3600 };
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'recovery-waiting-started', details });
    await tell(tx, { ...wait, account, stage: 'waiting', asked, eidName });
    const later = { kind: 'recovery-notice', attemptId: id, stopToken, asked, eidName } as const;
    const halfway = new Date(startedAt.getTime() + waitSeconds * 500);
    await enqueue(tx, { ...later, notice: 'reminder' }, { notBefore: halfway });
    await enqueue(tx, { ...later, notice: 'ready' }, { notBefore: readyAt });
  }

  function seal({ dataKey }: Told, { id, notice }: { readonly id: string; readonly notice: SealedNotice }): Buffer {
    return encryption.seal(dataKey, JSON.stringify(notice), contextOf(id));
  }

  /** Somebody waits with an eID, and here is the owner: who has all they need to sign in hasn't lost the account. */
  async function tellSignedIn(
    tx: Transaction,
    { account, reclaim }: { readonly account: Told; readonly reclaim: UntoldReclaim },
  ): Promise<void> {
    const { id, noticeSealed, ...wait } = reclaim;
    const notice: SealedNotice = JSON.parse(encryption.open(account.dataKey, noticeSealed, contextOf(id)));
    await tell(tx, { ...wait, ...notice, account, stage: 'signed-in' });
  }

  async function tell(tx: Transaction, notice: Notice): Promise<void> {
    const { account, readyAt, endsAt, stopToken, asked } = notice;
    const { locale } = account;
    const words = { stopToken, asked, locale, readyAt: readyAt.toISOString(), endsAt: endsAt.toISOString() };
    const letter = { ...words, ...templateOf(notice) };
    for (const address of await findVerifiedAddresses(tx, { account, encryption })) {
      await enqueue(tx, { kind: 'mail', letter: { to: { address }, ...letter } });
    }
  }

  return { prepare, begin, tell, tellSignedIn };
}

function templateOf(notice: Notice) {
  if (notice.stage === 'signed-in') return { template: 'reclaim-signed-in', eidName: notice.eidName } as const;
  const { stage, eidName } = notice;
  return eidName === undefined
    ? ({ template: `recovery-${stage}` } as const)
    : ({ template: `reclaim-${stage}`, eidName } as const);
}

function contextOf(attemptId: string) {
  return `recovery_attempt:notice_sealed:${attemptId}` as const;
}
