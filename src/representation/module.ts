import { createOrganizationRepository } from '../organizations/organization-repository.ts';
import type { Clock } from '../platform/clock.ts';
import type { Encryption } from '../platform/encryption.ts';
import type { RunStatement } from '../platform/statement.ts';
import type { Transaction } from '../platform/transaction.ts';
import { createMandateConsents } from './mandate-consent-repository.ts';
import { createMandateList } from './mandate-list-repository.ts';
import { createMandateLookups } from './mandate-lookup-repository.ts';
import { createPowerCatalogueRepository } from './power-catalogue-repository.ts';

export type RepresentationDependencies = {
  readonly run: RunStatement;
  /** For one statement outside of any transaction. */
  readonly pool: Transaction;
  readonly encryption: Encryption;
  readonly clock: Clock;
};

export type Representation = ReturnType<typeof createRepresentation>;

/** Who may act for which organization, since when, by which powers and on whose word. */
export function createRepresentation(dependencies: RepresentationDependencies) {
  const organizations = createOrganizationRepository(dependencies);
  const consents = createMandateConsents(dependencies);
  const powers = createPowerCatalogueRepository(dependencies);
  return {
    mandates: {
      ...createMandateLookups({ ...dependencies, organizations, consents }),
      ...createMandateList({ ...dependencies, organizations }),
    },
    powers,
    catalogue: powers.catalogue,
    namespacesOf: powers.namespacesOf,
  };
}
