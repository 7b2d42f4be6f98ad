import { type Account, isCoolingDown } from '../accounts/account.ts';
import type { Origin } from '../accounts/ports.ts';
import type { PreparedAccount } from '../accounts/unaddressed-account.ts';
import type { IdentityRecord } from '../accounts/verified-identity.ts';
import type { LinkOutcome, VerifiedIdentityRepository } from '../accounts/verified-identity-repository.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import { isAnotherPerson } from './another-person.ts';
import type { AssertedIdentity } from './eid-connector.ts';
import type { IdentityNotices } from './identity-notices.ts';
import { agreesWithAll, findIdentityPlace, type IdentityPlace } from './identity-place.ts';
import type { RenewIdentity } from './renew-identity.ts';

export type IdentitySignIn =
  | { readonly kind: 'signed-in'; readonly account: Account }
  | Exclude<IdentityPlace, { readonly kind: 'own' }>;

export type IdentityLinking =
  | { readonly kind: 'linked' }
  | { readonly kind: 'cooling-down' }
  | Exclude<IdentityPlace, { readonly kind: 'own' | 'free' }>;

/** Of one account, the newest. */
const evidencesLookedAt = 50;

type LinkFailure = Exclude<LinkOutcome, 'linked'>;
type Obstacle = 'cooling-down' | 'disagrees';
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
  readonly renew: RenewIdentity;
  /** What the account may do in the name of whoever had it before isn't the next one's. */
  readonly onAnotherPerson: (
    tx: Transaction,
    of: { readonly accountId: string; readonly origin: Origin },
  ) => Promise<void>;
  readonly notices: IdentityNotices;
  readonly clock: Clock;
};

export type IdentityProof = ReturnType<typeof createIdentityProof>;

/**
 * One person, one account: what becomes of an identity that an eID vouched for. Nothing is ever linked by an address or
 * a number alone, and what contradicts an account's identity changes nothing.
 */
export function createIdentityProof(dependencies: IdentityProofDependencies) {
  const { inTransaction, identities, findActive, newAccounts, renew, notices, clock } = dependencies;

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
      await notices.renewed(tx, { account, origin, source: identity.source, renewal });
      if (renewal.kind === 'disagrees') return renewal;
      await notices.signedIn(tx, { account, origin, source: identity.source });
      await sign.whenSignedIn(tx, account);
      return { kind: 'signed-in', account };
    });
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
    const { source, level } = identity;
    const ids = { linkId: newUuid(clock), evidenceId: newUuid(clock) };
    return inTransaction(async (tx): Promise<IdentityLinking> => {
      const account = await findActive(tx, accountId);
      if (!account) return { kind: 'account-inactive' };
      const old = await findWithdrawn(tx, { account, source });
      const obstacle = await obstacleTo(tx, { account, old, identity });
      if (obstacle) return refuse(tx, { account, origin, source, reason: obstacle });
      const isHandedOver = await isAnothers(tx, { account, identity });
      const outcome = await insertLink(tx, { account, identity, inPlaceOf: old?.id, ...ids });
      if (outcome !== 'linked') return refuse(tx, { account, origin, source, reason: outcome });
      if (isHandedOver) await dependencies.onAnotherPerson(tx, { accountId, origin });
      if (old) await notices.leftBehind(tx, { account, origin, source });
      await notices.linked(tx, { account, origin, source, level });
      await linking.whenLinked(tx, account);
      return { kind: 'linked' };
    });
  }

  /** What this source withdrew: it may have issued another one since, which takes its place if both are one person's. */
  async function findWithdrawn(
    tx: Transaction,
    { account, source }: { readonly account: Account; readonly source: string },
  ): Promise<IdentityRecord | undefined> {
    const linked = await identities.findLinked(tx, account);
    return linked.find((one) => one.source === source && !account.identities.some(({ id }) => id === one.id));
  }

  async function obstacleTo(
    tx: Transaction,
    {
      account,
      old,
      identity,
    }: { readonly account: Account; readonly old: IdentityRecord | undefined; readonly identity: AssertedIdentity },
  ): Promise<Obstacle | undefined> {
    if (await dependencies.isAdditionRefused(tx, account)) return 'cooling-down';
    const compared = old ? [...account.identities, old] : account.identities;
    if (!agreesWithAll({ identities: compared }, identity)) return 'disagrees';
    // What was on file says how the account is recovered, and nothing of it is removed in that time.
    return old && isCoolingDown(account, clock.now()) ? 'cooling-down' : undefined;
  }

  async function refuse(
    tx: Transaction,
    {
      reason,
      ...about
    }: {
      readonly account: Account;
      readonly origin: Origin;
      readonly source: string;
      readonly reason: Obstacle | LinkFailure;
    },
  ): Promise<IdentityLinking> {
    if (reason !== 'cooling-down') await notices.refused(tx, { ...about, reason });
    return refusedBy(reason);
  }

  /** Beside what stands it has been judged already; where nothing does, by what was ever said of this account. */
  async function isAnothers(
    tx: Transaction,
    { account, identity }: { readonly account: Account; readonly identity: AssertedIdentity },
  ): Promise<boolean> {
    if (account.identities.length > 0) return false;
    const past = await identities.history(tx, { account, limit: evidencesLookedAt });
    return past.some(({ attributes }) => isAnotherPerson(attributes, identity.attributes));
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
        await notices.opened(tx, { account, origin, source: identity.source, level: identity.level });
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
      await notices.withdrawn(tx, { account, origin, source });
    });
  }

  function insertLink(
    tx: Transaction,
    given: {
      readonly account: Account;
      readonly identity: AssertedIdentity;
      readonly linkId: string;
      readonly evidenceId: string;
      readonly inPlaceOf?: string | undefined;
    },
  ) {
    const { account, linkId, evidenceId, inPlaceOf } = given;
    const { source, subject, level, attributes, authenticatedAt: verifiedAt } = given.identity;
    const identity = { source, level, attributes, verifiedAt };
    return identities.link(tx, { account, linkId, evidenceId, subject, identity, inPlaceOf, at: clock.now() });
  }

  return { placeOf, signIn, link, open, withdraw };
}

function refusedBy(reason: Obstacle | LinkFailure): IdentityLinking {
  switch (reason) {
    case 'identity-taken':
      return { kind: 'of-another', known: 'identity' };
    case 'number-taken':
      return { kind: 'of-another', known: 'number' };
    case 'source-taken':
    case 'disagrees':
    case 'cooling-down':
      return { kind: reason };
  }
}
