import { ials } from '../accounts/ial.ts';
import type { Acr } from '../authentication/acr-values.ts';
import type { ActingDemand } from '../authentication/step-up.ts';
import type { Clock } from '../platform/clock.ts';
import { isAtLeast } from '../platform/scale.ts';
import type { ExtraClientMetadata } from '../relying-parties/client-metadata.ts';
import type { ListedMandate } from '../representation/held-mandate.ts';
import type { Representation } from '../representation/module.ts';
import {
  acrForPowers,
  missingPowers,
  type PowerAcr,
  type PowerCatalogue,
  powerAcrs,
  visiblePowers,
} from '../representation/powers.ts';
import type { Person } from './find-account.ts';
import type { IalOf } from './session-proof.ts';

/** Whether a mandate is enough for what a portal asks, and what using it takes; or why it isn't. */
export type ActingVerdict =
  | { readonly kind: 'usable'; readonly demand: ActingDemand }
  | { readonly kind: 'joint' }
  | { readonly kind: 'powers-missing'; readonly missing: readonly string[] };

type Portal = Pick<ExtraClientMetadata, 'agency_id' | 'joint_powers'>;
type Held = Pick<ListedMandate, 'powers' | 'exercise'>;

export type ActingRules = {
  /** Judges mandates for one request of one portal. */
  readonly judgeFor: (portal: Portal, powersAsked: readonly string[]) => Promise<(held: Held) => ActingVerdict>;
  /** Whether this person is proved well enough to act for anybody. */
  readonly mayAct: (person: Pick<Person, 'standings'>) => boolean;
};

// Without powers that it names a portal gets what this reaches: nobody is asked for more than acting usually takes.
const usualAcr: PowerAcr = 'substantial';

/** Acting for an organization takes a proven identity, and of the login what the powers need. */
export function createActingRules({
  representation,
  reachable,
  ialOf,
  clock,
}: {
  readonly representation: Pick<Representation, 'catalogue' | 'namespacesOf'>;
  readonly reachable: readonly Acr[];
  readonly ialOf: IalOf;
  readonly clock: Clock;
}): ActingRules {
  /** A power that nobody here can be authenticated for is nobody's. */
  function withinReach(catalogue: PowerCatalogue): PowerCatalogue {
    return new Map([...catalogue].filter(([, { minAcr }]) => reachable.includes(minAcr)));
  }

  return {
    async judgeFor(portal, powersAsked) {
      const [whole, namespaces] = await Promise.all([
        representation.catalogue(),
        representation.namespacesOf(portal.agency_id),
      ]);
      const catalogue = withinReach(whole);
      return ({ powers, exercise }) => {
        if (exercise.kind === 'joint' && !portal.joint_powers) return { kind: 'joint' };
        const missing = missingPowers(powers, { asked: powersAsked, catalogue });
        if (missing.length > 0) return { kind: 'powers-missing', missing };
        return { kind: 'usable', demand: { leastIal: 'ial2', acr: acrFor(powers) } };
      };

      function acrFor(powers: readonly string[]): PowerAcr {
        if (powersAsked.length > 0) return acrForPowers(powersAsked, catalogue);
        const visible = visiblePowers(powers, { namespaces, asked: undefined, catalogue });
        const highest = acrForPowers(visible, catalogue);
        return isAtLeast(powerAcrs, highest, usualAcr) ? usualAcr : highest;
      }
    },

    // Once no source vouches for the person, nobody knows any more that it is they who are listed.
    mayAct: ({ standings }) => isAtLeast(ials, ialOf(standings, { now: clock.now() }), 'ial2'),
  };
}
