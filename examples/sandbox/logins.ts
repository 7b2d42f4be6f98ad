import { createBoundedMap } from './bounded-map.ts';
import type { LoginFault } from './faults.ts';
import type { EidPerson } from './person.ts';

/** One sign-in, with what is wrong with it: every answer of the grant it led to follows from this. */
export type EidLogin = { readonly person: EidPerson; readonly fault: LoginFault };

export type EidLogins = ReturnType<typeof createLogins>;

/** The sign-ins of late, by the id of the grant. */
export function createLogins() {
  return createBoundedMap<EidLogin>(2_000);
}
