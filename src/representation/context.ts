import type { Account } from '../accounts/account.ts';
import type { NationalNumber } from '../accounts/verified-identity.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { RequestedJob } from '../jobs/job.ts';
import type { OrganizationRepository } from '../organizations/organization-repository.ts';
import type { Clock } from '../platform/clock.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import type { Registries } from '../registries/module.ts';
import type { Claimant } from './judge-match.ts';
import type { MandateConsents } from './mandate-consent-repository.ts';
import type { MandateNotices } from './mandate-notices.ts';

/** Whose personal number this is here. */
export type NumberOwner = { readonly accountId: string; readonly state: Account['state'] };

export type Allowance = { readonly kind: 'go-on' } | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/** What every use case of this folder works with. */
export type RepresentationContext = {
  readonly pool: Transaction;
  readonly inTransaction: InTransaction;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly enqueue: (tx: Transaction, job: RequestedJob) => Promise<unknown>;
  readonly registries: Registries;
  readonly organizations: OrganizationRepository;
  readonly consents: MandateConsents;
  readonly notices: MandateNotices;
  /**
   * The verified identity of an active account and what it is worth now. Undefined where there is none, and while the
   * account cools down after a recovery: mandates are neither made nor answered then.
   * @param tx what it has read or locked counts; the pool where there is none
   */
  readonly findClaimant: (accountId: string, tx?: Transaction) => Promise<Claimant | undefined>;
  /** An account in whatever state: what happened is told of those that are closed too. */
  readonly findAccount: (tx: Transaction, accountId: string) => Promise<Account | undefined>;
  readonly findNumberOwner: (tx: Transaction, number: NationalNumber) => Promise<NumberOwner | undefined>;
  /** Takes one look at an organization's name out of what an account may ask for. */
  readonly allowLook: (accountId: string) => Promise<Allowance>;
  /** Takes one wish to act for another organization out of what an account may ask for. */
  readonly allowEstablish: (accountId: string) => Promise<Allowance>;
  /** Removes every code and token that carries the mandate. */
  readonly onEnded: (tx: Transaction, mandateId: string) => Promise<void>;
};
