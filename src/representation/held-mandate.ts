import type { Organization } from '../organizations/organization.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import type { OrgLevel } from './judge-match.ts';
import type { Exercise, Mandate, MandateState } from './mandate.ts';
import type { MandateReason } from './mandate-state.ts';
import type { RegisterStatus } from './register-status.ts';

/** A mandate with the organization it is for, as a login and a token need it. */
export type HeldMandate = {
  readonly mandate: Mandate;
  readonly accountId: string;
  readonly organization: Organization;
  readonly orgLevel: OrgLevel;
  readonly match: 'exact' | 'close';
  /** How old the register's word is that it rests on. */
  readonly asOf: Date;
  readonly registerStatus: RegisterStatus;
};

/** One of those that a person chooses from. */
export type ListedMandate = {
  readonly id: string;
  /** `suspended` too while a recovered account cools down. */
  readonly state: MandateState;
  readonly exercise: Exercise;
  readonly powers: readonly string[];
  readonly name: string;
  readonly number: RegistrationNumber;
  /** It is one natural person's own business: what is known of it is known of them. */
  readonly isOnePersons: boolean;
  /** When this client was last told of it. */
  readonly chosenHereAt: Date | undefined;
};

/** A mandate as its holder's own pages show it. */
export type AccountMandate = HeldMandate & {
  /** Label of the listed role, as the register writes it. */
  readonly role: string | undefined;
  /** Why it is in its state; undefined since the beginning. */
  readonly reason: MandateReason | undefined;
  /** Since when it is in its state. */
  readonly stateAt: Date;
  /** By which people speak of it. */
  readonly reference: string;
  readonly createdAt: Date;
  /** Whom it waits for, or waited for. */
  readonly consents: readonly AskedConsent[];
};

/** Somebody who has to agree. */
export type AskedConsent = { readonly name: string | undefined; readonly answer: 'agreed' | 'declined' | 'waiting' };
