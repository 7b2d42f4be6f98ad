import type { Problem } from './form-problem.ts';

/** Which register's number it is: what people call it, and where the word comes from. */
export type NumberLabel = 'enterprise' | 'household' | 'siren' | 'lei';

/** What a register says of an organization, as people read it. */
export type OrganizationShown = {
  readonly name: string;
  readonly number: string;
  readonly numberLabel: NumberLabel;
  readonly legalForm?: string | undefined;
  readonly state: 'active' | 'in-liquidation' | 'suspended' | 'closed' | 'unknown';
  readonly address?: string | undefined;
  /** The day of the register's word. */
  readonly asOf: string;
  /** The register can't be asked now: this is its last word. */
  readonly isStale: boolean;
};

/** Why somebody's mandate is no use at this portal now. */
export type Unavailable =
  | { readonly reason: 'joint' | 'pending-consent' | 'pending-review' | 'suspended' }
  /** By their names, in the page's language; `*` is everything that isn't critical. */
  | { readonly reason: 'powers-missing'; readonly missing: readonly string[] };

/** One of those a person may act for. `value` is what the form sends for it. */
export type OrganizationOption = {
  readonly value: string;
  readonly name: string;
  readonly number: string;
  readonly numberLabel: NumberLabel;
  readonly isSelected: boolean;
  /** The one that was chosen at this portal the last time. */
  readonly isLastChoice: boolean;
  readonly unavailable?: Unavailable | undefined;
};

/** One criterion of a match and how it came out; nothing of what a register has. */
export type ShownCriterion =
  | {
      readonly criterion: 'number' | 'family-name' | 'given-names' | 'birthdate' | 'birth-place';
      readonly outcome: 'equal' | 'similar' | 'different' | 'unknown';
    }
  | {
      readonly criterion: 'role' | 'role-active' | 'uniqueness' | 'entity-state' | 'identity-level';
      readonly outcome: 'met' | 'not-met' | 'unknown';
    };

/** Whether one representative acts alone, or only together with another. */
export type ShownExercise = 'sole' | 'joint';

/** Somebody who has to agree; nameless where the register keeps the name to itself. */
export type CoRepresentative = {
  readonly name?: string | undefined;
  readonly answer: 'agreed' | 'declined' | 'waiting';
};

export type ShownReviewReason =
  | 'close-match'
  | 'several-fit'
  | 'role-unknown'
  | 'role-activity-unknown'
  | 'organization-state-unknown'
  | 'masked'
  | 'no-representatives-listed'
  | 'chain-without-number'
  | 'chain-in-circle'
  | 'chain-too-long'
  | 'chain-too-wide';

export type ShownRefusalReason =
  | 'identity-not-proved'
  | 'organization-closed'
  | 'organization-not-found'
  | 'not-listed'
  | 'namesake'
  | 'role-does-not-bind'
  | 'only-liquidator-binds'
  | 'former-officer';

/** What came of the wish to act for an organization. */
export type ShownResult =
  /** `role` as the register writes it. */
  | { readonly kind: 'established'; readonly role?: string | undefined }
  /** `exercise` is what was asked for, once it was. */
  | {
      readonly kind: 'needs-consent';
      readonly others: readonly CoRepresentative[];
      readonly isAsked: boolean;
      readonly exercise?: ShownExercise | undefined;
    }
  | { readonly kind: 'needs-review'; readonly reason: ShownReviewReason; readonly reference: string }
  | { readonly kind: 'not-representative'; readonly reason: ShownRefusalReason }
  /** Nobody can say now: never a no. */
  | { readonly kind: 'registry-unavailable' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/** Why a mandate is where it is, where there is something to tell of it. */
export type ToldReason =
  | 'review-refused'
  | 'consent-declined'
  | 'consent-lapsed'
  | 'officer-left'
  | 'organization-ended'
  | 'grantor-left'
  | 'identity-recovered'
  | 'security'
  | 'given-up'
  | 'withdrawn'
  | 'validity-ended';

type NamedOrganization = Pick<OrganizationShown, 'name' | 'number' | 'numberLabel'>;

/** One of a person's mandates, on their own pages. */
export type ShownMandate = NamedOrganization & {
  readonly state: 'active' | 'pending-consent' | 'pending-review' | 'suspended' | 'revoked' | 'refused' | 'expired';
  readonly reason?: ToldReason | undefined;
  readonly stateSince: string;
  readonly since: string;
  readonly until?: string | undefined;
  /** As the register writes it. */
  readonly role?: string | undefined;
  /** How old the register's word is. */
  readonly asOf: string;
  readonly registerStatus: 'current' | 'stale' | 'unavailable';
  /** By their names; `*` is everything that isn't critical. */
  readonly powers: readonly string[];
  readonly exercise: ShownExercise;
  readonly others: readonly CoRepresentative[];
  readonly reference: string;
  /** Absent for one that is over. */
  readonly leaveUrl?: string | undefined;
};

/** Somebody's wish to act that waits for this person's answer. */
export type MandateRequest = NamedOrganization & {
  readonly askerName?: string | undefined;
  readonly exercise: ShownExercise;
  readonly answerBy: string;
};

/** Pages of choosing whom one acts for. `…Action` is posted to, `searchUrl` gets `search`. */
export type RepresentationPages = {
  /**
   * `organization=<value>|self|another`, with `another` the number in `organization_number`. Step name
   * `choose-organization`, as the next one.
   */
  'representation/choose': {
    readonly action: string;
    readonly searchUrl: string;
    readonly search: string;
    readonly isSearchable: boolean;
    /** Of those there are, or that were found; `hidden` of them aren't shown. */
    readonly total: number;
    readonly hidden: number;
    readonly options: readonly OrganizationOption[];
    readonly self: { readonly isAllowed: boolean; readonly name: string; readonly isSelected: boolean };
    /** Names of the powers that the portal asks for; `*` is everything that isn't critical. */
    readonly powersAsked: readonly string[];
    /** As it was typed. */
    readonly number: string;
    readonly isAnotherSelected: boolean;
    readonly cancelAction: string;
    readonly problem?: Problem<
      | 'organization-missing'
      | 'organization-not-available'
      | 'number-missing'
      | 'number-typo'
      | 'number-unknown-format'
      | 'number-without-register'
      | 'throttled'
      | 'expired-form'
    >;
  };
  /** `decision=continue|back`. */
  'representation/found': {
    readonly action: string;
    readonly found:
      | { readonly kind: 'found'; readonly organization: OrganizationShown }
      /** The number is empty where it isn't known any more. `not-yours`: that of a household business, which is the personal number of somebody else. */
      | { readonly kind: 'not-found' | 'masked' | 'unavailable' | 'not-yours'; readonly number: string };
    readonly cancelAction: string;
    readonly problem?: Problem<'throttled' | 'expired-form'>;
  };
  /** `decision=continue|ask|again|another|back`, with `ask` also `exercise=sole|joint`. Step name `organization-result`. */
  'representation/result': {
    readonly action: string;
    /** Absent where the register keeps it back, or can't be asked now. */
    readonly organization?: OrganizationShown | undefined;
    readonly canBeSelf: boolean;
    readonly result: ShownResult;
    readonly criteria: readonly ShownCriterion[];
    readonly cancelAction: string;
    readonly problem?: Problem<'exercise-missing' | 'expired-form'>;
  };
  /** Whom one acts for, and who waits for one's agreement. Step name `organizations`. */
  'accounts/organizations': {
    readonly requests: readonly (MandateRequest & { readonly url: string })[];
    readonly mandates: readonly ShownMandate[];
    readonly homeUrl: string;
    readonly notice?: 'agreed' | 'complete' | 'declined' | 'left' | 'over' | undefined;
  };
  /** `decision=agree|decline`. Step name `mandate-request`. */
  'accounts/mandate-request': MandateRequest & { readonly action: string; readonly cancelUrl: string };
  /** `decision=leave`. Step name `leave-organization`. */
  'accounts/leave-organization': NamedOrganization & {
    /** Not in force yet: a wish is withdrawn. */
    readonly isPending: boolean;
    readonly action: string;
    readonly cancelUrl: string;
  };
};
