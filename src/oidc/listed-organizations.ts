import type { Client } from 'oidc-provider';
import { organizationIdOf } from '../organizations/registration-number.ts';
import type { Clock } from '../platform/clock.ts';
import type { Representation } from '../representation/module.ts';
import { visiblePowers } from '../representation/powers.ts';
import type { ActingRules } from './acting-rules.ts';
import type { Person } from './find-account.ts';
import type { PersonalPseudonym } from './organization-claims.ts';
import { portalOf } from './portal-client.ts';

/** One organization of a portal's own switcher: `id` is what it sends as `organization_hint`. */
export type ListedOrganization = {
  readonly id: string;
  readonly name: string;
  readonly powers: readonly string[];
};

export type ListOrganizations = (person: Person, client: Client) => Promise<readonly ListedOrganization[]>;

/** Whoever has more is for our own page, which searches. */
const mostListed = 200;

/** The organizations that a person can act for now, with a power of the portal's own agency. @see docs/claims.md */
export function createListOrganizations({
  representation,
  rules,
  personalPseudonym,
  clock,
}: {
  readonly representation: Pick<Representation, 'catalogue' | 'namespacesOf'> & {
    readonly mandates: Pick<Representation['mandates'], 'list'>;
  };
  readonly rules: ActingRules;
  readonly personalPseudonym: PersonalPseudonym;
  readonly clock: Clock;
}): ListOrganizations {
  return async (person, client) => {
    if (!rules.mayAct(person)) return [];
    const portal = portalOf(client);
    const { accountId } = person;
    const [{ mandates }, catalogue, namespaces, judge] = await Promise.all([
      representation.mandates.list({
        accountId,
        clientId: client.clientId,
        at: clock.now(),
        search: '',
        limit: mostListed,
      }),
      representation.catalogue(),
      representation.namespacesOf(portal.agency_id),
      rules.judgeFor(portal, []),
    ]);
    return mandates
      .filter((mandate) => mandate.state === 'active' && judge(mandate).kind === 'usable')
      .map(({ number, name, powers, isOnePersons }) => ({
        id: isOnePersons ? personalPseudonym(number, portal.sector_id) : organizationIdOf(number),
        name,
        powers: visiblePowers(powers, { namespaces, asked: undefined, catalogue }),
      }))
      .filter(({ powers }) => powers.length > 0);
  };
}
