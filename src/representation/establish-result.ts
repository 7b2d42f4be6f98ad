import type { Origin } from '../accounts/ports.ts';
import type { RegistrationNumber } from '../registries/legal-entity.ts';
import type { EstablishOutcome, ReviewReason } from './establish-outcome.ts';
import type { AskedConsent } from './held-mandate.ts';
import type { Criterion } from './match-criteria.ts';

/** Somebody's wish to act for an organization. */
export type EstablishWish = {
  readonly accountId: string;
  readonly number: RegistrationNumber;
  /** How those act who have to agree, once it is said; nobody is asked before. */
  readonly exercise: 'sole' | 'joint' | undefined;
  readonly origin: Origin;
};

type RefusedBecause = Extract<EstablishOutcome, { readonly kind: 'not-representative' }>['reason'];

/** What became of somebody's wish to act for an organization, for its page. No register's value in it. */
export type EstablishResult =
  | ({ readonly kind: 'established'; readonly mandateId: string } & Explained)
  | ({
      readonly kind: 'needs-consent';
      /** Undefined while nobody has been asked: nothing is written then. */
      readonly mandateId: string | undefined;
      readonly others: readonly (Pick<AskedConsent, 'name'> & { readonly answer: 'agreed' | 'waiting' })[];
    } & Explained)
  | ({
      readonly kind: 'needs-review';
      readonly mandateId: string;
      readonly reason: ReviewReason;
      readonly reference: string;
    } & Explained)
  | ({ readonly kind: 'not-representative'; readonly reason: RefusedBecause } & Explained)
  /** Nobody can say now. Nothing is written. */
  | { readonly kind: 'registry-unavailable' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

export type Explained = {
  readonly criteria: readonly Criterion[];
  /** Label of the listed role, as the register writes it. */
  readonly role: string | undefined;
};
