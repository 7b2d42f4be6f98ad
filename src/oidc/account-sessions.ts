import type { Account } from '../accounts/account.ts';
import { eventFrame, type Origin } from '../accounts/ports.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { type Clock, epochSeconds } from '../platform/clock.ts';
import { sha256 } from '../platform/secret-token.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import {
  type AccountSessionRow,
  accountSessionUids,
  endAccountSession,
  listAccountSessions,
} from './account-session-repository.ts';
import { accountClientId } from './first-party-client.ts';
import { lifetimes } from './lifetimes.ts';
import { assuranceOf, proofOf } from './session-proof.ts';
import type { SignedOnPortal } from './session-repository.ts';

/** One place where a person is signed in. */
export type AccountSession = {
  /** Names it in a form; opens nothing. */
  readonly handle: string;
  /** The session of the browser that asks. */
  readonly isCurrent: boolean;
  readonly signedInAt: Date;
  /** When it last signed on somewhere. */
  readonly lastUsedAt: Date;
  /** The portals it signed on to. */
  readonly clientIds: readonly string[];
  /** Of the login it was last proved in. */
  readonly loginId: string | undefined;
};

export type AccountSessions = ReturnType<typeof createAccountSessions>;

type Owner = Pick<Account, 'id' | 'dataKey' | 'sessionsValidFrom'>;

/** As many as a list shows. */
export const mostShownSessions = 50;

/** The uid itself is what tokens are bound to: it is never shown. */
function handleOf(uid: string): string {
  return sha256(`session-handle\0${uid}`).toString('base64url');
}

// The engine renews a session at every sign-on, for as long as its kind lives: the moment needs no column of its own.
function lastUsedAt({ payload, expiresAt }: AccountSessionRow): Date {
  const lifetimeSeconds = payload['transient'] ? lifetimes.sharedDeviceIdleSeconds : lifetimes.sessionSeconds;
  return new Date(expiresAt.getTime() - lifetimeSeconds * 1000);
}

function portalsOf({ authorizations }: AccountSessionRow): readonly string[] {
  return Object.entries(authorizations).flatMap(([clientId, { removed }]) =>
    removed || clientId === accountClientId ? [] : [clientId],
  );
}

/** Where somebody is signed in, and the end of one such place. */
export function createAccountSessions(dependencies: {
  readonly pool: Transaction;
  readonly inTransaction: InTransaction;
  readonly tellPortals: (tx: Transaction, portals: readonly SignedOnPortal[]) => Promise<void>;
  readonly audit: AuditLog;
  readonly clock: Clock;
}) {
  const { pool, inTransaction, tellPortals, audit, clock } = dependencies;
  const liveOf = ({ id, sessionsValidFrom }: Owner) =>
    ({ accountId: id, at: clock.now(), validFrom: sessionsValidFrom }) as const;

  return {
    /** Those that still prove something, the asking browser's first, then the newest; `hasMore` beyond the first fifty. */
    async list(
      account: Owner,
      current: string,
    ): Promise<{ readonly sessions: readonly AccountSession[]; readonly hasMore: boolean }> {
      const rows = await listAccountSessions(pool, { ...liveOf(account), current, limit: mostShownSessions + 1 });
      const sessions = rows.flatMap((row): readonly AccountSession[] => {
        const proof = proofOf({ accountId: account.id, amr: row.payload['amr'] });
        if (!proof || !assuranceOf(proof, { now: epochSeconds(clock), ial: 'ial0' })) return [];
        return [
          {
            handle: handleOf(row.uid),
            isCurrent: row.uid === current,
            signedInAt: new Date(row.loginAtSeconds * 1000),
            lastUsedAt: lastUsedAt(row),
            clientIds: portalsOf(row),
            loginId: proof.loginId,
          },
        ];
      });
      return { sessions: sessions.slice(0, mostShownSessions), hasMore: sessions.length > mostShownSessions };
    },

    /** Ends one of the person's sessions. A handle of somebody else's finds nothing, like one that is over. */
    signOut({
      account,
      handle,
      origin,
    }: {
      readonly account: Owner;
      readonly handle: string;
      readonly origin: Origin;
    }): Promise<'signed-out' | 'over'> {
      return inTransaction(async (tx) => {
        const live = liveOf(account);
        const uid = (await accountSessionUids(tx, live)).find((one) => handleOf(one) === handle);
        const portals = uid && (await endAccountSession(tx, { ...live, uid }));
        if (!portals) return 'over';
        await tellPortals(tx, portals);
        await audit.record(tx, { ...eventFrame(account, origin), kind: 'session-ended-remotely', details: {} });
        return 'signed-out';
      });
    },
  };
}
