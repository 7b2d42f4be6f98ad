import { createCoalescer } from '../platform/coalescer.ts';
import type { DataKey } from '../platform/encryption.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Account, SubjectRef } from './account.ts';
import type { AccountRepository, SealedAccount } from './account-repository.ts';
import { type AccountClaims, claimsOf } from './claims.ts';
import type { ChooseIdentity, IdentityRecord, IdentityStanding } from './verified-identity.ts';

/** What a portal may come to know of an active person, before its consents are applied. */
export type ClaimsSource = {
  readonly subjectRef: SubjectRef;
  readonly sessionsValidFrom: Date;
  /** What eID sources vouch for now, without anything of the person. */
  readonly standings: readonly IdentityStanding[];
  /** Decrypts only now: most requests never ask. */
  readonly claims: () => Promise<AccountClaims>;
  /** The one record the claims come from. */
  readonly identity: () => Promise<IdentityRecord | undefined>;
  /** For events about the person. */
  readonly dataKey: () => Promise<DataKey>;
};

/**
 * Finds the active account behind a token or session. This runs for every one of them, so the questions of one moment
 * share a statement; none is answered from before it was asked.
 */
export function createFindClaimsSource({
  run,
  accounts,
  chooseIdentity,
}: {
  readonly run: RunStatement;
  readonly accounts: Pick<AccountRepository, 'findActiveSealed'>;
  readonly chooseIdentity: ChooseIdentity;
}): (accountId: string) => Promise<ClaimsSource | undefined> {
  const identityOf = ({ identities }: Account): IdentityRecord | undefined => chooseIdentity(identities);
  const sourceOf = ({ subjectRef, sessionsValidFrom, standings, open }: SealedAccount): ClaimsSource => ({
    subjectRef,
    sessionsValidFrom,
    standings,
    async claims() {
      const account = await open();
      return claimsOf(account, identityOf(account));
    },
    identity: async () => identityOf(await open()),
    dataKey: async () => (await open()).dataKey,
  });
  return createCoalescer<string, ClaimsSource | undefined>({
    run: async (accountIds) => {
      const found = await accounts.findActiveSealed(run, [...new Set(accountIds)]);
      const sources = new Map(found.map((account) => [account.id, sourceOf(account)]));
      return accountIds.map((accountId) => sources.get(accountId));
    },
  });
}
