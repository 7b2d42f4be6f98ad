import { createCoalescer } from '../platform/coalescer.ts';
import type { DataKey } from '../platform/encryption.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { SubjectRef } from './account.ts';
import type { AccountRepository } from './account-repository.ts';
import { type AccountClaims, claimsOf } from './claims.ts';

/** What a portal may come to know of an active person, before its consents are applied. */
export type ClaimsSource = {
  readonly subjectRef: SubjectRef;
  readonly sessionsValidFrom: Date;
  /** Decrypts only now: most requests never ask. */
  readonly claims: () => Promise<AccountClaims>;
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
}: {
  readonly run: RunStatement;
  readonly accounts: Pick<AccountRepository, 'findActiveSealed'>;
}): (accountId: string) => Promise<ClaimsSource | undefined> {
  return createCoalescer<string, ClaimsSource | undefined>({
    run: async (accountIds) => {
      const found = await accounts.findActiveSealed(run, [...new Set(accountIds)]);
      const sources = new Map(
        found.map(({ id, subjectRef, sessionsValidFrom, open }) => [
          id,
          {
            subjectRef,
            sessionsValidFrom,
            claims: async () => claimsOf(await open()),
            dataKey: async () => (await open()).dataKey,
          },
        ]),
      );
      return accountIds.map((accountId) => sources.get(accountId));
    },
  });
}
