import type { Clock } from '../platform/clock.ts';
import type { RunStatement } from '../platform/statement.ts';
import { type AgencyRepository, createAgencyRepository } from './agency-repository.ts';
import { type ConsentRepository, createConsentRepository } from './consent-repository.ts';
import { createRelyingPartyRepository, type RelyingPartyRepository } from './relying-party-repository.ts';

export type RelyingParties = RelyingPartyRepository & AgencyRepository & { readonly consents: ConsentRepository };

/** Portals, the agencies they belong to, the APIs they call, and what each person agreed to release to them. */
export function createRelyingParties({
  run,
  clock,
  cacheSeconds = 5,
}: {
  readonly run: RunStatement;
  readonly clock: Clock;
  readonly cacheSeconds?: number;
}): RelyingParties {
  return {
    ...createRelyingPartyRepository({ run, clock, cacheSeconds }),
    ...createAgencyRepository({ run, clock, cacheSeconds }),
    consents: createConsentRepository({ run, clock }),
  };
}
