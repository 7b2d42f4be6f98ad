import type { createActingParts } from '../../src/oidc/acting-parts.ts';

type Representation = Parameters<typeof createActingParts>[0]['representation'];

/** An installation in which nobody acts for an organization, and no agency publishes powers. */
export const nobodyActs: Representation = {
  mandates: {
    findInForce: async () => undefined,
    findFor: async () => undefined,
    list: async () => ({ mandates: [], total: 0 }),
  },
  catalogue: async () => new Map(),
  namespacesOf: async () => [],
};
