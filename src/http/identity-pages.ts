import type { Problem } from './form-problem.ts';

/** An eID one can continue with, by its own name. One that is down is shown, and leads nowhere. */
export type ContinueWith = { readonly name: string; readonly url: string; readonly isDown: boolean };

/** What a source said of a person, as people read it: dates by language, numbers masked, empty lines left out. */
export type ShownIdentity = {
  readonly sourceName: string;
  readonly name: string;
  readonly birthdate?: string | undefined;
  readonly gender?: 'female' | 'male' | 'other' | undefined;
  readonly birthplace?: string | undefined;
  /** Masked but for its last three digits. */
  readonly nationalNumber?: string | undefined;
  readonly address?: string | undefined;
};

/** An account as somebody recognises their own without learning another's. */
export type MaskedAccount = { readonly name?: string | undefined; readonly email?: string | undefined };

/** Why a trip to an eID ended without a result. Each has its own words and its own ways on. */
export type EidProblem =
  /** The person, or the source, said no. */
  | 'declined'
  /** The source doesn't answer. */
  | 'unavailable'
  /** The answer isn't one that can be trusted. */
  | 'not-trusted'
  | 'enterprise-account'
  /** A fresh sign-in was asked for and none happened. */
  | 'not-fresh'
  /** The identity is proved less well there than is needed. */
  | 'level-too-low'
  /** They signed in there, but by too little, or it said too little, for what the step is for. */
  | 'not-enough'
  /** The source doesn't vouch for this identity any more. */
  | 'withdrawn'
  /** It isn't the person whose identity this account has: somebody has to look at it. */
  | 'disagrees'
  /** The account of this identity is suspended or closed. */
  | 'account-inactive'
  /** Another account has an identity of this source already, or this account has another one of it. */
  | 'source-taken'
  /** After a recovery one thing may be added, and was. */
  | 'cooling-down'
  /** The answer came too late, twice, or for another step. */
  | 'over'
  /** Too many answers from the same network were nothing worth. */
  | 'throttled';

/** Pages of identity proofing. `…Action` is posted to with `decision`, `…Url` is a link. */
export type IdentityPages = {
  /** Why an identity is asked for, and which eIDs prove it. Step name `prove-identity`. */
  'identity/prove': {
    /** What it is for: the level a portal needs, data it asks for, that the last proof is too old, or just oneself again. */
    readonly reason: 'level' | 'data' | 'too-old' | 'sign-in' | 'own-account';
    readonly eids: readonly ContinueWith[];
    /** `decision=later`; absent where the portal insists. */
    readonly declineAction?: string | undefined;
    readonly cancelAction: string;
  };
  /** This account beside this identity. `decision=link|cancel`. Step name `confirm-identity`. */
  'identity/confirm': {
    readonly action: string;
    readonly account: MaskedAccount;
    readonly identity: ShownIdentity;
    readonly problem?: Problem<'expired-form'>;
  };
  /** Nobody here has this identity yet. `decision=create|existing|cancel`. Step name `new-account`. */
  'identity/new-account': {
    readonly action: string;
    readonly identity: ShownIdentity;
    readonly problem?: Problem<'expired-form'>;
  };
  /**
   * The identity belongs to another account than the one that is signed in, or to one with another way in.
   * `decision=switch|cancel`; `switch` goes on as the account that has it. Step name `other-account`.
   */
  'identity/other-account': {
    readonly action: string;
    /** Who was about to link it; absent where nobody is signed in. */
    readonly account?: MaskedAccount | undefined;
    readonly sourceName: string;
    readonly problem?: Problem<'expired-form'>;
  } & (
    | {
        /** That account signs in with this very eID. */
        readonly known: 'identity';
      }
    | {
        /** Only the number is the same: whoever lost the account may get it back. */
        readonly known: 'number';
        /** Nothing is posted but `cancel` while somebody waits. */
        readonly reclaim:
          | { readonly kind: 'ready' }
          | { readonly kind: 'may-wait'; readonly waitSeconds: number }
          | { readonly kind: 'waiting'; readonly readyAt: string; readonly remainingSeconds: number };
      }
  );
  /** A trip that ended without a result. Step name `eid-problem`. */
  'identity/problem': {
    readonly cause: EidProblem;
    /** Under which the log has what happened: not that of this page. */
    readonly reference: string;
    readonly sourceName: string;
    /** The same eID once more; absent where that can't help. */
    readonly againUrl?: string | undefined;
    /** The other ways of this step of the login. */
    readonly otherWaysUrl: string;
    readonly cancelAction: string;
  };
  /** On the account's pages: who one is here, and where that comes from. */
  'accounts/identity': {
    readonly identities: readonly (ShownIdentity & {
      readonly level: 'ial0' | 'ial1' | 'ial2' | 'ial3';
      readonly verifiedAt: string;
      /** The one the claims come from. */
      readonly isUsed: boolean;
      /** `decision=remove`; absent for one that has to stay, and then why. */
      readonly removeAction?: string | undefined;
      readonly whyKept?: 'last-way-in' | 'cooling-down' | undefined;
    })[];
    /** What sources said before, newest first. */
    readonly history: readonly (ShownIdentity & { readonly assertedAt: string })[];
    readonly hasMoreHistory: boolean;
    /** Absent where no eID is switched on. */
    readonly proveUrl?: string | undefined;
    readonly homeUrl: string;
    readonly notice?: 'removed' | undefined;
  };
};
