import type { Transaction } from '../platform/transaction.ts';
import type { Account } from './account.ts';
import { type AccountsContext, eventFrame, type Origin } from './ports.ts';
import { liftRecoveryGuard } from './recovery-guard.ts';
import { coolDownSeconds } from './recovery-rules.ts';

/** What ends when an account is its owner's again: codes that are out, sessions everywhere; and the cool-down begins. */
export function createBeginAnew(context: AccountsContext) {
  const { accounts, mailedCodes, audit, endSessions, clock } = context;
  return async (
    tx: Transaction,
    { account, origin }: { readonly account: Account; readonly origin: Origin },
  ): Promise<void> => {
    const { id: accountId } = account;
    const at = clock.now();
    await mailedCodes.voidAll(tx, accountId);
    await liftRecoveryGuard(tx, accountId);
    await context.forgetSecondFactorFailures(tx, accountId);
    const coolDownUntil = new Date(at.getTime() + coolDownSeconds * 1000);
    await accounts.endSessions(tx, { accountId, at, coolDownUntil });
    await endSessions(tx, { accountId, at });
    await audit.record(tx, {
      ...eventFrame(account, origin),
      kind: 'sessions-ended',
      details: { because: 'recovered' },
    });
  };
}
