import { createOrganizationRepository } from '../organizations/organization-repository.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { RunStatement } from '../platform/statement.ts';
import { createConsents } from './consents.ts';
import type { RepresentationContext } from './context.ts';
import { createEndAllOf } from './end-all-of.ts';
import { createEndMandate } from './end-mandate.ts';
import { createEstablish } from './establish.ts';
import { createLapseConsents } from './lapse-consents.ts';
import { createMandateConsents } from './mandate-consent-repository.ts';
import { createMandateList } from './mandate-list-repository.ts';
import { createMandateLookups } from './mandate-lookup-repository.ts';
import { createMandateNotices } from './mandate-notices.ts';
import { createPowerCatalogueRepository } from './power-catalogue-repository.ts';
import { createRegisterWatch } from './register-watch.ts';
import { createReviews } from './review-mandate.ts';

export type RepresentationDependencies = Omit<RepresentationContext, 'organizations' | 'consents' | 'notices'> & {
  readonly run: RunStatement;
  readonly encryption: Encryption;
};

export type Representation = ReturnType<typeof createRepresentation>;

/**
 * Who may act for which organization, since when, by which powers and on whose word. Of a person whose identity isn't
 * proved now no mandate may be used: whether it is, is known to whoever looks at the person, and not here.
 */
export function createRepresentation(dependencies: RepresentationDependencies) {
  const organizations = createOrganizationRepository(dependencies);
  const consents = createMandateConsents(dependencies);
  const notices = createMandateNotices(dependencies);
  const powers = createPowerCatalogueRepository(dependencies);
  const context: RepresentationContext = { ...dependencies, organizations, consents, notices };
  return {
    mandates: {
      ...createMandateLookups({ ...dependencies, organizations, consents }),
      ...createMandateList({ ...dependencies, organizations }),
    },
    establish: createEstablish(context),
    consents: createConsents(context),
    end: createEndMandate(context),
    endAllOf: createEndAllOf(context),
    /** For operators. */
    reviews: createReviews(context),
    powers,
    catalogue: powers.catalogue,
    namespacesOf: powers.namespacesOf,
    /** For the worker. */
    lapseConsents: createLapseConsents(context),
    watchRegisters: createRegisterWatch(context),
  };
}
