import type { DataKey } from '../platform/encryption.ts';
import type { Account, SubjectRef } from './account.ts';
import type { SealedAccount } from './account-repository.ts';
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

/** Finds the active account behind a token or session. This runs for every one of them. */
export function createFindClaimsSource({
  findActiveSealed,
  chooseIdentity,
}: {
  readonly findActiveSealed: (accountId: string) => Promise<SealedAccount | undefined>;
  readonly chooseIdentity: ChooseIdentity;
}): (accountId: string) => Promise<ClaimsSource | undefined> {
  const identityOf = ({ identities }: Account): IdentityRecord | undefined => chooseIdentity(identities);
  const sourceOf = ({ subjectRef, sessionsValidFrom, standings, dataKey, open }: SealedAccount): ClaimsSource => ({
    subjectRef,
    sessionsValidFrom,
    standings,
    async claims() {
      const account = await open();
      return claimsOf(account, identityOf(account));
    },
    identity: async () => identityOf(await open()),
    dataKey,
  });
  return async (accountId) => {
    const found = await findActiveSealed(accountId);
    return found && sourceOf(found);
  };
}
