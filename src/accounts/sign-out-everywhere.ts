import { type AccountsContext, eventFrame, type Origin } from './ports.ts';

/** Ends every session of a person, the one this is asked in included, and tells their portals. */
export function createSignOutEverywhere({ inTransaction, accounts, audit, endSessions, clock }: AccountsContext) {
  return async function signOutEverywhere(request: {
    readonly accountId: string;
    readonly origin: Origin;
  }): Promise<void> {
    const { accountId, origin } = request;
    const at = clock.now();
    await inTransaction(async (tx) => {
      const account = await accounts.findActive(tx, accountId);
      if (account === undefined) {
        return;
      }
      await accounts.endSessions(tx, { accountId, at });
      await endSessions(tx, { accountId, at });
      const details = { because: 'signed-out-everywhere' } as const;
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'sessions-ended', details });
    });
  };
}
