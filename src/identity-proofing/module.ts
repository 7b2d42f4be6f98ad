import { type Ial, ials } from '../accounts/ial.ts';
import type { Locale } from '../platform/i18n.ts';
import { isAtLeast } from '../platform/scale.ts';
import type { EidConnector, EidSource, LevelWorth } from './eid-connector.ts';
import { type IdentityWorth, worthOfLevel } from './ial-of.ts';
import { createIdentityNotices } from './identity-notices.ts';
import { createIdentityProof, type IdentityProof, type IdentityProofDependencies } from './identity-proof.ts';
import { createOwnIdentities, type OwnIdentities, type OwnIdentitiesDependencies } from './own-identities.ts';
import { createReclaimAccount, type ReclaimAccount, type ReclaimDependencies } from './reclaim-account.ts';
import { createRenewIdentity } from './renew-identity.ts';

/** What signing in with one eID gives at its best. */
type EidBest = { readonly source: string; readonly ial: Ial; readonly factors: 1 | 2 };

export type IdentityProofing = {
  readonly connectors: readonly EidConnector[];
  /** By its own name; its key where it was switched off. */
  readonly nameOf: (source: string, locale: Locale) => string;
  readonly worth: Pick<IdentityWorth, 'ialOf' | 'chooseRecord'> & {
    readonly ofLevel: (source: string, level: string) => LevelWorth;
  };
  /** Of each eID, once for every level that another one of it doesn't surpass. */
  readonly best: readonly EidBest[];
  readonly proof: IdentityProof;
  readonly reclaim: ReclaimAccount;
  readonly own: OwnIdentities;
};

/** How an identity becomes verified: the eIDs that are switched on, and what becomes of what they say. */
export function createIdentityProofing({
  connectors,
  worth,
  ...dependencies
}: Omit<IdentityProofDependencies, 'notices' | 'renew'> &
  Omit<OwnIdentitiesDependencies, 'notices'> &
  Pick<ReclaimDependencies, 'findInAnyState' | 'reclaim'> &
  Omit<Parameters<typeof createIdentityNotices>[0], 'nameOf'> & {
    readonly connectors: readonly EidConnector[];
    readonly worth: IdentityWorth;
  }): IdentityProofing {
  const sources = connectors.map(({ source }) => source);
  const sourceOf = (key: string): EidSource | undefined => sources.find((source) => source.key === key);
  const ofLevel = (key: string, level: string): LevelWorth => worthOfLevel(sourceOf(key) ?? { levels: {} }, level);
  const renew = createRenewIdentity({
    identities: dependencies.identities,
    isWeaker: (source, level, than) => !isAtLeast(ials, ofLevel(source, level).ial, ofLevel(source, than).ial),
  });
  const nameOf = (key: string, locale: Locale): string => sourceOf(key)?.name[locale] ?? key;
  const notices = createIdentityNotices({ ...dependencies, nameOf });
  return {
    connectors,
    nameOf,
    worth: {
      ialOf: worth.ialOf,
      chooseRecord: worth.chooseRecord,
      ofLevel,
    },
    best: sources.flatMap(({ key, levels }) =>
      Object.values(levels).map(({ ial, factors }) => ({ source: key, ial, factors })),
    ),
    proof: createIdentityProof({ ...dependencies, notices, renew }),
    reclaim: createReclaimAccount({ ...dependencies, notices, nameOf, worth }),
    own: createOwnIdentities({ ...dependencies, notices }),
  };
}
