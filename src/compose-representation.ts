import type { Account } from './accounts/account.ts';
import { isCoolingDown } from './accounts/account.ts';
import type { Accounts } from './accounts/module.ts';
import { createVerifiedIdentityRepository } from './accounts/verified-identity-repository.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { Authentication } from './authentication/module.ts';
import type { IdentityWorth } from './identity-proofing/ial-of.ts';
import type { Jobs } from './jobs/module.ts';
import type { Clock } from './platform/clock.ts';
import type { Encryption } from './platform/encryption.ts';
import type { RunStatement } from './platform/statement.ts';
import type { InTransaction, Transaction } from './platform/transaction.ts';
import type { RegisterAnswer } from './registries/legal-entity.ts';
import type { Registries } from './registries/module.ts';
import { establishesPerAccount, looksPerAccount } from './representation/establish.ts';
import type { Claimant } from './representation/judge-match.ts';
import { createRepresentation, type Representation } from './representation/module.ts';

export type ComposedRepresentation = {
  readonly run: RunStatement;
  readonly pool: Transaction;
  readonly inTransaction: InTransaction;
  readonly encryption: Encryption;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly jobs: Pick<Jobs, 'enqueue'>;
  readonly registries: Registries;
  readonly accounts: Pick<Accounts, 'findActive' | 'findInAnyState'>;
  readonly worth: Pick<IdentityWorth, 'chooseRecord' | 'ialOf'>;
  readonly takeAllowance: Authentication['takeAllowance'];
  /** Removes every code and token that carries the mandate. */
  readonly onEnded: (tx: Transaction, mandateId: string) => Promise<void>;
};

/** Who acts for which organization, over the people and the registers that are here. */
export function composeRepresentation(dependencies: ComposedRepresentation): Representation {
  const { pool, accounts, worth, encryption, jobs, clock, takeAllowance } = dependencies;
  const identities = createVerifiedIdentityRepository({ encryption });
  return createRepresentation({
    ...dependencies,
    registries: withKeyedHashes(dependencies),
    enqueue: jobs.enqueue,
    findAccount: accounts.findInAnyState,
    findClaimant: async (accountId, tx = pool) =>
      claimantOf(await accounts.findActive(tx, accountId), { worth, now: clock.now() }),
    findNumberOwner: identities.findNumberOwner,
    allowLook: (accountId) =>
      takeAllowance({ key: encryption.lookupHash('look-allowance', accountId).hash, ...looksPerAccount }),
    allowEstablish: (accountId) =>
      takeAllowance({ key: encryption.lookupHash('establish-allowance', accountId).hash, ...establishesPerAccount }),
  });
}

/**
 * What a register answered holds personal numbers, and the history of a mandate is never rewritten: by a hash that takes
 * no key anybody could try them all, long after they are erased here.
 */
function withKeyedHashes({
  registries,
  encryption,
}: Pick<ComposedRepresentation, 'registries' | 'encryption'>): Registries {
  function keyed<Value>(answer: RegisterAnswer<Value>): RegisterAnswer<Value> {
    if (answer.kind === 'unavailable') return answer;
    const { keyId, hash } = encryption.lookupHash('register-response', answer.responseHash);
    return { ...answer, responseHash: `${keyId}:${hash.toString('hex')}` };
  }
  return {
    ...registries,
    findLegalEntity: async (number) => keyed(await registries.findLegalEntity(number)),
    listRepresentatives: async (number) => keyed(await registries.listRepresentatives(number)),
  };
}

/** What was verified of somebody, by the one record that speaks for them; nothing while their account cools down. */
export function claimantOf(
  account: Account | undefined,
  { worth, now }: { readonly worth: Pick<IdentityWorth, 'chooseRecord' | 'ialOf'>; readonly now: Date },
): Claimant | undefined {
  if (account === undefined || isCoolingDown(account, now)) return undefined;
  const record = worth.chooseRecord(account.identities);
  return record && { identity: record.attributes, ial: worth.ialOf([record], { now }) };
}
