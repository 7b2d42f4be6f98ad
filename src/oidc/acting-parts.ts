import type { Acr } from '../authentication/acr-values.ts';
import type { Representation } from '../representation/module.ts';
import { createActing } from './acting.ts';
import { createActingRules } from './acting-rules.ts';
import { createListOrganizations } from './listed-organizations.ts';
import { createOrganizationClaims, createPersonalPseudonym, type PseudonymIn } from './organization-claims.ts';
import { createRequestRules } from './request-rules.ts';
import type { Judge } from './session-proof.ts';

/** Everything of the engine that knows for whom somebody acts. */
export function createActingParts({
  representation,
  pseudonymIn,
  reachable,
  judge: { clock, ialOf },
}: {
  readonly representation: Pick<Representation, 'catalogue' | 'namespacesOf'> & {
    readonly mandates: Pick<Representation['mandates'], 'findInForce' | 'findFor' | 'list'>;
  };
  readonly pseudonymIn: PseudonymIn;
  readonly reachable: readonly Acr[];
  readonly judge: Judge;
}) {
  const organizationClaims = createOrganizationClaims({ representation, pseudonymIn });
  const rules = createActingRules({ representation, reachable, ialOf, clock });
  const personalPseudonym = createPersonalPseudonym(pseudonymIn);
  const acting = createActing({ representation, rules, personalPseudonym, clock });
  return {
    acting,
    rules,
    organizationClaims,
    listOrganizations: createListOrganizations({ representation, rules, personalPseudonym, clock }),
    requestRules: createRequestRules({ representation }),
  };
}
