import { type Account, isCoolingDown } from '../accounts/account.ts';
import { lockAccount } from '../accounts/lock-account.ts';
import { askedFor, eventFrame, type Origin } from '../accounts/ports.ts';
import type { PreparedAccount } from '../accounts/unaddressed-account.ts';
import type { IdentityRecord } from '../accounts/verified-identity.ts';
import type {
  IdentityEvidence,
  LinkOutcome,
  VerifiedIdentityRepository,
} from '../accounts/verified-identity-repository.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Jobs } from '../jobs/module.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Locale } from '../platform/i18n.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { AssertedIdentity } from './eid-connector.ts';
import { agreesWithAll, findIdentityPlace, type IdentityPlace } from './identity-place.ts';
import type { Renewal, RenewIdentity } from './renew-identity.ts';

export type IdentitySignIn =
  | { readonly kind: 'signed-in'; readonly account: Account }
  | Exclude<IdentityPlace, { readonly kind: 'own' }>;

export type IdentityLinking =
  | { readonly kind: 'linked' }
  | { readonly kind: 'cooling-down' }
  | Exclude<IdentityPlace, { readonly kind: 'own' | 'free' }>;

/** Why an identity has to stay an account's. */
type RemovalObstacle = 'last-way-in' | 'cooling-down';

export type IdentityRemoval = { readonly kind: 'removed' | RemovalObstacle };

type LinkFailure = Exclude<LinkOutcome, 'linked'>;
type Refusal = LinkFailure | 'disagrees';
type At = { readonly identity: AssertedIdentity; readonly origin: Origin };

export type IdentityProofDependencies = {
  readonly inTransaction: InTransaction;
  readonly identities: VerifiedIdentityRepository;
  readonly findActive: (tx: Transaction, accountId: string) => Promise<Account | undefined>;
  readonly newAccounts: {
    readonly prepare: (origin: Pick<Origin, 'locale'>) => Promise<PreparedAccount>;
    readonly insert: (
      tx: Transaction,
      account: { readonly prepared: PreparedAccount; readonly origin: Origin },
    ) => Promise<Account>;
  };
  /** Whether something was added already since the account was recovered. */
  readonly isAdditionRefused: (tx: Transaction, account: Account) => Promise<boolean>;
  /** Whether something besides the eID of this source signs the person in. */
  readonly hasOtherWayIn: (
    tx: Transaction,
    of: { readonly accountId: string; readonly source: string },
  ) => Promise<boolean>;
  /** A link by which whoever reads the letter takes an addition back. */
  readonly issueReport: (
    tx: Transaction,
    about: { readonly account: Account; readonly origin: Origin },
  ) => Promise<string | undefined>;
  readonly nameOf: (source: string, locale: Locale) => string;
  readonly renew: RenewIdentity;
  readonly audit: AuditLog;
  readonly enqueue: Jobs['enqueue'];
  readonly clock: Clock;
};

export type IdentityProof = ReturnType<typeof createIdentityProof>;

/**
 * One person, one account: what becomes of an identity that an eID vouched for. Nothing is ever linked by an address or
 * a number alone, and what contradicts an account's identity changes nothing.
 */
export function createIdentityProof(dependencies: IdentityProofDependencies) {
  const { inTransaction, identities, findActive, newAccounts, renew, audit, enqueue, clock } = dependencies;

  /** Where an identity stands, for a page that asks what to do. Changes nothing. */
  function placeOf(identity: AssertedIdentity, account: Account | undefined): Promise<IdentityPlace> {
    return inTransaction((tx) => findIdentityPlace(tx, { identities, identity, account }));
  }

  /**
   * Signs in whoever has this identity, and brings what is on file up to date with what was just asserted.
   * @param as only this account may be meant; undefined where anybody may sign in
   * @param whenSignedIn what else belongs into the transaction. Runs again if the transaction does.
   */
  async function signIn(
    sign: At & {
      readonly as: string | undefined;
      readonly whenSignedIn: (tx: Transaction, account: Account) => Promise<void>;
    },
  ): Promise<IdentitySignIn> {
    const { identity, origin } = sign;
    const evidenceId = newUuid(clock);
    return inTransaction(async (tx): Promise<IdentitySignIn> => {
      const owner = await identities.findOwner(tx, identity);
      const account = owner && (await findActive(tx, owner.accountId));
      if (!owner || !account || (sign.as !== undefined && account.id !== sign.as)) {
        const asked = sign.as === undefined ? undefined : await findActive(tx, sign.as);
        return findIdentityPlace(tx, { identities, identity, account: asked }) as Promise<
          Exclude<IdentityPlace, { readonly kind: 'own' }>
        >;
      }
      const renewal = await renew(tx, { account, linkId: owner.linkId, evidenceId, identity });
      await recordRenewal(tx, { account, identity, origin, renewal });
      if (renewal.kind === 'disagrees') return renewal;
      const details = { source: identity.source };
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'eid-login-succeeded', details });
      await sign.whenSignedIn(tx, account);
      return { kind: 'signed-in', account };
    });
  }

  async function recordRenewal(
    tx: Transaction,
    { account, identity, origin, renewal }: At & { readonly account: Account; readonly renewal: Renewal },
  ): Promise<void> {
    if (renewal.kind === 'disagrees') return refuse(tx, { account, identity, origin, reason: 'disagrees' });
    const { change } = renewal.kind === 'replaced' ? renewal : {};
    if (!change || !('attributes' in change)) return;
    const { source } = identity;
    const details = { source, attributes: change.attributes };
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-changed', details });
    if (change.kind === 'changed') await tell(tx, { account, origin, source, template: 'identity-changed' });
  }

  /**
   * Makes an identity an account's. The caller has asked for fresh proof of the account and shown both beside each other.
   * @param whenLinked what else belongs into the transaction. Runs again if the transaction does.
   */
  async function link(
    linking: At & {
      readonly accountId: string;
      readonly whenLinked: (tx: Transaction, account: Account) => Promise<void>;
    },
  ): Promise<IdentityLinking> {
    const { identity, origin, accountId } = linking;
    const ids = { linkId: newUuid(clock), evidenceId: newUuid(clock) };
    return inTransaction(async (tx): Promise<IdentityLinking> => {
      const account = await findActive(tx, accountId);
      if (!account) return { kind: 'account-inactive' };
      if (await dependencies.isAdditionRefused(tx, account)) return { kind: 'cooling-down' };
      if (!agreesWithAll(account, identity)) {
        await refuse(tx, { account, identity, origin, reason: 'disagrees' });
        return { kind: 'disagrees' };
      }
      const outcome = await insertLink(tx, { account, identity, ...ids });
      if (outcome !== 'linked') {
        await refuse(tx, { account, identity, origin, reason: outcome });
        return refusedBy(outcome);
      }
      await recordLink(tx, { account, identity, origin });
      const reportToken = await dependencies.issueReport(tx, { account, origin });
      await tell(tx, { account, origin, source: identity.source, template: 'identity-linked', reportToken });
      await linking.whenLinked(tx, account);
      return { kind: 'linked' };
    });
  }

  /**
   * Makes an account of an identity that nobody has. @param whenOpened as in {@link link}
   * @returns undefined where somebody was faster: look again where it stands
   */
  async function open(
    opening: At & { readonly whenOpened: (tx: Transaction, account: Account) => Promise<void> },
  ): Promise<{ readonly accountId: string } | undefined> {
    const { identity, origin } = opening;
    const prepared = await newAccounts.prepare(origin);
    const ids = { linkId: newUuid(clock), evidenceId: newUuid(clock) };
    try {
      return await inTransaction(async (tx) => {
        const account = await newAccounts.insert(tx, { prepared, origin });
        // Thrown and not returned: an account that nobody can sign in to must not stay.
        if ((await insertLink(tx, { account, identity, ...ids })) !== 'linked') throw new AppError('identity-taken');
        await recordLink(tx, { account, identity, origin });
        await opening.whenOpened(tx, account);
        return { accountId: account.id };
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'identity-taken') return undefined;
      throw error;
    }
  }

  /** Its source no longer vouches for somebody: what it said counts no more from now on, and the person is told. */
  async function withdraw(gone: {
    readonly source: string;
    readonly subject: string;
    readonly origin: Origin;
  }): Promise<void> {
    const { source, origin } = gone;
    await inTransaction(async (tx) => {
      const owner = await identities.findOwner(tx, gone);
      const account = owner && (await findActive(tx, owner.accountId));
      if (!owner || !account || !(await identities.withdraw(tx, { linkId: owner.linkId, at: clock.now() }))) return;
      await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-withdrawn', details: { source } });
      await tell(tx, { account, origin, source, template: 'identity-withdrawn' });
    });
  }

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
        await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-removed', details: { source } });
        await tell(tx, { account, origin, source, template: 'identity-removed' });
      }
      return { kind: 'removed' };
    });
  }

  function findObstacle(account: Account, record: IdentityRecord): Promise<RemovalObstacle | undefined> {
    return inTransaction((tx) => obstacleOf(tx, account, record));
  }

  function insertLink(
    tx: Transaction,
    given: {
      readonly account: Account;
      readonly identity: AssertedIdentity;
      readonly linkId: string;
      readonly evidenceId: string;
    },
  ) {
    const { account, linkId, evidenceId } = given;
    const { source, subject, level, attributes, authenticatedAt: verifiedAt } = given.identity;
    const identity = { source, level, attributes, verifiedAt };
    return identities.link(tx, { account, linkId, evidenceId, subject, identity, at: clock.now() });
  }

  async function recordLink(tx: Transaction, { account, identity, origin }: At & { readonly account: Account }) {
    const { source, level } = identity;
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-linked', details: { source, level } });
  }

  async function refuse(
    tx: Transaction,
    { account, identity, origin, reason }: At & { readonly account: Account; readonly reason: Refusal },
  ): Promise<void> {
    const details = { source: identity.source, reason };
    await audit.record(tx, { ...eventFrame(account, origin), kind: 'identity-refused', details });
  }

  async function tell(
    tx: Transaction,
    notice: {
      readonly account: Account;
      readonly origin: Origin;
      readonly source: string;
      readonly template: 'identity-linked' | 'identity-changed' | 'identity-withdrawn' | 'identity-removed';
      readonly reportToken?: string | undefined;
    },
  ): Promise<void> {
    const { account, origin, source, template, reportToken } = notice;
    const { id: accountId, locale } = account;
    const eidName = dependencies.nameOf(source, locale);
    const asked = askedFor(origin, clock.now());
    await enqueue(tx, { kind: 'mail', letter: { to: { accountId }, locale, asked, template, eidName, reportToken } });
  }

  return { placeOf, signIn, link, open, withdraw, historyOf, findObstacle, remove };
}

function refusedBy(outcome: LinkFailure): IdentityLinking {
  switch (outcome) {
    case 'identity-taken':
      return { kind: 'of-another', known: 'identity' };
    case 'number-taken':
      return { kind: 'of-another', known: 'number' };
    case 'source-taken':
      return { kind: 'source-taken' };
  }
}
