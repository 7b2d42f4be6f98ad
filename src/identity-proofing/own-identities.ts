import { type Account, isCoolingDown } from '../accounts/account.ts';
import { lockAccount } from '../accounts/lock-account.ts';
import type { Origin } from '../accounts/ports.ts';
import type { IdentityRecord } from '../accounts/verified-identity.ts';
import type { IdentityEvidence, VerifiedIdentityRepository } from '../accounts/verified-identity-repository.ts';
import type { Clock } from '../platform/clock.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import type { IdentityNotices } from './identity-notices.ts';

/** Why an identity has to stay an account's. */
type RemovalObstacle = 'last-way-in' | 'cooling-down';

export type IdentityRemoval = { readonly kind: 'removed' | RemovalObstacle };

export type OwnIdentities = ReturnType<typeof createOwnIdentities>;

export type OwnIdentitiesDependencies = {
  readonly inTransaction: InTransaction;
  readonly identities: VerifiedIdentityRepository;
  /** Whether something besides the eID of this source signs the person in. */
  readonly hasOtherWayIn: (
    tx: Transaction,
    of: { readonly accountId: string; readonly source: string },
  ) => Promise<boolean>;
  readonly notices: IdentityNotices;
  readonly clock: Clock;
};

/** What a person sees, and takes away, of the identities of their account. */
export function createOwnIdentities(dependencies: OwnIdentitiesDependencies) {
  const { inTransaction, identities, notices, clock } = dependencies;

  /** What sources said of a person, newest first, also those that no longer stand. */
  async function historyOf(
    account: Account,
    { limit }: { readonly limit: number },
  ): Promise<{ readonly evidence: readonly IdentityEvidence[]; readonly hasMore: boolean }> {
    const found = await inTransaction((tx) => identities.history(tx, { account, limit: limit + 1 }));
    return { evidence: found.slice(0, limit), hasMore: found.length > limit };
  }

  async function obstacleOf(
    tx: Transaction,
    account: Account,
    { source }: IdentityRecord,
  ): Promise<RemovalObstacle | undefined> {
    if (isCoolingDown(account, clock.now())) return 'cooling-down';
    const hasOther = await dependencies.hasOtherWayIn(tx, { accountId: account.id, source });
    return hasOther ? undefined : 'last-way-in';
  }

  /** Unlinks an identity, unless nothing else leads into the account. The caller has asked for fresh proof. */
  function remove(removal: {
    readonly account: Account;
    readonly record: IdentityRecord;
    readonly origin: Origin;
  }): Promise<IdentityRemoval> {
    const { account, record, origin } = removal;
    const { source } = record;
    return inTransaction(async (tx): Promise<IdentityRemoval> => {
      await lockAccount(tx, account.id);
      const obstacle = await obstacleOf(tx, account, record);
      if (obstacle) return { kind: obstacle };
      if (await identities.remove(tx, { account, linkId: record.id, at: clock.now() })) {
        await notices.removed(tx, { account, origin, source });
      }
      return { kind: 'removed' };
    });
  }

  function findObstacle(account: Account, record: IdentityRecord): Promise<RemovalObstacle | undefined> {
    return inTransaction((tx) => obstacleOf(tx, account, record));
  }

  return { historyOf, findObstacle, remove };
}
