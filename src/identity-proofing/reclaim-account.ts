import type { Account } from '../accounts/account.ts';
import { compareIdentities } from '../accounts/compare-identities.ts';
import { lockAccount } from '../accounts/lock-account.ts';
import { newAttemptMark } from '../accounts/mailed-codes.ts';
import type { Origin } from '../accounts/ports.ts';
import type { Claim, ClaimStanding, Reclaim } from '../accounts/reclaim.ts';
import type { ReclaimRefusal } from '../accounts/reclaim-rules.ts';
import type { IdentityRecord } from '../accounts/verified-identity.ts';
import type { VerifiedIdentityRepository } from '../accounts/verified-identity-repository.ts';
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Locale } from '../platform/i18n.ts';
import type { InTransaction, Transaction } from '../platform/transaction.ts';
import { newUuid } from '../platform/uuid.ts';
import type { AssertedIdentity } from './eid-connector.ts';
import type { IdentityWorth } from './ial-of.ts';
import type { IdentityNotices } from './identity-notices.ts';

/** Whether an eID brings the account of its number back. */
export type ReclaimStanding =
  | { readonly kind: 'ready' }
  | { readonly kind: 'may-wait' }
  | { readonly kind: 'waiting'; readonly readyAt: Date }
  | { readonly kind: 'refused'; readonly because: ReclaimRefusal };

export type ReclaimOutcome =
  | { readonly kind: 'reclaimed'; readonly accountId: string }
  /** The wait has begun, or goes on. */
  | { readonly kind: 'waiting' }
  | Extract<ReclaimStanding, { readonly kind: 'refused' }>
  /** The number is nobody's any more, or the identity somebody's: look again where it stands. */
  | { readonly kind: 'over' };

type Found = { readonly claim: Claim; readonly linked: readonly IdentityRecord[] };

export type ReclaimDependencies = {
  readonly inTransaction: InTransaction;
  readonly identities: VerifiedIdentityRepository;
  readonly findInAnyState: (tx: Transaction, accountId: string) => Promise<Account | undefined>;
  readonly reclaim: Reclaim;
  readonly worth: Pick<IdentityWorth, 'ialOf' | 'ialOnFile'>;
  readonly nameOf: (source: string, locale: Locale) => string;
  readonly notices: Pick<IdentityNotices, 'opened' | 'removed' | 'refused'>;
  readonly clock: Clock;
};

export type ReclaimAccount = ReturnType<typeof createReclaimAccount>;

/**
 * An eID vouches for somebody whom no account has, but whose number an account does: a person who lost the way in comes
 * back to it. By country and number alone, never by name and date.
 */
export function createReclaimAccount(dependencies: ReclaimDependencies) {
  const { inTransaction, identities, reclaim, worth, notices, clock } = dependencies;

  /** @returns undefined where there is nothing to reclaim: the identity is somebody's, or the number nobody's */
  async function holderOf(tx: Transaction, identity: AssertedIdentity): Promise<string | undefined> {
    const { national_id: number } = identity.attributes;
    if (!number || (await identities.findOwner(tx, identity))) return undefined;
    return (await identities.findNumberOwner(tx, number))?.accountId;
  }

  async function claimOn(
    tx: Transaction,
    { accountId, identity }: { readonly accountId: string; readonly identity: AssertedIdentity },
  ): Promise<Found | undefined> {
    const account = await dependencies.findInAnyState(tx, accountId);
    if (!account) return undefined;
    const { source, level, attributes, authenticatedAt: verifiedAt } = identity;
    const linked = await identities.findLinked(tx, account);
    const now = clock.now();
    const claim = {
      account,
      claimant: identities.subjectPlaces(identity),
      asserted: worth.ialOf([{ source, level, verifiedAt }], { now }),
      onFile: worth.ialOnFile(linked),
      contradicts: linked.some(
        (one) => compareIdentities(one.attributes, attributes, { sameSubject: false }).kind === 'contradicts',
      ),
    };
    return { claim, linked };
  }

  /** For a page that asks what to do; changes nothing. @returns undefined where there is nothing to reclaim */
  function standingOf(identity: AssertedIdentity): Promise<ReclaimStanding | undefined> {
    return inTransaction(async (tx) => {
      const accountId = await holderOf(tx, identity);
      const found = accountId === undefined ? undefined : await claimOn(tx, { accountId, identity });
      return found && standingFrom(await reclaim.find(tx, found.claim));
    });
  }

  /**
   * Gives the account back, or begins the wait for it. The caller's person has just signed in at the eID, and asked.
   * @param whenReclaimed what else belongs into the transaction. Runs again if the transaction does.
   */
  async function reclaimBy(asked: {
    readonly identity: AssertedIdentity;
    readonly origin: Origin;
    readonly whenReclaimed: (tx: Transaction, account: Account) => Promise<void>;
  }): Promise<ReclaimOutcome> {
    const { identity, origin } = asked;
    const prepared = reclaim.prepareWait();
    const mark = newAttemptMark();
    const ids = { linkId: newUuid(clock), evidenceId: newUuid(clock) };
    try {
      return await inTransaction(async (tx): Promise<ReclaimOutcome> => {
        const owner = await identities.findOwner(tx, identity);
        // The same work, whose answer was lost.
        if (owner?.linkId === ids.linkId) return { kind: 'reclaimed', accountId: owner.accountId };
        const accountId = await holderOf(tx, identity);
        if (accountId === undefined) return { kind: 'over' };
        // One after the other: the second finds what the first has made of it.
        await lockAccount(tx, accountId);
        const found = (await holderOf(tx, identity)) === accountId && (await claimOn(tx, { accountId, identity }));
        if (!found) return { kind: 'over' };
        const { claim } = found;
        const { account } = claim;
        const { source } = identity;
        const by = { claim, source, eidName: dependencies.nameOf(source, account.locale), origin };
        const { need } = await reclaim.find(tx, claim);
        switch (need.kind) {
          case 'refused':
            await notices.refused(tx, { account, source, origin, reason: reasonOf(need.because) });
            return need;
          case 'may-wait':
            await reclaim.wait(tx, { ...by, prepared });
            return { kind: 'waiting' };
          case 'reclaims':
            await reclaim.take(tx, { ...by, mark });
            await link(tx, { found, identity, origin, ...ids });
            await asked.whenReclaimed(tx, account);
            return { kind: 'reclaimed', accountId };
        }
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'identity-taken') return { kind: 'over' };
      throw error;
    }
  }

  /** An account has one identity of a source: whoever was issued another one there leaves the old one behind. */
  async function link(
    tx: Transaction,
    given: {
      readonly found: Found;
      readonly identity: AssertedIdentity;
      readonly origin: Origin;
      readonly linkId: string;
      readonly evidenceId: string;
    },
  ): Promise<void> {
    const { found, origin, linkId, evidenceId } = given;
    const { account } = found.claim;
    const { source, subject, level, attributes, authenticatedAt: verifiedAt } = given.identity;
    const at = clock.now();
    const old = found.linked.find((one) => one.source === source);
    if (old) {
      await identities.remove(tx, { account, linkId: old.id, at });
      await notices.removed(tx, { account, origin, source });
    }
    const identity = { source, level, attributes, verifiedAt };
    const outcome = await identities.link(tx, { account, linkId, evidenceId, subject, identity, at });
    // Thrown and not returned: nobody could sign in to what was just suspended.
    if (outcome !== 'linked') throw new AppError('identity-taken');
    await notices.opened(tx, { account, origin, source, level });
  }

  return { standingOf, reclaim: reclaimBy };
}

function reasonOf(because: ReclaimRefusal): 'disagrees' | 'number-taken' {
  return because === 'disagrees' ? because : 'number-taken';
}

function standingFrom({ need, waiting }: ClaimStanding): ReclaimStanding {
  switch (need.kind) {
    case 'reclaims':
      return { kind: 'ready' };
    case 'may-wait':
      return waiting ? { kind: 'waiting', readyAt: waiting.readyAt } : need;
    case 'refused':
      return need;
  }
}
