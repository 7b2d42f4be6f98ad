import type { Transaction } from '../platform/transaction.ts';
import type { CodeRequest } from './mailed-codes.ts';
import type { AccountsContext } from './ports.ts';
import { findAttempts, type WaitingRecovery } from './recovery-attempt-repository.ts';
import { isRecoveryGuarded } from './recovery-guard.ts';
import { type RecoveryNeed, type RecoveryProof, recoveryNeed } from './recovery-rules.ts';

/** Where a recovery whose mailed code is proved stands. */
export type RecoveryStanding = {
  readonly need: RecoveryNeed;
  /** Somebody waits for this account: whoever is here, or a stranger who reads the same mailbox. */
  readonly waiting: WaitingRecovery | undefined;
  readonly stops: number;
};

/** Whose mailed code is proved, and what else. */
export type ProvedRequest = Pick<CodeRequest, 'furtherProof'> & { readonly accountId: string };

export type FindStanding = (tx: Transaction, request: ProvedRequest) => Promise<RecoveryStanding>;

export function proofsOf({
  furtherProof,
}: Pick<CodeRequest, 'furtherProof'>): readonly [RecoveryProof, ...RecoveryProof[]] {
  return furtherProof === null ? ['mailed-code'] : ['mailed-code', furtherProof];
}

/** Reads what the rules need to know, and asks them. */
export function createRecoveryStanding(
  context: Pick<AccountsContext, 'findRecoverySituation' | 'findRecoveryMeans' | 'clock'>,
) {
  /** @param wait what the attempts at this account amount to, where the caller has just changed them */
  async function findNeed(
    tx: Transaction,
    request: ProvedRequest,
    { stops, hasWaited }: { readonly stops: number; readonly hasWaited: boolean },
  ): Promise<RecoveryNeed> {
    const { accountId } = request;
    const situation = await context.findRecoverySituation(tx, accountId);
    const hadSecondFactor = await isRecoveryGuarded(tx, { accountId, at: context.clock.now() });
    return recoveryNeed({
      situation: { ...situation, hasSecondFactor: situation.hasSecondFactor || hadSecondFactor, stops },
      given: proofsOf(request),
      available: await context.findRecoveryMeans(tx, accountId),
      hasWaited,
    });
  }

  const findStanding: FindStanding = async (tx, request) => {
    const at = context.clock.now();
    const { waiting, stops } = await findAttempts(tx, { accountId: request.accountId, at });
    const hasWaited = waiting !== undefined && waiting.readyAt <= at;
    return { need: await findNeed(tx, request, { stops, hasWaited }), waiting, stops };
  };

  return { findNeed, findStanding };
}
