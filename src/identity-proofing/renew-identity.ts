import type { Account } from '../accounts/account.ts';
import { compareIdentities, type IdentityComparison } from '../accounts/compare-identities.ts';
import type { IdentityAttributes, IdentityRecord } from '../accounts/verified-identity.ts';
import type { VerifiedIdentityRepository } from '../accounts/verified-identity-repository.ts';
import type { Transaction } from '../platform/transaction.ts';
import type { AssertedIdentity } from './eid-connector.ts';
import { agreesWithAll } from './identity-place.ts';

export type Renewal =
  /** What stands goes on standing, confirmed where it was said again. */
  | { readonly kind: 'stands' }
  /** Something else stands now; the attributes that aren't as they were, none where only the level is new. */
  | { readonly kind: 'replaced'; readonly change: IdentityComparison | undefined }
  | { readonly kind: 'disagrees' };

export type RenewIdentity = (
  tx: Transaction,
  now: {
    readonly account: Account;
    readonly linkId: string;
    /** Of the new evidence, should there be one. */
    readonly evidenceId: string;
    readonly identity: AssertedIdentity;
  },
) => Promise<Renewal>;

// How far back an identity that was withdrawn is looked for.
const evidencesLookedAt = 50;

/**
 * Brings what an account has of a source up to date with what the source has just said. A weaker level, or fewer words,
 * say nothing new about who it is: what stands stays, however the person signed in today.
 */
export function createRenewIdentity({
  identities,
  isWeaker,
}: {
  readonly identities: VerifiedIdentityRepository;
  /** Whether a level of this source is worth less than another one. */
  readonly isWeaker: (source: string, level: string, than: string) => boolean;
}): RenewIdentity {
  async function lastWordOf(
    tx: Transaction,
    { account, source }: { readonly account: Account; readonly source: string },
  ): Promise<{ readonly attributes: IdentityAttributes } | undefined> {
    const past = await identities.history(tx, { account, limit: evidencesLookedAt });
    return past.find((evidence) => evidence.source === source);
  }

  /** Whether what stands says all of it, and as strongly. */
  function isCovered(standing: IdentityRecord, identity: AssertedIdentity, change: IdentityComparison): boolean {
    return change.kind === 'less-precise' || isWeaker(identity.source, identity.level, standing.level);
  }

  return async (tx, { account, linkId, evidenceId, identity }) => {
    const { source, level, attributes, authenticatedAt: verifiedAt } = identity;
    const standing = account.identities.find(({ id }) => id === linkId);
    const before = standing ?? (await lastWordOf(tx, { account, source }));
    const change = before && compareIdentities(before.attributes, attributes, { sameSubject: true });
    if (change?.kind === 'contradicts' || !agreesWithAll(account, identity, linkId)) return { kind: 'disagrees' };
    if (standing && change && isCovered(standing, identity, change)) return { kind: 'stands' };
    if (standing && change?.kind === 'same' && level === standing.level) {
      await identities.confirm(tx, { id: linkId, evidenceId: standing.evidenceId, verifiedAt });
      return { kind: 'stands' };
    }
    const asserted = { source, level, attributes, verifiedAt };
    const outcome = await identities.replace(tx, { account, linkId, evidenceId, identity: asserted });
    switch (outcome) {
      case 'replaced':
        return { kind: 'replaced', change };
      case 'number-taken':
        return { kind: 'disagrees' };
      // Another request of the same moment has written the same.
      case 'over':
        return { kind: 'stands' };
    }
  };
}
